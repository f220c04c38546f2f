"""Servers and groups that are not what they seem: names that another has, addresses that hide others, listens that miss somebody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tui502.model.config import Config, Directive
from tui502.model.layout import Oddity
from tui502.read.routing.index import Index, index
from tui502.read.routing.listens import names, sockets
from tui502.read.routing.passes import passes_in
from tui502.read.routing.targets import host_part, scheme
from tui502.read.routing.virtual import Virtual
from tui502.read.unread import unread
from tui502.text import neutral

_WILD = ("*", "[::]")
MOST_NAMED = 4
"""Names that a sentence lists."""


def odd_servers(config: Config) -> tuple[Oddity, ...]:
    """Everything odd about the servers and groups of http, in the order of the kinds and of the files. Where something could not be read, nothing that
    servers in it might change."""
    servers, whole = index(config), not unread(config)
    places = {(host, port): servers.at(host, port) for host, port in servers.places()}
    return (
        *_duplicates(places),
        *_unreachable(servers, places),
        *_shadowed(places),
        *(_by_order(places) if whole else ()),
        *_listens(servers, places),
        *(_plain(places) if whole else ()),
        *(_unused(servers) if whole else ()),
    )


Places = dict[tuple[str, int], Virtual]


def _at(host: str, port: int) -> str:
    return neutral(host) if host.startswith("unix:") else f"{neutral(host)}:{port}"


def _owner(among: Virtual, name: str) -> Directive | None:
    low = name.lower()
    plain = among.plain.get(low.removeprefix("."))
    return plain or among.tails.get(low.removeprefix("*")) or among.heads.get(low.removesuffix("*"))


def _duplicates(places: Places) -> Iterator[Oddity]:
    """Each name once for a pair of servers, with all the places where it is ignored."""
    found: dict[tuple[str, int], tuple[Directive, Directive | None, list[str]]] = {}
    for (host, port), among in places.items():
        for name, server in among.ignored:
            owner = _owner(among, name)
            if owner is not server:
                found.setdefault((name, id(server)), (server, owner, []))[2].append(_at(host, port))
    for (name, _), (server, owner, where) in found.items():
        other = f"the server at {neutral(owner.file)}:{_line(owner)}" if owner else "another server"
        text = f'nginx ignores the name "{neutral(name)}" here: {other} has it on {_some(where)}'
        yield Oddity("duplicate_name", name, text, server.where, owner.where if owner else None)


def _unreachable(servers: Index, places: Places) -> Iterator[Oddity]:
    reached: set[int] = set()
    for among in places.values():
        reached.add(id(among.default))
        for table in (among.plain, among.tails, among.heads):
            reached.update(id(server) for name, server in table.items() if name)
        reached.update(id(server) for _, server in among.regexes)
        if "" in among.plain:
            reached.add(id(among.plain[""]))
    for server in servers.servers:
        if id(server) not in reached:
            yield Oddity("unreachable", _name(server), "no request reaches this server: others have its names, and it is nowhere the default", server.where)


def _shadowed(places: Places) -> Iterator[Oddity]:
    """Servers on a wildcard whose names nobody has at an address of its own."""
    for (host, port), among in places.items():
        wildcard = "[::]" if host.startswith("[") else "*"
        wild = places.get((wildcard, port))
        if host in _WILD or host.startswith("unix:") or wild is None:
            continue
        own = {id(server) for server in among.servers}
        lost = (name for name, server in wild.plain.items() if name and id(server) not in own and among.by_name(name) is None)
        found = list(islice(lost, MOST_NAMED + 1))
        if found:
            text = f"requests that come in at {_at(host, port)} never see servers on {_at(wildcard, port)}: {_some(found)}"
            yield Oddity("shadowed", _at(host, port), text, among.default.where, wild.default.where)


def _by_order(places: Places) -> Iterator[Oddity]:
    for (host, port), among in places.items():
        if not among.chosen and len(among.servers) > 1:
            text = f"this server takes every unknown name on {_at(host, port)}, because it comes first: none is default_server"
            yield Oddity("default_by_order", _at(host, port), text, among.default.where, among.servers[1].where)


def _listens(servers: Index, places: Places) -> Iterator[Oddity]:
    six = {port for host, port in places if host == "[::]"}
    for server in servers.servers:
        own = sockets(server)
        if not any(one.name == "listen" for one in server.children):
            yield Oddity("no_listen", _name(server), "no listen is written: it listens on *:80 (*:8000 where nginx was not started by root)", server.where)
        hosts = {(socket.host, socket.first) for socket in own}
        for port in sorted({port for host, port in hosts if host == "*" and port in six and ("[::]", port) not in hosts}):
            text = f"over IPv6 its names lead to another server: others listen on [::]:{port} too, this one does not"
            yield Oddity("no_ipv6", f"*:{port}", text, server.where, servers.at("[::]", port).default.where)


def _plain(places: Places) -> Iterator[Oddity]:
    for (host, port), among in places.items():
        if port == 443 and not among.ssl:
            yield Oddity("plain_443", _at(host, port), f'no server on {_at(host, port)} listens with "ssl": clients speak TLS there', among.default.where)


def _unused(servers: Index) -> Iterator[Oddity]:
    used: set[str] = set()
    varies = False
    for server in servers.servers:
        for one in passes_in(server):
            place = host_part(scheme(one.name, one.args[0])[1], one.name == "proxy_pass") if one.args else ""
            used.add(place.lower())
            varies = varies or "$" in place
    for name, block in reversed(servers.groups.items()):
        if name not in used:
            text = f'no pass names the group "{neutral(block.args[0])}"' + (", but a pass with variables may come to it" if varies else "")
            yield Oddity("unused_upstream", block.args[0], text, block.where)


def _line(server: Directive) -> int:
    """Where its names are written, else where it begins."""
    return next((one.line for one in server.children if one.name == "server_name"), server.line)


def _name(server: Directive) -> str:
    return next((name for name in names(server) if name), "")


def _some(found: list[str]) -> str:
    return ", ".join(neutral(name) for name in found[:MOST_NAMED]) + (" and others" if len(found) > MOST_NAMED else "")
