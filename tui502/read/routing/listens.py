"""The servers of http and what they listen on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tui502.model.config import Config, Directive
from tui502.model.facts import Listen
from tui502.read.routing.literals import ipv4
from tui502.read.routing.targets import address

_PORTS = re.compile(r"(?:(.*):)?0*([0-9]+)(?:-0*([0-9]+))?\Z", re.S)
_SHOWN_PORTS = 16
_ANY = "0.0.0.0"  # noqa: S104 (compared, nothing is bound)


class Socket(NamedTuple):
    """A `listen`: "*", "[::]", "127.0.0.1", "[::1]", a name or "unix:/path"; ports from `first` to `last`.
    `both`: it takes IPv4 as well ([::] with ipv6only=off); `proxied`: clients speak the PROXY protocol first."""

    host: str
    first: int
    last: int
    default: bool
    ssl: bool
    both: bool
    directive: Directive
    proxied: bool = False

    @property
    def is_name(self) -> bool:
        """Is its address a name other than "localhost"?"""
        return self.host not in ("*", "localhost") and not self.host.startswith(("[", "unix:")) and ipv4(self.host) is None


def http_blocks(config: Config, name: str) -> Iterator[Directive]:
    """The `server` or `upstream` blocks of http, in the order in which nginx reads them."""
    for http in config.root:
        if http.name == "http" and http.opens >= 0:
            yield from (block for block in http.children if block.name == name and block.opens >= 0)


def listens(server: Directive) -> tuple[Listen, ...]:
    """What a server listens on; without a `listen` that is *:80 (*:8000 when nginx was not started by root). Of a range the first 16 ports."""
    return tuple(
        Listen(socket.host, port, socket.ssl, socket.default, socket.directive.where)
        for socket in sockets(server)
        for port in range(socket.first, min(socket.last, socket.first + _SHOWN_PORTS - 1) + 1)
    )


def sockets(server: Directive) -> list[Socket]:
    """The `listen` entries of a server, ranges kept together."""
    found = [socket for one in server.children if one.name == "listen" and one.args if (socket := _socket_of(one)) is not None]
    has_listen = any(one.name == "listen" for one in server.children)
    return found if has_listen else [Socket("*", 80, 80, False, False, False, server)]


def _socket_of(directive: Directive) -> Socket | None:
    written, *options = directive.args
    flags = {"default": "default_server" in options or "default" in options, "ssl": "ssl" in options, "both": "ipv6only=off" in options}
    flags["proxied"] = "proxy_protocol" in options
    if written.lower().startswith("unix:"):
        return Socket("unix:" + written[5:], 0, 0, directive=directive, **flags)
    numbers = _PORTS.match(written) if not written.endswith("]") else None
    host = written if numbers is None else "*" if numbers[1] is None else numbers[1]
    first = 80 if numbers is None else int(numbers[2][:6])
    last = first if numbers is None or numbers[3] is None else int(numbers[3][:6])
    plain = None if host == "*" else address(host, 80)
    if host != "*" and (plain is None or "/" in host):
        return None
    if plain is not None:
        host = f"[{plain.host}]" if ":" in plain.host else "*" if plain.host == _ANY else plain.host.lower()
    return Socket(host, first, last, directive=directive, **flags) if 0 < first <= last < 65536 else None


def names(server: Directive) -> tuple[str, ...]:
    """The names of a server as written."""
    return tuple(name for one in server.children if one.name == "server_name" for name in one.args)
