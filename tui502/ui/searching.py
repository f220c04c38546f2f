"""Search in the focused pane: a regular expression, hits counted and underlined. What takes long goes on in slices: keys are heard meanwhile, esc ends it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.views import Views

if TYPE_CHECKING:
    from tui502.ui.panes.pane import Hits, Pane

PAUSE = 0.002
"""Seconds between two slices of a search."""

TOLD = 0.1
"""Seconds between two counts."""


class Looking(NamedTuple):
    """A search that goes on: in which pane, where the cursor was when it began, and which way it was to go."""

    pane: Pane
    at: int
    by: int


class Searching(Views):
    """`pattern` is what was searched for last, `passes` tells whether a text has it; `looking` is a search under way, `told_at` (monotonic) when it was
    last told of it."""

    pattern: re.Pattern[str] | None = None
    passes: Hits = bool
    looking: Looking | None = None
    told_at = 0.0

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
        if self.pattern is not None:
            self.pane.mark(self.pattern)
            self.looking = Looking(self.pane, self.pane.at, by)
            self._look(self.looking)

    def _look(self, looking: Looking) -> None:
        """One slice of the search; when it is through, go to the hit, unless the person has gone elsewhere meanwhile."""
        if self.looking is not looking:
            return
        if self.pane is not looking.pane:
            self.end_search()
            return
        hits = looking.pane.hits(self.passes)
        if isinstance(hits, int):
            if time.monotonic() - self.told_at >= TOLD:
                self.told_at = time.monotonic()
                self.hints.stand(f"/: {hits} so far, looking on   esc ends")
            self.set_timer(PAUSE, lambda: self._look(looking))
            return
        self.end_search()
        self._found(hits, looking)

    def end_search(self) -> bool:
        """Look no further; whether it was looked."""
        was, self.looking = self.looking is not None, None
        self.hints.stand("")
        return was

    def _found(self, hits: list[int], looking: Looking) -> None:
        pattern, pane, at = self.pattern, looking.pane, looking.at
        words = neutral(pattern.pattern) if pattern else ""
        if not hits:
            self.say(f"/: not found: {words}")
        elif pane.at != at:
            self.say(f"/: {len(hits)} {words}   n next  N back")
        else:
            after = [hit for hit in hits if hit > at or (hit == at and not looking.by)]
            before = [hit for hit in hits if hit < at]
            found = (before or hits)[-1] if looking.by < 0 else (after or hits)[0]
            self.remember(jump=True)
            pane.go_to(found)
            self.trail.jump = True
            self.say(f"/: {hits.index(found) + 1} of {len(hits)} {words}   n next  N back")
