"""Pane 1: the log, drawn from its reader; only what is visible is asked for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from tui502.text import neutral
from tui502.ui.messages import RecordChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Pane, keys_of
from tui502.ui.render import log as render
from tui502.ui.render.spans import Row, labelled, row

if TYPE_CHECKING:
    from tui502.model.session import LogLine, LogReader

_SEARCH = 20_000
"""Records that `.` and `,` look through at most."""


class LogPane(Pane):
    """Follows the newest record until the person moves or pauses."""

    BINDINGS: ClassVar = keys_of(1)
    number = 1

    def __init__(self) -> None:
        super().__init__("log")
        self.reader: LogReader | None = None
        self.following = True
        self.cursor = 0
        self.seen = 0
        self.raw = False
        self.peers = 0

    def show(self, moment: Moment) -> None:
        self.sole |= render.sole_peers(moment.incident.facts if moment.incident else None)
        super().show(moment)

    sole: frozenset[str] = frozenset()
    """Peers that have, or had when their records were written, no alternative."""


    def read(self, reader: LogReader | None) -> None:
        """Show this log."""
        if reader is not self.reader:
            self.reader, self.following, self.cursor, self.seen, self.top = reader, True, 0, 0, 0
            self.paint()

    def poll(self) -> bool:
        """Look whether records came; whether something was drawn."""
        if self.reader is None or self.reader.size() == self.seen:
            return False
        if self.following:
            self.paint()
            return True
        return False

    def titles(self) -> tuple[str, str]:
        if self.reader is None:
            return "1 Log", ""
        if self.reader.gap() is not None:
            return "1 Log", "not readable"
        new = self.reader.size() - self.seen
        state = "FOLLOW" if self.following else f"PAUSED +{new} new" if new else "PAUSED"
        left = f"1 Log  record {self.cursor + 1} of {self.reader.size()}" if self.detail else "1 Log"
        return left, " · ".join([state, *self._counts()]) if not self.detail else state

    def _counts(self) -> list[str]:
        incident = self.moment.incident
        classes: Counter[str] = Counter()
        for log in incident.evidence.logs.values() if incident else ():
            for tally in log.value.tallies if log.value else ():
                if tally.phase and tally.peer:
                    classes[render.class_of(tally.symptom)] += tally.count
        words = [f"{count} {name}" for name, count in classes.most_common(2)]
        return [", ".join(words)] if words else []

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        reader = self.reader
        if reader is None:
            return [(row(" ", ("looking for the error log…" if self.moment.incident is None else "no error log is followed", "looking")), False)]
        gap = reader.gap()
        if gap is not None and not reader.size():
            why = f"{neutral(reader.path)}  {gap.why}" + (f"; closes it: {neutral(gap.hint)}" if gap.hint else "")
            return [(row(" ", ("?", "unknown"), *line), False) for line in labelled("", why, width - 3, 1)]
        count = reader.size()
        if self.following:
            self.cursor, self.seen = max(0, count - 1), count
            self.top = max(0, count - height)
        if not count:
            return [(row(" the log is empty: ", neutral(reader.path)), False)]
        if self.detail:
            return [(line, False) for line in self._detail(width)[self.top_of_detail :][:height]]
        lines = reader.lines(self.top, height)
        self.peers = render.peer_width(lines, self.peers)
        return [(self._record(line, width), line.number == self.cursor) for line in lines]

    top_of_detail = 0

    def _record(self, line: LogLine, width: int) -> Row:
        selected = line.number == self.cursor
        return render.raw_record(line, width, selected) if self.raw else render.record(line, width, self.moment.utc_offset, self.sole, selected, self.peers)

    def _detail(self, width: int) -> list[Row]:
        line = self.selected()
        if line is None:
            return []
        outages = self.moment.incident.facts.outages if self.moment.incident else ()
        outage = next((found for found in outages if line.symptom in found.symptoms and found.target.peer == line.peer), None)
        return render.detail(line, width, self.moment.utc_offset, outage, self.sole)

    def selected(self) -> LogLine | None:
        lines = self.reader.lines(self.cursor, 1) if self.reader else []
        return lines[0] if lines else None

    def action_move(self, by: int) -> None:
        count = self.reader.size() if self.reader else 0
        if not count:
            return
        if self.detail and abs(by) > 1:
            self.top_of_detail = max(0, min(self.top_of_detail + by, len(self._detail(self.inner)) - 1))
            self.paint()
            return
        self.go(max(0, min(self.cursor + by, count - 1)), by > 1_000_000)

    def go(self, number: int, follow: bool = False) -> None:
        """Put the cursor on a record; pauses unless `follow`."""
        self.pause(not follow)
        self.cursor = number
        self.top_of_detail = 0
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.room:
            self.top = self.cursor - self.room + 1
        self.paint()
        line = self.selected()
        if line is not None:
            self.post_message(RecordChosen(line))

    def pause(self, paused: bool) -> None:
        if self.following == paused:
            self.following = not paused
            self.seen = self.reader.size() if self.reader else 0
        self.paint()

    def matter(self, by: int) -> str:
        reader = self.reader
        if reader is None:
            return "no log is followed"
        at = self.cursor + by
        limit = _SEARCH
        while 0 <= at < reader.size() and limit > 0:
            first = at if by > 0 else max(0, at - 499)
            lines = reader.lines(first, 500 if by > 0 else at - first + 1)
            for line in lines if by > 0 else reversed(lines):
                if render.fails(line):
                    self.go(line.number)
                    return ""
            limit -= max(1, len(lines))
            at = first + len(lines) if by > 0 else first - 1
        return "no other failure"

    def open_detail(self) -> str:
        if self.selected() is None:
            return "no line is selected"
        self.detail, self.top_of_detail = True, 0
        self.pause(True)
        return ""

    def close_detail(self) -> bool:
        was, self.detail = self.detail, False
        self.paint()
        return was

    def copied(self) -> str:
        line = self.selected()
        return neutral(line.raw) if line else ""
