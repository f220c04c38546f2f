"""Which of the servers takes a request."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui502.model.config import Config, Directive
from tui502.model.facts import Request
from tui502.read.routing.index import index, local
from tui502.read.routing.pcre import Undecided, match
from tui502.read.routing.virtual import Virtual

_STRICT_SINCE = (1, 29, 4)
_STRICT = re.compile(r"(\[[\w\-.~!$&'()*+,;=:]*\]|[\w\-.~!$&'()*+,;=%]*)(?::(\d*))?\Z", re.A)
_LAX = re.compile(r"(\[[^\]/\0-\x20\x7f]*\]|[^:/\0-\x20\x7f]*)(?::()[^/\0-\x20\x7f]*)?\Z")
"""What nginx takes for a host, before that version and since."""

_OWN_NAME = "$hostname"
"""In a server_name: what gethostname() said when nginx read its configuration."""


class Chosen(NamedTuple):
    """The server that takes a request; `why_not` where it cannot be told or nginx would take none. `among` are the servers of that address,
    `host` the name that was looked for, `groups` what its regular expression captured. `refused`: that server answers 400, as `why_not` says."""

    server: Directive | None
    why_not: str
    among: Virtual | None = None
    host: str = ""
    groups: re.Match[bytes] | None = None
    refused: bool = False


def choose(config: Config, request: Request, version: tuple[int, ...] = ()) -> Chosen:
    """The server that takes a request which came in at `request.address`:`request.port`."""
    servers = index(config)
    host = local(request.address, request.port)
    named = servers.unknown(request.port)
    if named is not None and named.host != host:
        return Chosen(None, f"line {named.directive.line} listens on the name {named.host}, and which address that is cannot be told")
    among, name = None if host is None else servers.virtual(host, request.port), host_of(request, version)
    other = servers.perhaps(host, request.port) if host else None
    if other is not None and (among is None or _named(among, name, request, version).server is not _named(other, name, request, version).server):
        return Chosen(None, f"a server listens on localhost:{request.port}, and whether that means {request.address} too is not known")
    if among is None:
        return Chosen(None, f"no server listens on {request.address}:{request.port}")
    return _named(among, name, request, version)


def _named(among: Virtual, name: str | None, request: Request, version: tuple[int, ...]) -> Chosen:
    """The server of that name; with an absolute URI the Host header, which names nothing then, must be valid too."""
    if name is None:
        return Chosen(None, "the Host header is invalid", among)
    found = find(among, name)
    return found if not request.host or _valid(request.host, version) is not None else found._replace(refused=True, why_not="the Host header is invalid")


def find(among: Virtual, name: str) -> Chosen:
    """The server of that name among those of an address, else the default one."""
    found = _by_names(among, name)
    own = among.plain.get(_OWN_NAME)
    if own is None or found.server is None or found.server is own or not name or name in among.plain:
        return found
    return Chosen(None, f'whether "{name}" was the name of this host when nginx started ({_OWN_NAME}) is not known', among, name)


def _by_names(among: Virtual, name: str) -> Chosen:
    server = among.by_name(name)
    if server is not None:
        return Chosen(server, "", among, name)
    try:
        for pattern, server in among.regexes if name else ():
            if groups := match(pattern, name.encode("utf-8", "replace"), True):
                return Chosen(server, "", among, name, groups if among.looks else None)
    except Undecided as error:
        return Chosen(None, str(error), among, name)
    return Chosen(among.default, "", among, name)


def host_of(request: Request, version: tuple[int, ...] = ()) -> str | None:
    """The name that nginx looks for: host of an absolute URI, else of the Host header; lower case, no port, one trailing dot removed. None: invalid."""
    absolute = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)", request.uri)
    written = absolute[1] if absolute else request.host
    return _valid(written, version) if written else ""


def _valid(written: str, version: tuple[int, ...]) -> str | None:
    found = (_STRICT if version >= _STRICT_SINCE else _LAX).match(written)
    if found is None or ".." in written or int(found[2] or 0) > 65535:
        return None
    return found[1].lower().removesuffix(".") or None
