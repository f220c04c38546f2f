"""Whom a `*_pass` dials for a request: its argument filled in, taken apart, and looked for among the groups."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.read.memo import Memo
from tui502.read.routing.index import Index
from tui502.read.routing.listens import http_blocks
from tui502.read.routing.literals import dotted
from tui502.read.routing.passes import passes_in
from tui502.read.routing.state import State
from tui502.read.routing.targets import Target, address, host_part, scheme, target_in
from tui502.read.routing.uri import as_bytes, as_text
from tui502.read.routing.variables import filled

_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Dialled(NamedTuple):
    """`written` is the argument with its variables filled in, `uri` the URI part of it, `varies` that it had variables. `host` and `port` are $proxy_host
    and $proxy_port. `status` is what nginx answers when it cannot even dial (0: it can)."""

    target: Target
    written: str
    uri: bytes
    varies: bool
    host: str
    port: str
    status: int


def dial(state: State, pass_: Directive) -> Dialled:
    """Raises Undecided where the argument cannot be told."""
    written = pass_.args[0] if pass_.args else ""
    varies = "$" in written
    written = as_text(filled(state, written))
    family, rest = scheme(pass_.name, written)
    found = target_in(pass_, written, state.index.groups)
    status = 0
    if varies:
        if pass_.name == "proxy_pass" and not re.match(r"https?://.", written, re.I):
            return Dialled(found, written, b"", True, "", "", 500)
        found, status = _at_run_time(state, found, host_part(rest, pass_.name == "proxy_pass"))
    uri = _uri_part(rest) if pass_.name == "proxy_pass" else b""
    place = host_part(rest, pass_.name == "proxy_pass")
    host, port = _named(place, _DEFAULT_PORTS.get(family, ""))
    return Dialled(found, written, uri, varies, host, port, status)


def _uri_part(rest: str) -> bytes:
    uri = rest[len(host_part(rest, True)) :]
    if rest.lower().startswith("unix:"):
        return as_bytes(uri.removeprefix(":"))
    return as_bytes("/" + uri if uri.startswith("?") else uri)


def _named(place: str, default: str) -> tuple[str, str]:
    """$proxy_host and $proxy_port."""
    if place.lower().startswith("unix:"):
        return "localhost", ""
    found = re.match(r"(\[.*\]|[^:]*):(\d+)\Z", place, re.S)
    if found is None:
        return place, default
    return (found[1], default) if found[2] == default else (place, found[2])


def _at_run_time(state: State, found: Target, place: str) -> tuple[Target, int]:
    """A name that came out of a variable: a group, a name that a pass without variables has too, an address, else one for the resolver."""
    if found.undecided or found.group or not found.peers:
        return found, 0
    peer = found.peers[0]
    if peer.path or not _is_name(place) or place.lower() in _resolved_at_start(state.index):
        return found, 0
    host, resolver = place.partition(":")[0], state.nearest("resolver")
    if not resolver:
        return found._replace(undecided=f"no resolver is set to resolve {host}: nginx answers 502"), 502
    return found._replace(undecided=f"{host} is resolved while nginx runs, by the resolver in line {resolver[0].line}"), 0


def _is_name(place: str) -> bool:
    """Nobody reads the short forms of an address for nginx then."""
    return not place.startswith("[") and dotted(place.partition(":")[0]) is None


_known: Memo[frozenset[str]] = Memo(4)


def _resolved_at_start(index: Index) -> frozenset[str]:
    """The hosts, with their ports where they have any, of all passes without variables: nginx has addresses for them."""

    def read() -> frozenset[str]:
        passes = (one for server in http_blocks(index.config, "server") for one in passes_in(server))
        places = (host_part(scheme(one.name, one.args[0])[1], one.name == "proxy_pass") for one in passes if one.args and "$" not in one.args[0])
        return frozenset(place.lower() for place in places if address(place, 80))

    return _known((index,), read)
