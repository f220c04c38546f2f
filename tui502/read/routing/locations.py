"""The location that takes a URI, by the rules of nginx's ngx_http_core_find_location."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.read.families import PASSES
from tui502.read.routing.pcre import match
from tui502.read.routing.uri import as_bytes

_MODIFIERS = ("=", "^~", "~*", "~")


class Location(NamedTuple):
    """A location: modifier "", "=", "^~", "~", "~*" or "@", and what stands behind it."""

    modifier: str
    pattern: str
    directive: Directive


class Found(NamedTuple):
    """The locations inside each other that take a URI, outermost first (() when none does). `final` ends the search on the levels above;
    `redirect`: nginx answers with a redirect to the same URI and a slash. `groups` is what regular expressions captured, the last one last."""

    path: tuple[Directive, ...]
    final: bool
    redirect: bool
    groups: tuple[re.Match[bytes], ...] = ()


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
    if found.path:
        skip_regex = split(found.path[0])[0] == "^~"
        inner = find(found.path[0], uri)
        found = inner._replace(path=found.path + inner.path)
        if found.final:
            return found
    for one in level if not skip_regex else ():
        if one.modifier in ("~", "~*") and (groups := match(one.pattern, uri, one.modifier == "~*")):
            inner = find(one.directive, uri)
            return Found((one.directive, *inner.path), True, False, (groups, *inner.groups))
    return found


def named(server: Directive, name: str) -> Directive | None:
    """The location `@name` of a server."""
    return next((one for one in server.children if one.name == "location" and one.opens >= 0 and one.args[:1] == (name,)), None)


def _static(level: Sequence[Location], uri: bytes) -> Found:
    """The exact location (final), else the longest prefix, else the redirect to a slash (final), with the settings of the exact location of that name if
    there is one."""
    best: Location | None = None
    slash: Location | None = None
    for one in level:
        if one.modifier not in ("", "=", "^~"):
            continue
        pattern = as_bytes(one.pattern)
        if one.modifier == "=" and pattern == uri:
            return Found((one.directive,), True, False)
        if one.modifier != "=" and uri.startswith(pattern) and (best is None or len(one.pattern) > len(best.pattern)):
            best = one
        if pattern == uri + b"/" and has_pass(one.directive):
            slash = one
    if slash is not None and (best is None or as_bytes(best.pattern) != uri):
        exact = next((one for one in level if one.modifier == "=" and one.pattern == slash.pattern), slash)
        return Found((exact.directive,), True, True)
    return Found((best.directive,) if best else (), False, False)


def has_pass(location: Directive) -> bool:
    return any(child.name in PASSES for child in location.children)
