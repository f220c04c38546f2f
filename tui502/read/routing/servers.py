"""Which of the servers takes a request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.model.facts import Request
from tui502.read.routing.listens import Socket, names, sockets
from tui502.read.routing.pcre import Undecided, search
from tui502.read.routing.targets import address

_LOCALHOST = ("127.0.0.1", "[::1]")


class Chosen(NamedTuple):
    """The server that takes a request; `why_not` where it cannot be told or nginx would take none."""

    server: Directive | None
    why_not: str


def choose(servers: Sequence[Directive], request: Request) -> Chosen:
    """The server that takes a request which came in at `request.address`:`request.port`."""
    candidates = _candidates(servers, request)
    if not candidates:
        return Chosen(None, f"no server listens on {request.address}:{request.port}")
    host = host_of(request)
    if host is None:
        return Chosen(None, "the Host header is invalid")
    own = [(server, names(server) or ("",)) for server, _ in candidates]
    server = _by_name(own, host)
    if server is None:
        try:
            server = _by_regex(own, host)
        except Undecided as error:
            return Chosen(None, str(error))
    if server is None:
        server = next((server for server, socket in candidates if socket.default), candidates[0][0])
    return Chosen(server, "")


def _candidates(servers: Sequence[Directive], request: Request) -> list[tuple[Directive, Socket]]:
    """Servers on exactly that address and port if there are any, else those on its wildcard; each once, in file order."""
    plain = address(request.address if request.address.startswith("unix:") else f"{_bracketed(request.address)}:{request.port}", 0)
    if plain is None:
        return []
    host = plain.text if plain.path else f"[{plain.host}]" if ":" in plain.host else plain.host.lower()
    exact: list[tuple[Directive, Socket]] = []
    wild: list[tuple[Directive, Socket]] = []
    for server in servers:
        fitting = [socket for socket in sockets(server) if socket.first <= plain.port <= socket.last]
        exact += _first(server, [socket for socket in fitting if socket.host == host or (socket.host == "localhost" and host in _LOCALHOST)])
        wild += _first(server, [socket for socket in fitting if _takes_all(socket, host)])
    return exact or wild


def _first(server: Directive, sockets: list[Socket]) -> list[tuple[Directive, Socket]]:
    return [(server, next((socket for socket in sockets if socket.default), sockets[0]))] if sockets else []


def _takes_all(socket: Socket, host: str) -> bool:
    return socket.host == "[::]" and (host.startswith("[") or socket.both) if socket.host != "*" else not host.startswith(("[", "unix:"))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def host_of(request: Request) -> str | None:
    """The name that nginx looks for: host of an absolute URI, else of the Host header; lower case, no port, one trailing dot removed. None: invalid."""
    absolute = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)", request.uri)
    written = absolute[1] if absolute else request.host
    found = re.match(r"(\[[^\]/\\\0 ]*\]|[^:/\\\0-\x20\x7f]*)(?::\d*)?\Z", written)
    if found is None or ".." in found[1] or (found[1].startswith(".") and found[1] != "."):
        return None
    return found[1].lower().removesuffix(".")


def _by_name(servers: Sequence[tuple[Directive, tuple[str, ...]]], host: str) -> Directive | None:
    """Exact name, then the longest `*.name`, then the longest `name.*`; of servers with the same name the first."""
    plain: dict[str, Directive] = {}
    tails: dict[str, Directive] = {}
    heads: dict[str, Directive] = {}
    for server, own in servers:
        for name in (name.lower() for name in own if not name.startswith("~")):
            if name.startswith("."):
                plain.setdefault(name[1:], server)
                tails.setdefault(name, server)
            elif name.startswith("*."):
                tails.setdefault(name[1:], server)
            elif name.endswith(".*"):
                heads.setdefault(name[:-1], server)
            else:
                plain.setdefault(name, server)
    if host in plain:
        return plain[host]
    tail = max((name for name in tails if host.endswith(name) and host != name), key=len, default=None)
    if tail is not None:
        return tails[tail]
    head = max((name for name in heads if host.startswith(name) and host != name), key=len, default=None)
    return None if head is None else heads[head]


def _by_regex(servers: Sequence[tuple[Directive, tuple[str, ...]]], host: str) -> Directive | None:
    for server, own in servers:
        for name in own:
            if name.startswith("~") and search(name[1:], host.encode("utf-8", "replace"), True):
                return server
    return None
