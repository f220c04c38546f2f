"""The peer out of an `upstream:` field, as the configuration names it."""

from __future__ import annotations

import re
from collections.abc import Collection

_SCHEME = re.compile(r"(?:https?|fastcgi|s?uwsgi|scgi|grpcs?|memcached|tunnel)://")
_SOCKET_NAME = re.compile(r"unix:[^:?]*?\.sock(?:et)?(?=[/:?]|\Z)")
_COLON = re.compile(r"unix:([^:]*):(?=/|\?|\Z)")
_HOST = re.compile(r"\[[^\]]*\](?::\d+)?|[^/?#]*")


def peer_of(upstream: str, colon_missing: bool = False, sockets: Collection[str] = ()) -> str:
    """ "127.0.0.1:3000", "[::1]:80", "unix:/run/a.sock", or the group's name where no peer could be chosen.

    `upstream` is the field's value ("http://127.0.0.1:3000/path"). `colon_missing` is true for `upstream timed out`, where nginx leaves out the colon
    between socket path and URI; `sockets` are socket paths known from the configuration, which then tell where the path ends.
    """
    address = _SCHEME.sub("", upstream, count=1) if _SCHEME.match(upstream) else upstream
    if not address.startswith("unix:"):
        found = _HOST.match(address)
        return found.group() if found else address
    if colon_missing:
        return _without_colon(address, sockets)
    colon = _COLON.match(address)
    return address[: colon.end() - 1] if colon else "unix:" + address[5:].split(":", 1)[0]


def _without_colon(address: str, sockets: Collection[str]) -> str:
    """The socket of an address in which a URI follows the path directly: the longest known path, else one named *.sock, else up to a colon."""
    known = [path for path in sockets if address[5:].startswith(path) and address[5 + len(path) :][:1] in ("", "/", ":", "?")]
    if known:
        return "unix:" + max(known, key=len)
    named = _SOCKET_NAME.match(address)
    if named:
        return named.group()
    return "unix:" + re.split(r"[:?]", address[5:], maxsplit=1)[0]
