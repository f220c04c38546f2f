"""Rows of the log's group view: one row per symptom and peer, all on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.render.grouping import MINUTES, Group, onset, outcome
from tui502.ui.render.log import Ends, class_of
from tui502.ui.render.spans import Row, cell, cell_len, middle, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.findings import Incident

_PATH = 32
"""Most cells of a socket's path."""


class Columns(NamedTuple):
    """What a row has beside count, class and peer: cells of the spark (0: none), whether there are counts a minute, first, last and outcome; `digits` are the
    cells of the count."""

    spark: int = MINUTES
    minute: bool = True
    first: bool = True
    last: bool = True
    outcome: bool = True
    digits: int = 5

    @property
    def left(self) -> int:
        """Cells before the peer."""
        return 11 + self.digits + 5 * self.minute + (self.spark + 1 if self.spark else 0) + 9 * (self.first + self.last)


_LOSING = (
    Columns(),
    Columns(last=False),
    Columns(last=False, first=False),
    Columns(MINUTES // 2, last=False, first=False),
    Columns(MINUTES // 2, last=False, first=False, outcome=False),
    Columns(0, last=False, first=False, outcome=False),
    Columns(0, minute=False, last=False, first=False, outcome=False),
)
"""What is lost where it is narrow, in this order."""


def columns(found: Sequence[Group], ends: Ends, width: int) -> Columns:
    """The most that leaves room for every peer: addresses are never cut, of sockets the middle of the path is."""
    peers = [(_peer(group), cell_len(neutral(outcome(group, ends)))) for group in found]
    digits = max([5, *(len(str(group.total)) for group in found)])
    for each in (losing._replace(digits=digits) for losing in _LOSING):
        need = max((peer + (1 + words if each.outcome else 0) if peer else words for peer, words in peers), default=0)
        if each.left + need <= width:
            return each
    return _LOSING[-1]._replace(digits=digits)


def _peer(group: Group) -> int:
    size = cell_len(neutral(group.peer))
    return min(_PATH, size) if group.peer.startswith("unix:") else size


def heads(incident: Incident, shown: Columns) -> list[Row]:
    """The names of the columns, and the onset above its minute."""
    names = row(f" {'count':>{shown.digits}} ", "/min " if shown.minute else "")
    if shown.spark:
        names += row(cell(f"last {MINUTES} min" if shown.spark == MINUTES else f"{MINUTES} min", shown.spark), " ")
    names += row(cell("first", 9 * shown.first), cell("last", 9 * shown.last), "class    ", "peer, outcome" if shown.outcome else "peer")
    began = onset(incident)
    if not began:
        return [names]
    text, at = f"{clock(began, incident.evidence.utc_offset)} began", 2 + shown.digits + 5 * shown.minute
    back = int((incident.evidence.taken_at - began) // (MINUTES * 60 / (shown.spark or 1)))
    if back >= shown.spark:
        return [names, row(" " * at, f"{text}, before this axis" if shown.spark else text)]
    return [names, row(" " * (at + shown.spark - 1 - max(0, back)), ("▼ ", "failing"), text)]


def group_row(group: Group, incident: Incident, width: int, shown: Columns, ends: Ends, selected: bool = False) -> Row:
    from tui502.report.rate import spark as bars

    offset, now = incident.evidence.utc_offset, incident.evidence.taken_at
    left = row(
        "▸" if selected else " ",
        f"{group.total:>{shown.digits}} ",
        f"{group.minutes(now, MINUTES)[-1]:>4} " if shown.minute else "",
        f"{bars(group.minutes(now, shown.spark))} " if shown.spark else "",
        f"{clock(group.first, offset) if group.first else '-':<9}" if shown.first else "",
        f"{clock(group.last, offset) if group.last else '-':<9}" if shown.last else "",
        cell(class_of(group.symptom), 8),
        " ",
    )
    room = max(0, width - shown.left)
    words, peer = neutral(outcome(group, ends)), neutral(group.peer)
    if not peer:
        return (*left, *row(cell(words, room)))
    tail = f" {words}" if shown.outcome else ""
    return (*left, *row(cell(f"{middle(peer, max(15, room - cell_len(tail)))}{tail}", room)))
