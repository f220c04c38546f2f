"""The servers of one address and port, laid out by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.read.routing.listens import Socket, names

_CAPTURES = re.compile(r"(?<!\\)\((?:(?!\?)|\?P?[<'](?![=!]))")


class Entry(NamedTuple):
    """A server with the `listen` through which it takes part."""

    server: Directive
    socket: Socket


class Virtual:
    """The servers of one address and port: by exact name, by the tail of `*.name`, by the head of `name.*`, by regular expression; of servers with the
    same name the first. `default` takes what bears none of the names, `ssl` is how it is spoken there, `listen` how it is written ("*:80"),
    `proxied` the `listen` that wants the PROXY protocol from clients, None where none does."""

    def __init__(self, entries: list[Entry], port: int) -> None:
        host = entries[0].socket.host
        self.listen = host if host.startswith("unix:") else f"{host}:{port}"
        self.servers = [entry.server for entry in entries]
        self.default = next((entry.server for entry in entries if entry.socket.default), entries[0].server)
        self.chosen = any(entry.socket.default for entry in entries)
        self.ssl = any(entry.socket.ssl for entry in entries)
        self.proxied = next((entry.socket.directive for entry in entries if entry.socket.proxied), None)
        self.plain: dict[str, Directive] = {}
        self.tails: dict[str, Directive] = {}
        self.heads: dict[str, Directive] = {}
        self.regexes: list[tuple[str, Directive]] = []
        self.ignored: list[tuple[str, Directive]] = []
        """Names that nginx ignores, with the server that wants them: another has them already."""
        taken: set[tuple[str, str]] = set()
        for server in self.servers:
            for name in names(server) or ("",):
                self._add(name, server, taken)
        self.looks = len(entries) > 1 or any(_CAPTURES.search(pattern) for pattern, _ in self.regexes[-1:])
        """Whether nginx looks for a name at all: it does not for a single server whose last regular expression captures nothing."""

    def _add(self, name: str, server: Directive, taken: set[tuple[str, str]]) -> None:
        """As ngx_hash_add_key does: a name is ignored whole when a part of it is taken, and ".a" takes "a" even then."""
        low = name.lower()
        if name.startswith("~"):
            self.regexes.append((name[1:], server))
            return
        if low.startswith(".") and len(low) > 1:
            wanted = [("plain", low[1:]), ("tail", low)]
        elif low.startswith("*."):
            wanted = [("tail", low[1:])]
        else:
            wanted = [("head", low[:-1])] if low.endswith(".*") else [("plain", low)]
        for key in wanted:
            if key in taken:
                self.ignored.append((name, server))
                return
            taken.add(key)
        for kind, text in wanted:
            {"plain": self.plain, "tail": self.tails, "head": self.heads}[kind][text] = server

    def by_name(self, host: str) -> Directive | None:
        """Exact name, then the longest `*.name`, then the longest `name.*`."""
        if host in self.plain:
            return self.plain[host]
        dots = [n for n, char in enumerate(host) if char == "."]
        for n in dots:
            if n and host[n:] in self.tails:
                return self.tails[host[n:]]
        return next((self.heads[host[: n + 1]] for n in reversed(dots) if host[: n + 1] in self.heads), None)


def once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Each server once, with the `listen` that makes it the default where it has one."""
    found: dict[int, Entry] = {}
    for entry in entries:
        if id(entry.server) not in found or (entry.socket.default and not found[id(entry.server)].socket.default):
            found[id(entry.server)] = entry
    yield from found.values()
