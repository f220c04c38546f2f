"""The request that a person names: a URL, or as much of one as he types ("app.example.com/cart", "/cart")."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import quote

from tui502.text import neutral, shorten

LONGEST = 2000
"""Characters of a URL."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://|(?!\d))")
"""A scheme; a colon before a digit begins a port."""

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_KEPT = "/%:@!$&'()*+,;=~"
"""What stands in a path for itself, besides letters and digits."""


class AskedUrl(NamedTuple):
    """`scheme` is "http", "https" or '' where none was said, `host` is lower case and '' where only a path was said, an IPv6 address stands in brackets.
    `port` 0 is that of the scheme. `uri` is the path and the query, as they are sent."""

    scheme: str
    host: str
    port: int
    uri: str

    @property
    def text(self) -> str:
        """As one would type it; `parse` of it is the same again."""
        front = f"{self.scheme}://" if self.scheme else ""
        return f"{front}{self.host}{f':{self.port}' if self.port else ''}{self.uri}"


def parse(text: str) -> AskedUrl:
    """What `text` names; credentials and what stands behind a "#" are left out, as a browser does. Raises ValueError with the reason, in neutral text."""
    shown = shorten(neutral(text), 60)
    if _CONTROL.search(text):
        raise ValueError(f"{shown} holds control characters")
    text = text.strip().partition("#")[0]
    if not text:
        raise ValueError("an empty text names no request")
    if len(text) > LONGEST:
        raise ValueError(f"{shown} is longer than {LONGEST} characters")
    if re.match(r"[/?](?!/)", text):
        return AskedUrl("", "", 0, _uri(text))
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    if scheme not in ("", "http", "https") or (found and not text[found.end() - 1] == "/"):
        raise ValueError(f"{shown} is no request that nginx answers with 502: say http://HOST/PATH, https://HOST/PATH, HOST/PATH or /PATH")
    rest = text[found.end() :] if found else text.removeprefix("//")
    authority, path = rest[: (end := _end(rest))], rest[end:]
    host, port = _host(authority.rpartition("@")[2] if scheme else authority, shown)
    return AskedUrl(scheme, host, port, _uri(path))


def _end(rest: str) -> int:
    return min((at for char in "/?" if (at := rest.find(char)) >= 0), default=len(rest))


def _uri(written: str) -> str:
    path, mark, query = written.partition("?")
    return quote(path or "/", safe=_KEPT, errors="surrogateescape") + mark + quote(query, safe=_KEPT + "?", errors="surrogateescape")


def _host(authority: str, shown: str) -> tuple[str, int]:
    """(host, port)."""
    found = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::(\d*))?", authority)
    host, port = (found[1], found[2] or "0") if found else ("", "0")
    if not found or not host:
        raise ValueError(f"{shown} names no host: say http://HOST/PATH, https://HOST/PATH, HOST/PATH or /PATH")
    if not port.isascii() or len(port) > 5 or (found[2] and not 0 < int(port) < 65536):
        raise ValueError(f"{shown}: {port} is no port")
    return _name(host, shown), int(port)


def _name(host: str, shown: str) -> str:
    """As it stands in a Host header. Of a name in other letters that is its ASCII form."""
    try:
        if host.startswith("["):
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        name = (host if host.isascii() else host.encode("idna").decode("ascii")).lower().removesuffix(".")
    except ValueError:
        name = ""
    if not _NAME.match(name) or ".." in name:
        raise ValueError(f"{shown}: {neutral(host)} is no name of a host")
    return name
