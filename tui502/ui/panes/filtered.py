"""A log of which only some records are shown, with numbers of its own; what is read is looked at once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui502.model.evidence import Gap
    from tui502.model.session import LogLine, LogReader

Test = Callable[["LogLine"], bool]

STEP = 2000
"""Records that are looked at in one go."""

MOST = 40_000
"""The newest records that are looked at when a filter begins."""


class Filtered:
    """`base` through `test`; `words` say what is shown."""

    def __init__(self, base: LogReader, words: str, test: Test) -> None:
        self.base = base
        self.words = words
        self.path = base.path
        self._test = test
        self._at = max(0, base.size() - MOST)
        self.numbers: list[int] = []

    def size(self) -> int:
        count = self.base.size()
        while self._at < count:
            lines = self.base.lines(self._at, min(STEP, count - self._at))
            self.numbers += [line.number for line in lines if self._test(line)]
            self._at += max(1, min(STEP, count - self._at))
        return len(self.numbers)

    def lines(self, first: int, n: int) -> list[LogLine]:
        shown = range(max(0, first), min(len(self.numbers), max(0, first) + n))
        if not shown:
            return []
        return [replace(line, number=at) for at in shown for line in self.base.lines(self.numbers[at], 1)]

    def notes(self) -> tuple[str, ...]:
        return self.base.notes()

    def gap(self) -> Gap | None:
        return self.base.gap()

    def nearest(self, number: int) -> int:
        """Where record `number` of the whole log stands here, or the next one does."""
        return min(bisect_left(self.numbers, number), max(0, len(self.numbers) - 1))
