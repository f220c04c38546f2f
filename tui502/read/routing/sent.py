"""The request that a backend gets to see."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.config import Directive
from tui502.model.facts import Family
from tui502.model.route import Header, Sent
from tui502.read.defaults import default
from tui502.read.routing.dial import Dialled
from tui502.read.routing.locations import split
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes, as_text, escaped_path
from tui502.read.routing.variables import filled

_KEPT_SINCE = (1, 29, 7)
"""Since then nginx does not tell a backend to close the connection."""

_HTTP = ("http", "https")
_PARAMETERS = {"fastcgi": "fastcgi_param", "uwsgi": "uwsgi_param", "scgi": "scgi_param"}


def sent(state: State, pass_: Directive, dialled: Dialled) -> Sent:
    """The request line, the Host header and the headers or parameters that nginx sets."""
    family = dialled.target.family
    state.variables["proxy_host"], state.variables["proxy_port"] = as_bytes(dialled.host), as_bytes(dialled.port)
    try:
        line, why = _line(state, family, pass_, dialled), ""
    except Undecided as error:
        line, why = "", str(error)
    decided = dict(state.assumed)
    headers = tuple(_headers(state, family, dialled))
    alone = tuple(each for each in state.assumed if each not in decided)
    state.assumed = decided
    return Sent(line, _host(state, family, headers, dialled), headers, why, alone)


def _line(state: State, family: Family, pass_: Directive, dialled: Dialled) -> str:
    if family in _HTTP:
        method = as_text(filled(state, state.value("proxy_method", state.method)))
        version = state.value("proxy_http_version", default("http_version", state.known.version))
        return f"{method} {as_text(_uri(state, pass_, dialled))} HTTP/{version}"
    if family in ("grpc", "grpcs"):
        return f"{state.method} {as_text(_uri(state, pass_, dialled))} HTTP/2"
    return ""


def _uri(state: State, pass_: Directive, dialled: Dialled) -> bytes:
    """The URI as ngx_http_proxy_create_request puts it together."""
    if dialled.uri and dialled.varies:
        return dialled.uri
    if not dialled.uri and state.as_sent:
        return state.asked.sent
    replaced = min(len(_location_name(state, pass_)), len(state.uri)) if state.valid_location and dialled.uri else 0
    rest = state.uri[replaced:]
    path = escaped_path(rest, state.version) if state.asked.quoted or state.internal else rest
    return (dialled.uri if state.valid_location else b"") + path + (b"?" + state.args if state.args else b"")


def _location_name(state: State, pass_: Directive) -> bytes:
    """What of the URI the URI part of a pass takes the place of: the prefix of the location in which the pass stands."""
    holder = next((block for block in state.path[1:] if any(child is pass_ for child in block.children)), None)
    if holder is None or holder.name != "location":
        return b""
    modifier, pattern = split(holder)
    return as_bytes(pattern) if modifier in ("", "=", "^~") else b""


def _headers(state: State, family: Family, dialled: Dialled) -> Iterator[Header]:
    name = _PARAMETERS.get(family) or ("grpc_set_header" if family.startswith("grpc") else "proxy_set_header")
    given = [one for one in state.nearest(name) if len(one.args) >= 2] if family != "memcached" else []
    for one in given:
        value = value_of(state, one.args[1])
        if value != "" or (family in _PARAMETERS and "if_not_empty" not in one.args[2:]):
            yield Header(one.args[0], value, one.args[1], one.where_of(2))
    names = {one.args[0].lower() for one in given}
    if family in _HTTP or family.startswith("grpc"):
        if "host" not in names:
            yield Header("Host", dialled.host, "$proxy_host" if family in _HTTP else "", None)
        if family in _HTTP and "connection" not in names and (not state.version or state.version < _KEPT_SINCE):
            yield Header("Connection", "close", "", None)


def value_of(state: State, written: str) -> str | None:
    """A text with its variables filled in, None where that cannot be told."""
    try:
        return as_text(filled(state, written))
    except Undecided:
        return None


def _host(state: State, family: Family, headers: tuple[Header, ...], dialled: Dialled) -> str:
    """The Host that the backend sees: that which is set, else for HTTP the name in the pass, for the others that of the client."""
    wanted = "http_host" if family in _PARAMETERS else "host"
    found = next((header for header in headers if header.name.lower() == wanted), None)
    if found is not None:
        return found.value or ""
    return "" if family in _HTTP or family == "memcached" else state.request.host
