"""Search in the focused pane: a regular expression, hits counted and underlined. What takes long goes on in slices, and the next key ends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.views import Views

if TYPE_CHECKING:
    from tui502.ui.panes.pane import Hits

PAUSE = 0.002
"""Seconds between two slices of a search."""


class Searching(Views):
    """`pattern` is what was searched for last, `passes` tells whether a text has it."""

    pattern: re.Pattern[str] | None = None
    passes: Hits = bool

    def do_search(self) -> None:
        self.ask_line("Search:", self._search, left=lambda: None)

    def _search(self, text: str) -> None:
        if not text:
            self.say("/: nothing was typed")
            return
        try:
            pattern = re.compile(text, re.I)
        except re.error as error:
            at = f" at character {error.pos + 1}" if error.pos is not None else ""
            self.say(f"/: not a regular expression{at}: {neutral(error.msg)}")
            return
        self.pattern, self.passes = pattern, lambda each: pattern.search(each) is not None
        self.find(0)

    def do_again(self, by: int) -> None:
        if self.pattern is None:
            self.say(f"{'n' if by > 0 else 'N'}: nothing was searched for, / searches")
        else:
            self.find(by)

    def find(self, by: int) -> None:
        """Go to a hit: the next (1), the one before (-1), or (0) the next one, this place included; round at the ends."""
        pattern, pane = self.pattern, self.pane
        if pattern is None:
            return
        pane.mark(pattern)
        hits = pane.hits(self.passes)
        if hits is None:
            self._find_on(by)
            return
        if not hits:
            self.say(f"/: not found: {neutral(pattern.pattern)}")
            return
        at = pane.at
        after = [hit for hit in hits if hit > at or (hit == at and not by)]
        before = [hit for hit in hits if hit < at]
        found = (before or hits)[-1] if by < 0 else (after or hits)[0]
        self.remember(jump=True)
        pane.go_to(found)
        self.trail.jump = True
        self.say(f"/: {hits.index(found) + 1} of {len(hits)} {neutral(pattern.pattern)}   n next  N back")

    def _find_on(self, by: int) -> None:
        """The pane looks on: ask it again, unless a key was pressed meanwhile."""
        keys, pane = self.keys, self.pane

        def again() -> None:
            if self.keys == keys and self.pane is pane:
                self.find(by)

        self.set_timer(PAUSE, again)
