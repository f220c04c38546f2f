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
    `host` the name that was looked for, `groups` what its regular expression captured."""

    server: Directive | None
    why_not: str
    among: Virtual | None = None
    host: str = ""
    groups: re.Match[bytes] | None = None


def choose(config: Config, request: Request, version: tuple[int, ...] = ()) -> Chosen:
    """The server that takes a request which came in at `request.address`:`request.port`."""
    servers = index(config)
    host = local(request.address, request.port)
    named = servers.unknown(request.port)
    if named is not None and named.host != host:
        return Chosen(None, f"line {named.directive.line} listens on the name {named.host}, and which address that is cannot be told")
    among = None if host is None else servers.virtual(host, request.port)
    if among is None:
        return Chosen(None, f"no server listens on {request.address}:{request.port}")
    name = host_of(request, version)
    if name is None:
        return Chosen(None, "the Host header is invalid", among)
    return find(among, name)


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
    if not written:
        return ""
    found = (_STRICT if version >= _STRICT_SINCE else _LAX).match(written)
    if found is None or ".." in written or int(found[2] or 0) > 65535:
        return None
    return found[1].lower().removesuffix(".") or None
