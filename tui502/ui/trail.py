"""What was selected before: the way back and forward, by identity. Pure."""

from __future__ import annotations

from typing import NamedTuple

from tui502.ui.moment import NOTHING, Chosen

MOST = 200
"""Places that are remembered."""


class Place(NamedTuple):
    """A pane with what was selected in it; `record` is the number of a log record."""

    pane: int
    chosen: Chosen = NOTHING
    record: int | None = None


class Trail:
    """Steps from row to row of one pane are one place; another pane, or a jump, is a new one."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1
        self.jump = False

    def visit(self, place: Place) -> None:
        """A person is here now. What lay ahead is forgotten."""
        jump, self.jump = self.jump, False
        here = self._places[self._at] if self._at >= 0 else None
        if place == here:
            return
        if here is not None and here.pane == place.pane and not jump:
            self._places[self._at] = place
            return
        self._places = [*self._places[: self._at + 1], place][-MOST:]
        self._at = len(self._places) - 1

    def go(self, by: int) -> Place | None:
        """The place before (-1) or after (1), or None when there is none."""
        at = self._at + by
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]
