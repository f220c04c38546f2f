"""Rows of the log's list: records in columns or raw, cut or wrapped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral, shorten
from tui502.ui.render.log import Ends, class_of, client, level_span, request_words
from tui502.ui.render.spans import Row, cell, cell_len, middle, row, wrap
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.session import LogLine

_HEAD = re.compile(rb"\d{4}/\d\d/\d\d [\d:]{8} \[\w+\] \d+#\d+: (?:\*\d+ )?")
_FIXED = 21
"""Cells of what is never lost, without the peer: mark, time, level, class and the blanks between."""

_GOT = 8
"""Cells of what the client got, with the blanks around."""

_PEER, _PATH, _SERVER, _SOURCE = 15, 32, 28, 18
"""Least cells of a peer; most cells of a socket's path, of a server's name, and of a log's. Addresses are never cut."""

_WHAT = 20
"""Least cells of the request before server or client address have a column of their own."""

_UNDER = 30
"""Cells from which a wrapped request goes on under itself; with fewer it goes on under the peer."""

_INLINE, _COLUMNS = 78, 96
"""Widths from which the server stands behind the request where it fits, and from which it has a column."""


class Columns(NamedTuple):
    """Cells of the columns that depend on what they hold; 0: not shown. They never get narrower while a log is shown, so that nothing moves sideways.
    `sources` are the logs of which a record was shown: only where there are several is it told which one it stands in."""

    peer: int = _PEER
    server: int = 0
    client: int = 0
    source: int = 0
    sources: frozenset[str] = frozenset()


def columns(lines: Sequence[LogLine], width: int, before: Columns, names: Mapping[str, str] | None = None) -> Columns:
    """The columns for these lines in so many cells: the peer as wide as it needs, then source (by its short name), server and client address as there is
    room."""
    sources = before.sources | {names[line.source] for line in lines if names and line.source in names}
    source = min(_SOURCE, max(map(cell_len, sources))) if len(sources) > 1 else 0
    peer = max([_PEER, before.peer, *(_peer_cells(neutral(line.peer)) for line in lines)])
    server = max([before.server, *(min(_SERVER, cell_len(neutral(line.server))) for line in lines)])
    address = max([before.client, *(cell_len(neutral(line.client)) for line in lines)])
    room = width - _FIXED - peer - _GOT - 1 - _WHAT - (source + 2 if source else 0)
    source = source if room >= 0 else 0
    if width < _COLUMNS or not server or server + 2 > room:
        return Columns(peer, source=source, sources=sources)
    return Columns(peer, server, address if address and server + address + 4 <= room else 0, source, sources)


def _peer_cells(peer: str) -> int:
    return min(_PATH, cell_len(peer)) if peer.startswith("unix:") else cell_len(peer)


def record(
    line: LogLine, width: int, utc_offset: int, shown: Columns, ends: Ends, *, selected: bool = False, skip: int = 0, wrapped: bool = False, source: str = ""
) -> list[Row]:
    """Time, level, class, peer, what the client got, request, server, client address, log: one row, or as many as the request needs. What is narrow loses the
    server first, then the request, then what the client got."""
    peer = neutral(line.peer) or "-"
    head = row(
        "▸" if selected else " ",
        clock(line.at, utc_offset) if line.at else "--:--:--",
        " ",
        level_span(line.level),
        " ",
        cell(class_of(line.symptom), 8),
        " ",
        cell(middle(peer, shown.peer), shown.peer),
    )
    at = _FIXED + shown.peer
    if width < at + _GOT - 1:
        return [head]
    head = (*head, *row("  ", cell(client(line, ends), 5)))
    if width < at + _GOT + 2:
        return [head]
    side = _side(line, shown, source)
    room = max(0, width - at - _GOT - 1 - sum(cell_len(part) for part in side))
    what = _what(line, width, room, shown, skip, wrapped)
    if not wrapped:
        return [(*head, *row(" ", cell(what, room), *side, " "))]
    under = at + _GOT if room >= _UNDER else _FIXED
    first = wrap(what, room)[0]
    rest = what[len(first) :].strip()
    return [(*head, *row(" ", cell(first, room), *side, " ")), *(row(" " * under, part) for part in (wrap(rest, width - under - 1) if rest else ()))]


def _side(line: LogLine, shown: Columns, source: str) -> list[str]:
    """The columns at the right, each with two blanks before it. Of a long name the head goes: its domain tells more."""
    server, address = neutral(line.server), neutral(line.client)
    out = ["  " + cell(shorten(server, shown.server, "tail"), shown.server)] if shown.server else []
    out += ["  " + cell(address, shown.client)] if shown.client else []
    return [*out, "  " + cell(shorten(source, shown.source, "tail"), shown.source)] if shown.source else out


def _what(line: LogLine, width: int, room: int, shown: Columns, skip: int, wrapped: bool) -> str:
    """The request, or what the record says; the server behind it where there is room and no column for it."""
    what, server = neutral(request_words(line.request)) or neutral(_message(line.raw)), neutral(line.server)
    if skip and not wrapped:
        return "…" + what[skip + 1 :]
    if width >= _INLINE and server and not shown.server and cell_len(what) + 2 + cell_len(server) <= room:
        what = f"{what}  {server}"
    return what


def raw_record(line: LogLine, width: int, *, selected: bool = False, skip: int = 0, wrapped: bool = False, source: str = "") -> list[Row]:
    """The record as it stands in the file, made harmless; before it the log it stands in, where there are several."""
    text, mark = neutral(line.raw), "▸" if selected else " "
    text = f"{source}  {text}" if source else text
    if wrapped:
        return [row(mark if not n else " ", part) for n, part in enumerate(wrap(text, max(8, width - 1)))]
    return [row(mark, cell("…" + text[skip + 1 :] if skip else text, width - 1))]


def beside(line: Row) -> Row:
    """A record that only stands beside one that a filter wants."""
    return tuple(span._replace(role=span.role or "muted") for span in line)


def _message(raw: bytes) -> bytes:
    """What a record says, without its time, level and numbers."""
    match = _HEAD.match(raw)
    return raw[match.end() :] if match else raw
