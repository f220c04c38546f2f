"""The argument of a `*_pass` and the servers of an upstream group: which addresses nginx dials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tui502.model.config import Directive, Where
from tui502.model.facts import Family, Peer
from tui502.read.routing.literals import ipv4, ipv6
from tui502.text import neutral

_SCHEMES: dict[str, tuple[tuple[str, Family], ...]] = {
    "proxy_pass": (("http://", "http"), ("https://", "https")),
    "grpc_pass": (("grpc://", "grpc"), ("grpcs://", "grpcs")),
    "uwsgi_pass": (("uwsgi://", "uwsgi"), ("suwsgi://", "uwsgi")),
}
_FAMILIES: dict[str, Family] = {
    "proxy_pass": "http",
    "fastcgi_pass": "fastcgi",
    "uwsgi_pass": "uwsgi",
    "scgi_pass": "scgi",
    "grpc_pass": "grpc",
    "memcached_pass": "memcached",
}
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
"""Default ports; the others have none: nginx refuses to start without one."""

_GROUP_PORT = 80
"""Default port of a `server` in an upstream group, whoever passes to it."""


class Target(NamedTuple):
    """What a pass dials. `undecided` says why that cannot be known, or is ''."""

    family: Family
    group: str
    peers: tuple[Peer, ...]
    undecided: str


class Address(NamedTuple):
    """An address as nginx logs it, its host (no brackets, '' for a socket), port and socket path."""

    text: str
    host: str
    port: int
    path: str


def target(directive: Directive, groups: Mapping[str, Directive]) -> Target:
    """What a `*_pass` dials; `groups` are the upstream blocks by lower-case name."""
    return target_in(directive, directive.args[0] if directive.args else "", groups)


def target_in(directive: Directive, written: str, groups: Mapping[str, Directive]) -> Target:
    """What a `*_pass` dials whose argument came to be `written`."""
    family, rest = scheme(directive.name, written)
    if not written:
        return Target(family, "", (), "it has no target")
    has_uri = directive.name == "proxy_pass"
    place = host_part(rest, has_uri)
    variable = re.search(r"\$(?:\{\w+\}|\w+)", place)
    if variable is not None or not place:
        return Target(family, "", (), f"its target is in the variable {variable[0]}" if variable else f"{neutral(written)} names no host")
    if has_uri and family == "http" and not written.lower().startswith("http://"):
        return Target(family, "", (), f"{neutral(written)} does not begin with http:// or https://")
    group = groups.get(place.lower())
    if group is not None:
        return Target(family, group.args[0], peers_of(group), "")
    found = address(place, _PORTS.get(family, 0))
    if found is None:
        return Target(family, "", (), f"{neutral(place)} is no address that nginx can dial")
    return Target(family, "", (_peer(found, "", (), directive.where_of(1)),), "")


def scheme(name: str, written: str) -> tuple[Family, str]:
    """The protocol of a `*_pass`, and its argument without the scheme."""
    for prefix, family in _SCHEMES.get(name, ()):
        if written.lower().startswith(prefix):
            return family, written[len(prefix) :]
    return _FAMILIES[name], written


def host_part(rest: str, has_uri: bool) -> str:
    """Host and port, or unix:PATH, without the URI that may follow."""
    if rest.lower().startswith("unix:"):
        return rest[:5] + rest[5:].partition(":")[0] if has_uri else rest
    return re.split(r"[/?]", rest, maxsplit=1)[0].split("$", 1)[0] if has_uri and _literal_host(rest) else re.split(r"[/?]", rest, maxsplit=1)[0]


def _literal_host(rest: str) -> bool:
    """Whether a variable begins only behind host and port ("127.0.0.1:3000$request_uri"): nothing else is glued to that place."""
    head = rest.split("$", 1)[0]
    return bool(re.search(r"(?:\]|\]:\d+|:\d+)\Z", head)) and bool(re.match(r"\$\{?(?:request_uri|uri|is_args|document_uri)\b", rest[len(head) :]))


def peers_of(group: Directive) -> tuple[Peer, ...]:
    """The servers of an upstream block that can be dialled, in order."""
    found = (member(group, server) for server in group.children if server.name == "server" and server.args)
    return tuple(peer for peer in found if peer is not None)


def member(group: Directive, server: Directive) -> Peer | None:
    """A `server` of an upstream block, None where it cannot be dialled."""
    place = address(server.args[0], _GROUP_PORT)
    return None if place is None else _peer(place, group.args[0], server.args[1:], server.where_of(1))


def _peer(place: Address, group: str, parameters: tuple[str, ...], where: Where) -> Peer:
    return Peer(place.text, place.host, place.port, place.path, group, "down" in parameters, "backup" in parameters, where)


def address(place: str, default_port: int) -> Address | None:
    """An address as written in a pass, a group or a listen, in its usual form ("127.1" is 127.0.0.1); None where nginx would refuse it. Names stay names."""
    if place.lower().startswith("unix:"):
        return Address("unix:" + place[5:], "", 0, place[5:]) if place[5:] else None
    host, port = _split(place)
    if not host or not port.isascii() or (port and not port.isdigit()):
        return None
    number = int(port) if port else default_port
    if not 0 < number < 65536 or (not port and place.endswith(":")):
        return None
    if host.startswith("["):
        plain = ipv6(host[1:-1])
        return None if plain is None else Address(f"[{plain}]:{number}", plain, number, "")
    host = ipv4(host) or host
    return Address(f"{host}:{number}", host, number, "")


def _split(place: str) -> tuple[str, str]:
    if place.startswith("["):
        end = place.find("]") + 1
        return (place[:end], place[end + 1 :]) if end and place[end : end + 1] in ("", ":") else ("", "")
    host, _, port = place.partition(":")
    return host, port
