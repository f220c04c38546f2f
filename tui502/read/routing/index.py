"""The configuration laid out for questions: its servers by what they listen on and by name, its groups, its settings by name. Made once for a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tui502.model.config import Config, Directive
from tui502.read.memo import Memo
from tui502.read.routing.listens import Socket, http_blocks, sockets
from tui502.read.routing.targets import address
from tui502.read.routing.virtual import Entry, Virtual, once

_FEW = 64
"""Directives of a block that are looked through one by one."""

_WIDE = 64
"""A range of more ports than this is not laid out port by port."""

_ALL_V4, _ALL_V6, _LOCAL = "*", "[::]", "localhost"
_V4, _V6 = "127.0.0.1", "[::1]"


class Index:
    """See the module. Everything is in file order."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.https = tuple(one for one in config.root if one.name == "http" and one.opens >= 0)
        self.servers = tuple(http_blocks(config, "server"))
        self.groups = {block.args[0].lower(): block for block in reversed(tuple(http_blocks(config, "upstream"))) if block.args}
        self.settings: dict[int, Mapping[str, tuple[Directive, ...]]] = {}
        self._sources: dict[int, Mapping[tuple[str, tuple[str, ...]], Sequence[Directive]]] = {}
        self._by_port: dict[tuple[str, int], list[tuple[int, Entry]]] = {}
        self._ranges: list[tuple[int, Entry]] = []
        self._virtuals: dict[tuple[str, int], Virtual | None] = {}
        self.http_of = {id(server): http for http in self.https for server in http.children if server.name == "server"}
        self._named: list[Socket] = []
        for n, server in enumerate(self.servers):
            self._listen(n, server)

    def _listen(self, n: int, server: Directive) -> None:
        for socket in sockets(server):
            entry = n, Entry(server, socket)
            self._named += [socket] if socket.is_name else []
            if socket.last - socket.first > _WIDE:
                self._ranges.append(entry)
                continue
            for port in range(socket.first, socket.last + 1):
                self._by_port.setdefault((socket.host, port), []).append(entry)

    def virtual(self, host: str, port: int) -> Virtual | None:
        """The servers of a local address ("127.0.0.1", "[::1]", "unix:/path"): those that listen on exactly it, else those on its wildcard."""
        exact = self._group((host, _LOCAL) if host == _V4 else (host,), port)
        if exact is not None or host.startswith("unix:"):
            return exact
        return self._group((_ALL_V6,) if host.startswith("[") else (_ALL_V4, "both"), port)

    def perhaps(self, host: str, port: int) -> Virtual | None:
        """Those of [::1] where the name "localhost", on which somebody listens, means that as well; None where nobody does."""
        listed = host == _V6 and any(self._listed(_LOCAL, port))
        return self._group((_V6, _LOCAL), port) if listed else None

    def _group(self, hosts: tuple[str, ...], port: int) -> Virtual | None:
        key = "|".join(hosts), port
        if key not in self._virtuals:
            found = sorted((each for host in hosts for each in self._listed(host, port)), key=lambda each: each[0])
            self._virtuals[key] = Virtual(list(once(entry for _, entry in found)), port) if found else None
        return self._virtuals[key]

    def _listed(self, host: str, port: int) -> Iterator[tuple[int, Entry]]:
        if host == "both":
            yield from (each for each in self._listed(_ALL_V6, port) if each[1].socket.both)
            return
        yield from self._by_port.get((host, port), ())
        yield from (each for each in self._ranges if each[1].socket.host == host and each[1].socket.first <= port <= each[1].socket.last)

    def unknown(self, port: int) -> Socket | None:
        """A `listen` on this port whose address is a name: nobody can tell from here which address that is."""
        return next((socket for socket in self._named if socket.first <= port <= socket.last), None)

    def addresses(self, port: int) -> tuple[str, ...]:
        """The addresses that somebody listens on at this port, "*" and "[::]" among them."""
        found = dict.fromkeys(host for host, each in self._by_port if each == port)
        found |= dict.fromkeys(entry.socket.host for _, entry in self._ranges if entry.socket.first <= port <= entry.socket.last)
        return tuple(found)

    def places(self) -> tuple[tuple[str, int], ...]:
        """Every address and port that is listened on, wide ranges by their first port."""
        return tuple(dict.fromkeys((*self._by_port, *((entry.socket.host, entry.socket.first) for _, entry in self._ranges))))

    def at(self, host: str, port: int) -> Virtual:
        """The servers of one `listen` as it is written."""
        found = self._group((host,), port)
        assert found is not None
        return found

    def written_in(self, directives: tuple[Directive, ...], file: str, via: tuple[str, ...]) -> Sequence[Directive]:
        """Those of the directives of one block (or of the main level) that stand in a file, included in this way."""
        if len(directives) < _FEW:
            return [one for one in directives if one.file == file and one.via == via]
        if id(directives) not in self._sources:
            found: dict[tuple[str, tuple[str, ...]], list[Directive]] = {}
            for one in directives:
                found.setdefault((one.file, one.via), []).append(one)
            self._sources[id(directives)] = found
        return self._sources[id(directives)].get((file, via), ())

    def named(self, block: Directive, name: str) -> tuple[Directive, ...]:
        """The directives of that name right inside a block."""
        if id(block) not in self.settings:
            self.settings[id(block)] = by_name(block.children)
        return self.settings[id(block)].get(name, ())


def by_name(directives: Iterable[Directive]) -> Mapping[str, tuple[Directive, ...]]:
    """Directives by their name, each list in file order; entries of maps and the like left out."""
    found: dict[str, list[Directive]] = {}
    for one in directives:
        if not one.data:
            found.setdefault(one.name, []).append(one)
    return {name: tuple(each) for name, each in found.items()}


_known: Memo[Index] = Memo(4)


def index(config: Config) -> Index:
    """The index of a tree."""
    return _known((config,), lambda: Index(config))


def local(host: str, port: int) -> str | None:
    """A local address as the index has it; None where it is none."""
    if host.startswith("unix:"):
        return host
    plain = address(f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}", 0)
    return None if plain is None else f"[{plain.host}]" if ":" in plain.host else plain.host.lower()
