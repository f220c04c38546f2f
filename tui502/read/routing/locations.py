"""The location that takes a URI, by the rules of nginx's ngx_http_core_find_location."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.read.routing.pcre import search
from tui502.read.routing.targets import PASSES

_MODIFIERS = ("=", "^~", "~*", "~")


class Location(NamedTuple):
    """A location: modifier "", "=", "^~", "~", "~*" or "@", and what stands behind it."""

    modifier: str
    pattern: str
    directive: Directive


class Found(NamedTuple):
    """The location that takes a URI (None: none does). `final` ends the search on the levels above;
    `redirect`: nginx answers with a redirect to the same URI and a slash."""

    location: Directive | None
    final: bool
    redirect: bool


def written(location: Directive) -> str:
    """A location as it is written, one blank between modifier and pattern."""
    modifier, pattern = split(location)
    return f"{modifier} {pattern}" if modifier not in ("", "@") else modifier + pattern


def split(location: Directive) -> tuple[str, str]:
    """Modifier and pattern; they may be one word."""
    args = location.args
    if len(args) >= 2:
        return args[0], args[1]
    text = args[0] if args else ""
    for modifier in (*_MODIFIERS, "@"):
        if text.startswith(modifier):
            return modifier, text[len(modifier) :]
    return "", text


def find(block: Directive, uri: bytes) -> Found:
    """The location inside a server (or location) that takes a normalised URI. Raises Undecided where a regular expression cannot be judged."""
    level = [Location(*split(one), one) for one in block.children if one.name == "location" and one.opens >= 0]
    found = _static(level, uri)
    if found.final:
        return found
    skip_regex = False
    if found.location is not None:
        skip_regex = split(found.location)[0] == "^~"
        inner = find(found.location, uri)
        if inner.final:
            return inner
        found = inner if inner.location is not None else found
    for one in level if not skip_regex else ():
        if one.modifier in ("~", "~*") and search(one.pattern, uri, one.modifier == "~*"):
            inner = find(one.directive, uri)
            return Found(one.directive if inner.location is None or inner.redirect else inner.location, True, False)
    return found


def _static(level: Sequence[Location], uri: bytes) -> Found:
    """The exact location (final), else the longest prefix, else the redirect to a slash (final)."""
    best: Location | None = None
    slash: Location | None = None
    for one in level:
        if one.modifier not in ("", "=", "^~"):
            continue
        pattern = one.pattern.encode("utf-8", "surrogateescape")
        if one.modifier == "=" and pattern == uri:
            return Found(one.directive, True, False)
        if one.modifier != "=" and uri.startswith(pattern) and (best is None or len(one.pattern) > len(best.pattern)):
            best = one
        if pattern == uri + b"/" and _has_pass(one.directive):
            slash = one
    if slash is not None and (best is None or best.pattern.encode("utf-8", "surrogateescape") != uri):
        return Found(slash.directive, True, True)
    return Found(best.directive if best else None, False, False)


def _has_pass(location: Directive) -> bool:
    return any(child.name in PASSES for child in location.children)


_DOTS = re.compile(rb"(?:^|/)\.{1,2}(?:/|\Z)")


def normalised(uri: str, merge_slashes: bool) -> bytes | None:
    """The path of a request URI as nginx searches locations with it: query cut, percent-decoded, slashes merged, dot segments resolved.
    None where nginx answers 400."""
    raw = re.sub(rb"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", b"", uri.encode("utf-8", "surrogateescape"))
    path = re.split(rb"[?#]", raw, maxsplit=1)[0] or b"/"
    if not path.startswith(b"/") or re.search(rb"%(?![0-9A-Fa-f]{2})", path) or b"%00" in path:
        return None
    path = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match.group(1), 16)]), path)
    if merge_slashes:
        path = re.sub(rb"/{2,}", b"/", path)
    return _without_dots(path) if _DOTS.search(path) else path


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
