"""A log of which only some records are shown, with numbers of its own: read like a whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.ui.panes.matches import Matches, Test, Text

if TYPE_CHECKING:
    from tui502.model.evidence import Gap
    from tui502.model.session import Back, LogLine, LogReader

NEAR = 1000
"""Records that are read in one go when some of them are shown."""


class Filtered:
    """`base` through a filter; `words` say what is shown. `matches.look` finds the records; until it has, there are fewer."""

    def __init__(self, base: LogReader, words: str, text: Text | None, line: Test | None, around: int) -> None:
        self.base = base
        self.path = base.path
        self.words = words
        self.matches = Matches(base, text, line, around)

    def first(self) -> int:
        return self.matches.first()

    def size(self) -> int:
        return self.matches.end()

    def lines(self, first: int, n: int) -> list[LogLine]:
        found: list[LogLine] = []
        for position in self._shown(first, n):
            found += [replace(line, number=position) for line in self.base.lines(self.matches.number(position), 1)]
        return found

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        shown = [(self.matches.number(position), position) for position in self._shown(first, n)]
        while shown:
            near = [each for each in shown if each[0] < shown[0][0] + NEAR]
            raws = dict(self.base.raws(near[0][0], near[-1][0] - near[0][0] + 1))
            found += [(position, raws[number]) for number, position in near if number in raws]
            shown = shown[len(near) :]
        return found

    def _shown(self, first: int, n: int) -> range:
        return range(max(self.first(), first), min(self.size(), max(self.first(), first) + n))

    def is_hit(self, position: int) -> bool:
        """Whether a shown record passed, or stands beside one that did."""
        return self.matches.number(position) in self.matches.hits

    def notes(self) -> tuple[str, ...]:
        return self.base.notes()

    def gap(self) -> Gap | None:
        return self.base.gap()

    def read_older(self) -> None:
        self.base.read_older()

    def stop_older(self) -> None:
        self.base.stop_older()

    def back(self) -> Back:
        return self.base.back()
