"""What all panes share: a title rule, rows below it, a cursor or a scroll position, keys that move."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui502.ui.actions import ACTIONS, MOVES
from tui502.ui.moment import Moment
from tui502.ui.panes.paint import Painted
from tui502.ui.render.marks import marked
from tui502.ui.render.rules import rule, tabs, title
from tui502.ui.render.spans import Row, fit, row

Hits = Callable[[str], bool]
"""Whether a text has what is searched for."""

WHOLE = 2000
"""Rows that plain text has at the most."""

NAMES = ("1 Log", "2 Upstreams", "3 Config", "4 Fix")


def keys_of(pane: int) -> list[BindingType]:
    """Bindings of the keys that belong to one pane."""
    return [Binding(",".join(action.keys), f"app.do({action.name!r})", action.does, show=False) for action in ACTIONS if action.pane == pane]


class Pane(Painted, can_focus=True, inherit_bindings=False):
    """A pane. `joint` is where its right border meets the rule above ('' when it has none); `sharing` are the panes whose tabs stand in its title;
    `alone` says that no other pane is on the screen, `zoomed` that a person wanted it so."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding(",".join(action.keys), action.name, action.does, show=False) for action in MOVES]
    ALLOW_SELECT = False
    number = 0

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.moment = Moment()
        self.top = 0
        self.joint = ""
        self.sharing: tuple[int, ...] = ()
        self.alone = False
        self.zoomed = False
        self.detail = False
        self.marks: re.Pattern[str] | None = None

    @property
    def inner(self) -> int:
        """Cells a row may take."""
        return max(0, self.size.width - (1 if self.joint else 0))

    @property
    def room(self) -> int:
        """Rows below the title."""
        return max(0, self.size.height - 1)

    def show(self, moment: Moment) -> None:
        self.moment = moment
        self.paint()

    def titles(self) -> tuple[str, str]:
        """What stands left and right in the title."""
        raise NotImplementedError

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        """The visible rows and whether each is the cursor's."""
        raise NotImplementedError

    def paint(self) -> None:
        if not self.display or not self.size.height:
            return
        width = self.inner
        rows = [(self._title(width), False), *((self._drawn(line, width), at and self.has_focus) for line, at in self.view(width, self.room))]
        rows += [(row(" " * width), False)] * (self.size.height - len(rows))
        if self.joint:
            rows = [((*line, *row((self.joint if not y else "│", "rule"))), at) for y, (line, at) in enumerate(rows)]
        self.put(rows)

    def _drawn(self, line: Row, width: int) -> Row:
        return fit(line if self.marks is None else marked(line, self.marks), width)

    def mark(self, pattern: re.Pattern[str] | None) -> None:
        """Underline what a search or filter has found, or nothing any more."""
        self.marks = pattern
        self.paint()

    def _title(self, width: int) -> Row:
        left, right = self.titles()
        if len(self.sharing) > 1 and self.number in self.sharing:
            names = [NAMES[n - 1] for n in self.sharing]
            return rule(width, tabs(names, self.sharing.index(self.number), self.has_focus), right, self.has_focus)
        return rule(width, title(left, self.has_focus), right, self.has_focus)

    def on_resize(self) -> None:
        self.paint()

    def on_focus(self) -> None:
        self.paint()

    def on_blur(self) -> None:
        self.paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)

    def action_move(self, by: int) -> None:
        raise NotImplementedError

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.room - 1))

    def action_edge(self, by: int) -> None:
        self.action_move(by * 1_000_000_000)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y >= 1 and event.x < self.inner:
            self.pick(event.y - 1)

    def pick(self, y: int) -> None:
        """A click on row `y` below the title."""

    def sideways(self, by: int) -> str:
        """Fold or open, or go sideways; why not, or ''."""
        return "nothing folds here, and nothing is wider than the pane"

    def hits(self, pattern: Hits) -> list[int] | int:
        """Where a search finds something, in order; while it looks on how much it has found so far: ask again, with the same pattern."""
        return []

    @property
    def at(self) -> int:
        """Where the cursor is, counted as by `hits`."""
        return self.top

    def go_to(self, n: int) -> None:
        """Go to a place of `hits`."""

    def matter(self, by: int) -> str:
        """Go to the next (1) or previous (-1) thing that matters; why not, or ''."""
        raise NotImplementedError

    def open_detail(self) -> str:
        """Open the detail of the selected thing; why not, or ''."""
        return "no more detail here"

    def close_detail(self) -> bool:
        """Close what is open in this pane; whether something was."""
        return False

    def copied(self) -> str:
        """The text that `y` copies; '' when nothing is selected."""
        return ""

    def whole(self, width: int) -> list[Row]:
        """All rows, not only the visible ones, for plain text."""
        top, self.top = self.top, 0
        rows = [line for line, _ in self.view(width, WHOLE)]
        self.top = top
        return rows
