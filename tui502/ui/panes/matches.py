"""Records that pass a test, found in slices so that no key waits: the newest first, then what comes and what is read of older files."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui502.text import neutral

if TYPE_CHECKING:
    from tui502.model.session import LogLine, LogReader

Text = Callable[[str], object]
"""Whether a record's harmless text passes."""

Test = Callable[["LogLine"], bool]
"""Whether a record passes that was taken apart."""

RAW, PARSED = 2000, 500
"""Records that are looked at in one go."""


class Matches:
    """`text` is asked first, then `line`, which costs more. With `around` lines before and after each hit. `shown` is what is shown, by a position of its
    own: counted up from 0 for what came since it began, down from -1 for what was there, so that no position ever changes."""

    def __init__(self, base: LogReader, text: Text | None, line: Test | None = None, around: int = 0) -> None:
        self.base = base
        self._text = text
        self._line = line
        self._around = around
        self._step = RAW if line is None else PARSED
        self._low = self._high = base.size()
        self._until = self._low - 1
        self._down_to = self._low
        self._older: list[int] = []
        self._newer: list[int] = []
        self.hits: set[int] = set()

    def look(self, until: float) -> bool:
        """Look at more records until that moment (monotonic), at least at some; whether there are others."""
        while True:
            if self._low > self.base.first():
                self._downwards()
            elif self._high < self.base.size():
                self._upwards()
            else:
                return False
            if time.monotonic() >= until:
                return self._low > self.base.first() or self._high < self.base.size()

    @property
    def looked(self) -> int:
        """How many records were looked at."""
        return self._high - self._low

    def first(self) -> int:
        return -len(self._older)

    def end(self) -> int:
        return len(self._newer)

    def number(self, position: int) -> int:
        """The number in the whole log of what is shown at a position."""
        return self._newer[position] if position >= 0 else self._older[-1 - position]

    def nearest(self, number: int) -> int:
        """Where record `number` is shown, or the next one that is; the last where none is."""
        if self._newer and (number >= self._newer[0] or not self._older):
            return min(bisect_left(self._newer, number), len(self._newer) - 1)
        from_there = bisect_right(self._older, -number, key=lambda each: -each)
        return -from_there if from_there or self._newer else -1

    def has(self, number: int) -> bool:
        at = self.nearest(number)
        return self.first() <= at < self.end() and self.number(at) == number

    def _passing(self, first: int, n: int) -> set[int]:
        """The numbers that pass among `n` records from `first` on."""
        found: set[int] = set()
        if self._text is not None:
            found = {number for number, raw in self.base.raws(first, n) if self._text(neutral(raw))}
            if not found or self._line is None:
                return found
        return {line.number for line in self.base.lines(first, n) if (self._text is None or line.number in found) and self._line and self._line(line)}

    def _downwards(self) -> None:
        step = min(self._step, self._low - self.base.first())
        passing = self._passing(self._low - step, step)
        for number in range(self._low - 1, self._low - step - 1, -1):
            lowest = self._older[-1] if self._older else self._newer[0] if self._newer else self.base.size()
            if number in passing:
                self.hits.add(number)
                self._older += range(min(number + self._around, lowest - 1), number - 1, -1)
                self._down_to = number - self._around
                self._until = max(self._until, number + self._around)
            elif self._down_to <= number < lowest:
                self._older.append(number)
        self._low -= step

    def _upwards(self) -> None:
        step = min(self._step, self.base.size() - self._high)
        passing = self._passing(self._high, step)
        for number in range(self._high, self._high + step):
            highest = self._newer[-1] if self._newer else self._older[0] if self._older else self.base.first() - 1
            if number in passing:
                self.hits.add(number)
                self._newer += range(max(number - self._around, highest + 1), number + 1)
                self._until = number + self._around
            elif highest < number <= self._until:
                self._newer.append(number)
        self._high += step
