"""The board: head, panes and hints, where they stand, and the one moment they all show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tui502.text import neutral
from tui502.ui.ack import Ack
from tui502.ui.actions import ACTIONS
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
from tui502.ui.render.head import First
from tui502.ui.render.layout import WATCH, WHOLE, WHY, Rect, layout

if TYPE_CHECKING:
    from tui502.model.session import Session
    from tui502.report.verdict import Head
    from tui502.ui.prompt import Prompt

SAID = 4.0
"""Seconds that a reason stands in the hint row."""

BEGINS = "wait: the change begins"
"""NEXT between a yes and the first step."""

_ANSWER = frozenset("]^\\;:/rgb0123456789abcdefABCDEF")
"""What an answer to the question for the background consists of."""


class Desk(Screen[None], inherit_bindings=False):
    """The one screen under question and help."""

    ALLOW_SELECT = False


class Board(App[int], inherit_bindings=False):
    """Shows one session. `clock` gives epoch seconds; a recording is shown at its own time. `theme` is a key of `THEMES`; `keys` counts the keys
    that were pressed. What only an incident needs is imported when the first one comes: the first screen waits for nothing. With NO_COLOR no colour is
    sent at all, not even Textual's default ones.
    """

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
        self.deaf = False
        self.keys = 0
        self.ack = Ack(self)
        self.head = HeadBar("head")
        self.hints = HintBar("hints")
        self.prompt: Prompt | None = None
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
        moment = self.moment
        if moment.incident is None:
            return First()
        from tui502.report import verdict

        if self.focus_at != WATCH or moment.changing:
            return self._told_of_repair()
        from tui502.report import watch

        return watch.told(verdict.head(moment.incident, None, None, None, self.size.width), moment.incident, moment.receipt, moment.watched, moment.now)

    def _told_of_repair(self) -> Head:
        """While a change is applied its new target was not looked at yet: what was known before stays, not "nothing can be said"."""
        from tui502.report import verdict

        moment = self.moment
        told = verdict.head(moment.incident, moment.progress, moment.staged, moment.tested, self.size.width)
        applying = moment.busy == "applying" or (moment.progress is not None and moment.progress.phase == "applying")
        if applying and told.word == "LOOKING" and moment.before is not None:
            told = verdict.head(moment.before, moment.progress, moment.staged, moment.tested, self.size.width)
        return replace(told, next=BEGINS) if moment.busy == "applying" else told

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

    def ask_line(self, label: str, then: Callable[[str], None], text: str = "", left: Callable[[], None] | None = None) -> None:
        """Ask for a line in the hint row; until it is there, it has the keys."""
        from tui502.ui.prompt import Prompt

        self.prompt = Prompt(label, then, text, left=left)
        self.hints.ask(label, text)

    def _typed(self, event: events.Key | events.Paste) -> None:
        """A key, or a paste, for the line that is asked for."""
        prompt = self.prompt
        if prompt is None:
            return
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        else:
            self.prompt = None
            if prompt.key(event.key, event.character):
                self.prompt = prompt
        now = self.prompt
        self.hints.ask(now.label if now else "", neutral(now.text) if now else "")

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

    async def on_event(self, event: events.Event) -> None:
        """While `deaf`, what may be a late answer of the terminal is no key."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.keys += 1
        if self.deaf and isinstance(event, events.Key) and event.character is not None and event.character in _ANSWER:
            return
        if self.prompt is not None and isinstance(event, events.Key | events.Paste) and isinstance(self.screen, Desk) and _arrived(event):
            self._typed(event)
            return
        await super().on_event(event)

    def on_cursor_position(self) -> None:
        self.ack.answered()

    def _print_error_renderables(self) -> None:
        """A bug is told in one line by `app.run`, after the terminal is restored."""

    @property
    def bug(self) -> BaseException | None:
        """What ended the program, if it was a bug."""
        found = self._exception
        return getattr(found, "error", found)


def _arrived(event: events.Key | events.Paste) -> bool:
    """Whether an event is at the end of its way: a key goes through the screen and back, as the key went that asked for the line. What was typed right behind
    that one is on this way too, and must not be lost or overtaken."""
    return event.is_forwarded is isinstance(event, events.Key)


def put(widget: HeadBar | HintBar | Pane, rect: Rect | None) -> None:
    """Place a widget, or hide it."""
    widget.display = rect is not None
    if rect is not None:
        widget.styles.offset = (rect.x, rect.y)
        widget.styles.width, widget.styles.height = rect.width, rect.height
