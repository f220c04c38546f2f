"""Request URIs as nginx takes them apart (ngx_http_parse_complex_uri) and puts them together again (ngx_escape_uri)."""

from __future__ import annotations

import re
from typing import NamedTuple

_ABSOLUTE = re.compile(rb"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_DOTS = re.compile(rb"(?:^|/)\.{1,2}(?:/|\Z)")
_REFUSED = re.compile(rb"%(?![0-9A-Fa-f]{2})|%00|[\0-\x20\x7f]")
_HEX = re.compile(rb"%([0-9A-Fa-f]{2})")
_REDIRECT = re.compile(rb"%([0-9A-Fa-f]{2})|%[0-9A-Fa-f].?|%(.?)|\?|[^%?]+", re.S)
_CONTROL = frozenset((*range(0x21), *range(0x7F, 0x100)))
_NEVER = frozenset(b'"<>\\^`{|}')
"""Escaped too since nginx 1.21.1."""

STRICT_SINCE = (1, 21, 1)
_IN_URI = _CONTROL | frozenset(b"#%?")
_IN_ARGS = _CONTROL | frozenset(b"#%&+;?")


class Uri(NamedTuple):
    """A request URI: `path` decoded and normalised, `args` raw, `sent` as the client wrote it (no scheme and host). `quoted`: it had a %,
    `plus`: it had a +; `whole` False: it had no path at all."""

    path: bytes
    args: bytes
    sent: bytes
    quoted: bool
    plus: bool
    whole: bool


NOTHING = Uri(b"", b"", b"", False, False, False)
"""What nginx has of a request URI that it refuses."""


def parse(uri: str, merge_slashes: bool) -> Uri | None:
    """A request URI taken apart; None where nginx answers 400."""
    sent = _ABSOLUTE.sub(b"", as_bytes(uri)) or b"/"
    raw, _, args = sent.partition(b"#")[0].partition(b"?")
    path = raw or b"/"
    if not path.startswith(b"/") or _REFUSED.search(path) or re.search(rb"[\0-\x20\x7f]", args):
        return None
    quoted, plus = b"%" in path, b"+" in path or b"%2b" in path.lower()
    path = _HEX.sub(lambda match: bytes([int(match.group(1), 16)]), path) if quoted else path
    if merge_slashes:
        path = re.sub(rb"/{2,}", b"/", path)
    found = _without_dots(path) if _DOTS.search(path) else path
    return None if found is None else Uri(found, args, sent, quoted, plus, bool(raw))


def _without_dots(path: bytes) -> bytes | None:
    kept: list[bytes] = []
    parts = path[1:].split(b"/")
    for n, part in enumerate(parts):
        if part == b"..":
            if not kept:
                return None
            kept.pop()
        elif part != b".":
            kept.append(part)
            continue
        if n == len(parts) - 1:
            kept.append(b"")
    return b"/" + b"/".join(kept)


def escaped_path(path: bytes, version: tuple[int, ...]) -> bytes:
    """A path as nginx writes it into a request (NGX_ESCAPE_URI)."""
    return _escaped(path, _IN_URI, version)


def escaped_capture(text: bytes, version: tuple[int, ...]) -> bytes:
    """A capture as nginx writes it into arguments (NGX_ESCAPE_ARGS)."""
    return _escaped(text, _IN_ARGS, version)


def _escaped(text: bytes, which: frozenset[int], version: tuple[int, ...]) -> bytes:
    chosen = which if version and version < STRICT_SINCE else which | _NEVER
    return b"".join(b"%%%02X" % byte if byte in chosen else bytes((byte,)) for byte in text)


def unescaped_redirect(text: bytes) -> bytes:
    """Text of a redirect as nginx sends it (NGX_UNESCAPE_REDIRECT): plain characters in front of the first ? are no longer escaped, and what only looks like
    an escape is lost."""
    found = b""
    for piece in _REDIRECT.finditer(text):
        code = int(piece[1], 16) if piece[1] else None
        if piece[0] == b"?" or code == 0x3F:
            return found + b"?" + text[piece.end() :]
        if code is not None:
            found += bytes([code]) if 0x25 < code < 0x7F else piece[0]
        elif not piece[0].startswith(b"%"):
            found += piece[0]
        else:
            found += piece[2] or b""
    return found


def argument(args: bytes, name: bytes) -> bytes | None:
    """The first argument of that name (any case), None where there is none."""
    for pair in args.split(b"&"):
        key, equals, value = pair.partition(b"=")
        if equals and key.lower() == name.lower():
            return value
    return None


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def as_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
