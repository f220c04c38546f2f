"""The board: head, panes and hints, where they stand, and the one moment they all show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tui502.ui import telling
from tui502.ui.ack import Ack
from tui502.ui.actions import ACTIONS
from tui502.ui.hearing import Desk, Hearing
from tui502.ui.moment import Moment
from tui502.ui.panes.bars import HeadBar, HintBar
from tui502.ui.panes.config import ConfigPane
from tui502.ui.panes.fix import FixPane
from tui502.ui.panes.log import LogPane
from tui502.ui.panes.pane import Pane
from tui502.ui.panes.styles import COLOURLESS, THEMES
from tui502.ui.panes.upstreams import UpstreamsPane
from tui502.ui.panes.watch import WatchPane
from tui502.ui.panes.why import WhyPane
from tui502.ui.render.layout import WATCH, WHOLE, WHY, Rect, layout

if TYPE_CHECKING:
    from tui502.model.session import Session
    from tui502.report.verdict import Head
    from tui502.ui.render.head import First

SAID = 4.0
"""Seconds that a reason stands in the hint row."""


class Board(Hearing, inherit_bindings=False):
    """Shows one session. `clock` gives epoch seconds; a recording is shown at its own time. `theme` is a key of `THEMES`. What only an
    incident needs is imported when the first one comes: the first screen waits for nothing. With NO_COLOR no colour is sent at all, not even Textual's
    default ones."""

    CSS_PATH = "tui502.tcss"
    TITLE = "tui502"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [Binding(",".join(action.keys), f"do({action.name!r})", action.does, show=False) for action in ACTIONS if action.pane is None]

    def __init__(self, session: Session, *, ascii: bool = False, clock: Callable[[], float] = time.time, theme: str = "") -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self.clock = clock
        self.ascii = ascii
        self.looks = COLOURLESS if self.no_color else THEMES[theme]
        self.moment = Moment(live=session.live, read_only=session.read_only)
        self.focus_at = 1
        self.lower = 2
        self.back = 1
        self.zoomed = False
        self._large = False
        self.ack = Ack(self)
        self.head = HeadBar("head")
        self.hints = HintBar("hints")
        self.log_pane, self.tree_pane, self.config_pane, self.fix_pane = LogPane(), UpstreamsPane(), ConfigPane(), FixPane()
        self.watch_pane = WatchPane()
        self.panes: dict[int, Pane] = {1: self.log_pane, 2: self.tree_pane, 3: self.config_pane, 4: self.fix_pane, WHY: WhyPane(), WATCH: self.watch_pane}
        for widget in (self.head, self.hints, *self.panes.values()):
            widget.ascii, widget.looks = ascii, self.looks
        if self.no_color:
            self._filters = [each for each in self._filters if type(each).__name__ not in ("NoColor", "Monochrome")]

    @property
    def pane(self) -> Pane:
        """The focused pane."""
        return self.panes[self.focus_at]

    def get_default_screen(self) -> Screen[Any]:
        return Desk(id="_default")

    def compose(self) -> ComposeResult:
        yield self.head
        yield from self.panes.values()
        yield self.hints

    def on_resize(self, event: events.Resize) -> None:
        self.place(event.size.width, event.size.height)

    def place(self, width: int = 0, height: int = 0) -> None:
        """Put head, panes and hints where they belong, and focus the focused pane."""
        width, height = width or self.size.width, height or self.size.height
        self._large = self.large
        places = layout(width, height, self.focus_at, self.lower, self.zoomed, self._large)
        self.head.small = places is None
        self.tree_pane.folded = not self.zoomed
        with self.batch_update():
            put(self.head, places.head if places else Rect(0, 0, width, height))
            put(self.hints, places.hints if places else None)
            for number, pane in self.panes.items():
                rect = places.panes.get(number) if places else None
                pane.sharing = places.sharing if places else ()
                pane.alone = places is not None and len(places.panes) == 1
                pane.zoomed = self.zoomed and number == self.focus_at
                top = places.head.height if places else 0
                pane.joint = ("┬" if rect and rect.y == top else "┼") if places and number in places.divided else ""
                put(pane, rect)
            if places and isinstance(self.screen, Desk):
                self.pane.focus(scroll_visible=False)
        self.call_after_refresh(self.paint)

    def focus_pane(self, number: int) -> None:
        """Focus a pane, and show it where it shares a slot."""
        if self.focus_at not in (number, *WHOLE):
            self.back = self.focus_at
        self.zoomed = self.zoomed and number == self.focus_at
        self.focus_at = number
        if number in (2, 3, 4):
            self.lower = number
        self.place()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click may have moved the focus."""
        if isinstance(event.widget, Pane) and event.widget.has_focus and event.widget.number != self.focus_at:
            self.clicked(event.widget.number)

    def clicked(self, number: int) -> None:
        """A click went into another pane."""
        self.focus_pane(number)

    @property
    def large(self) -> bool:
        """Whether the focused pane wants more room: for a detail, or a repair."""
        return self.pane.detail or (self.moment.repairing and self.focus_at == 4)

    def paint(self) -> None:
        """Give the moment to all that shows it; only what changed is sent."""
        moment = self.moment
        if self.large != self._large:
            self.place()
        self.head.show(self.told(), moment, self.log_pane.reader)
        for pane in self.panes.values():
            pane.show(moment)
        self.hints.show(moment, self.focus_at, self.pane.detail, self.zoomed, self.focus_at == 1 and self.log_pane.grouped, len(self.pane.sharing) == 4)

    def told(self) -> Head | First:
        """What the head says."""
        return telling.told(self.moment, self.focus_at, self.size.width)

    def change(self, **fields: Any) -> None:
        """Go to another moment."""
        before = self.moment
        self.moment = replace(before, **fields)
        if self.moment.repairing != before.repairing:
            self.place()
        else:
            self.paint()

    def say(self, text: str) -> None:
        """A reason in the hint row, for a while."""
        self.hints.say(text)
        self.set_timer(SAID, self.hints.hush)

    def show_box(self, screen: Any) -> None:
        """Give a screen of ours the looks of this terminal."""
        screen.box.ascii, screen.box.looks = self.ascii, self.looks

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        self.set_timer(seconds, call)

    def send(self, text: str) -> None:
        """Write to the terminal."""
        driver = self._driver
        if driver is not None:
            driver.write(text)
            driver.flush()

    def on_cursor_position(self) -> None:
        self.ack.answered()

    def _print_error_renderables(self) -> None:
        """A bug is told in one line by `app.run`, after the terminal is restored."""

    @property
    def bug(self) -> BaseException | None:
        """What ended the program, if it was a bug."""
        found = self._exception
        return getattr(found, "error", found)


def put(widget: HeadBar | HintBar | Pane, rect: Rect | None) -> None:
    """Place a widget, or hide it."""
    widget.display = rect is not None
    if rect is not None:
        widget.styles.offset = (rect.x, rect.y)
        widget.styles.width, widget.styles.height = rect.width, rect.height
