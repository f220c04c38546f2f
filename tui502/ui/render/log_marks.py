"""Rows between the records of the log: what happened to it, and where failures began."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.render.spans import Row, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.session import LogLine


class Note(NamedTuple):
    """What happened to a log. `number`: of the first record that came after it. `at`: when it was seen, in epoch seconds."""

    number: int
    at: float
    text: str


class Between(NamedTuple):
    """`began`: when the failures that go on began, in epoch seconds, 0 when that is not known."""

    began: float = 0.0
    notes: tuple[Note, ...] = ()
    utc_offset: int = 0

    def above(self, before: LogLine | None, line: LogLine) -> list[Row]:
        """The rows between a record and the one before it, None for the first of the log."""
        low = before.number if before else float("-inf")
        found = self._notes(each for each in self.notes if low < each.number <= line.number)
        if self.began and line.at >= self.began and (before.at < self.began if before and before.at else before is None and line.at == self.began):
            found.append(row(" ", ("▼ ", "failing"), f"{clock(self.began, self.utc_offset)} began"))
        return found

    def below(self, size: int) -> list[Row]:
        """The rows behind the newest record."""
        return self._notes(each for each in self.notes if each.number >= size)

    def _notes(self, notes: Iterable[Note]) -> list[Row]:
        return [row((f" {clock(each.at, self.utc_offset)} · {neutral(each.text)}", "muted")) for each in notes]
