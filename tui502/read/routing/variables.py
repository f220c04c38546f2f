"""Text with variables as nginx fills it in. What cannot be known from a configuration and a request raises Undecided."""

from __future__ import annotations

import re
from functools import lru_cache

from tui502.read.routing.definitions import definitions
from tui502.read.routing.maps import mapped
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes, escaped_capture

_PIECE = re.compile(r"\$(?:([1-9])|\{(\w+)\}|(\w+))")


Pieces = tuple[tuple[str, str], ...]


@lru_cache(maxsize=2048)
def pieces(text: str) -> Pieces:
    """Text cut into ("text", …), ("group", "1") and ("variable", "host")."""
    found: list[tuple[str, str]] = []
    at = 0
    for match in _PIECE.finditer(text):
        if match.start() > at:
            found.append(("text", text[at : match.start()]))
        found.append(("group", match[1]) if match[1] else ("variable", (match[2] or match[3]).lower()))
        at = match.end()
    return (*found, ("text", text[at:])) if at < len(text) else tuple(found)


def filled(state: State, text: str, quote: bool = False) -> bytes:
    """Text with its variables filled in; `quote`: groups are escaped as nginx does in `set` and redirects when the request was escaped."""
    return b"".join(parts(state, pieces(text), quote))


def parts(state: State, cut: Pieces, quote: bool) -> list[bytes]:
    """The pieces of a text filled in. Raises Undecided where a map among them changes what `$1` … are: nginx then depends on lengths."""
    before = state.groups
    found = [piece(state, kind, what, quote) for kind, what in cut]
    if state.groups is not before and any(kind == "group" for kind, _ in cut):
        raise Undecided("a map with a regular expression changes $1 in the same text")
    return found


def piece(state: State, kind: str, what: str, quote: bool) -> bytes:
    """What one of `pieces` stands for."""
    if kind == "text":
        if "\ufffd" in what:
            raise Undecided("the configuration has text there that is no UTF-8")
        return as_bytes(what)
    return _group(state, int(what), quote) if kind == "group" else variable(state, what)


def _group(state: State, number: int, quote: bool) -> bytes:
    """What `$1` … stands for."""
    captured = state.groups
    found = b"" if captured is None or number > captured.re.groups else captured.group(number) or b""
    return escaped_capture(found, state.version) if quote and (state.asked.quoted or state.asked.plus) else found


def captured(state: State, match: re.Match[bytes] | None) -> None:
    """Keep what a regular expression that matched has captured."""
    if match is not None:
        state.groups = match
        state.variables.update({name.lower(): value or b"" for name, value in match.groupdict().items()})


def variable(state: State, name: str) -> bytes:
    """The value of a variable (lower-case name), b"" where nginx has none for it."""
    from tui502.read.routing.built_in import BUILT_IN, PREFIXES

    value = state.variables.get(name)
    if isinstance(value, Undecided):
        raise value
    if value is not None:
        return value
    if name in BUILT_IN:
        return BUILT_IN[name](state)
    for prefix, read in PREFIXES.items():
        if name.startswith(prefix):
            return read(state, name[len(prefix) :])
    return _defined(state, name)


def _defined(state: State, name: str) -> bytes:
    """The value of a variable that the configuration defines."""
    known = definitions(state.config)
    if name in known.maps:
        value = mapped(state, known.maps[name])
        if not any(one.words[0].value == "volatile" for one in known.maps[name].children):
            state.variables[name] = value
        return value
    if name in known.foreign:
        raise Undecided(f"${name} comes from {known.foreign[name].name} in line {known.foreign[name].line}")
    if name in known.sets:
        return b""
    raise Undecided(f"${name} is not known from here")
