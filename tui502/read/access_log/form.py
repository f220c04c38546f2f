"""A log format as a pattern of its lines, made once: the lines of a log are matched by one expression each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tui502.read.access_log.moments import epoch
from tui502.read.access_log.segments import Piece, pieces
from tui502.read.access_log.tries import outcome
from tui502.read.counts import Key

_TIMES = ("time_local", "time_iso8601", "msec")
_SERVERS = ("server_name", "host")
_COUNTED = ("status", "upstream_status", "upstream_addr", "upstream_header_time")

_LESS = {"msec": rb"(\d+)\.\d{3}", "upstream_header_time": rb"(?:(?:-|\d+\.\d{3})(?:, | : ))*(?:(-)|\d+\.\d{3}|)"}
"""Of these only what is counted is captured, so that lines which say the same are alike: the second, and whether the newest try had no header."""

_UNTOLD = 4096
"""Outcomes that are remembered: lines that say the same are common."""

_DEFAULT = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_JSON = re.compile(rb'\\(?:u00([0-9A-Fa-f]{2})|(["\\/bfnrt]))')
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Form:
    """A format as `written.forms` writes it: the escaping, a blank, the text. `tells`: its lines say the status, so that no other number can be taken for it.
    `server_by` is the variable that names the server, `time` the one that says when, '' where none does."""

    def __init__(self, written: str) -> None:
        self.escape, _, text = written.partition(" ")
        found = pieces(self.escape, text)
        names = [piece.name for piece in found if piece.name]
        self.time = next((name for name in _TIMES if name in names), "")
        self.server_by = next((name for name in _SERVERS if name in names), "")
        self.tells = "status" in names
        self._counted = tuple(name for name in (self.time, self.server_by, *_COUNTED) if name in names)
        self.pattern, self._order = _compiled(found, self._counted, _LESS)
        self._all, self._fields = _compiled(found, tuple(dict.fromkeys(names)), {})
        self._places = {name: n for n, name in enumerate(self._order)}
        self._keys: dict[tuple[bytes | None, ...], tuple[Key, float | None]] = {}

    def key(self, groups: tuple[bytes | None, ...]) -> tuple[Key, float | None]:
        """What a match of `pattern` counts as: (status, kind, peers, server), and when."""
        found = self._keys.get(groups)
        if found is None:
            if len(self._keys) >= _UNTOLD:
                self._keys.clear()
            found = self._keys[groups] = self._key(groups)
        return found

    def _key(self, groups: tuple[bytes | None, ...]) -> tuple[Key, float | None]:
        told = {name: (groups[n] or b"").decode("ascii", "replace") for name, n in self._places.items()}
        made = outcome(told["status"], told.get("upstream_status"), told.get("upstream_addr"), told.get("upstream_header_time"))
        server = told.get(self.server_by, "")
        at = epoch(groups[self._places[self.time]] or b"") if self.time else None
        return (told["status"], made.kind, made.peers, "" if server == "-" else server), at

    def fields(self, line: bytes) -> Mapping[str, bytes] | None:
        """The values of all variables that can be told, as nginx had them ("-" where it wrote that); None where the line has not this format."""
        found = self._all.match(line)
        if found is None or found.end() != len(line):
            return None
        return {name: self._plain(value or b"") for name, value in zip(self._fields, found.groups(), strict=True)}

    def _plain(self, value: bytes) -> bytes:
        if self.escape == "none" or b"\\" not in value:
            return value
        if self.escape == "json":
            return _JSON.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else _LETTERS.get(found[2], found[2]), value)
        return _DEFAULT.sub(lambda found: bytes([int(found[1], 16)]), value)


@lru_cache(maxsize=256)
def form(written: str) -> Form:
    """The form of a format: the same object for the same text."""
    return Form(written)


def _compiled(found: Iterable[Piece], wanted: tuple[str, ...], less: Mapping[str, bytes]) -> tuple[re.Pattern[bytes], tuple[str, ...]]:
    """The expression of a line, which captures the first of each of the wanted variables (of some `less` than their whole value), and their names in order."""
    order: list[str] = []
    parts = []
    for piece in found:
        if piece.name in wanted and piece.name not in order:
            order.append(piece.name)
            parts.append(less.get(piece.name, b"(" + piece.pattern + b")"))
        else:
            parts.append(b"(?:" + piece.pattern + b")" if piece.name else piece.pattern)
    return re.compile(b"^" + b"".join(parts) + b"$", re.M), tuple(order)
