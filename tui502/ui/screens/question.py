"""The question before a change: default no, deaf until it was drawn, and `y` only once its end was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui502.ui.panes.paint import Painted
from tui502.ui.render import boxes, layout
from tui502.ui.render.question import Question, asks, body

_SCROLL = {
    "up": -1,
    "down": 1,
    "k": -1,
    "j": 1,
    "pageup": -8,
    "pagedown": 8,
    "ctrl+u": -8,
    "ctrl+d": 8,
    "home": -10_000,
    "end": 10_000,
    "g": -10_000,
    "G": 10_000,
}


class QuestionBox(Painted):
    ALLOW_SELECT = False


class QuestionScreen(ModalScreen[bool]):
    """Dismissed with True for a yes, False for anything else. `drawn(then)` calls `then` once the terminal has drawn what it was sent."""

    BINDINGS: ClassVar = []

    def __init__(self, asked: Question, drawn: Callable[[Callable[[], None]], None], clock: Callable[[], float]) -> None:
        super().__init__()
        self.asked = replace(asked, foreign_at=None) if asked.change.foreign else asked
        self._drawn = drawn
        self._clock = clock
        self.armed = False
        self.top = 0
        self.read = False
        self.box = QuestionBox("question")

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self._place()
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self._place()
        self.call_after_refresh(self.paint)

    def _place(self) -> None:
        x, y, width, height = layout.box(*self.app.size)
        self.box.styles.offset = (x, y)
        self.box.styles.width, self.box.styles.height = width, height

    def _ask(self) -> None:
        """Show the open question, and hear keys once it is on the screen."""
        self.armed = False
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.paint()
        self.call_after_refresh(lambda: self._drawn(self._arm))

    def _arm(self) -> None:
        self.armed = True

    def paint(self) -> None:
        width, height = self.box.size
        if width < 20 or height < 5:
            return
        inner = width - boxes.MARGIN
        lines = body(self.asked, inner)
        last = asks(self.asked, True)
        room = height - 2 - len(last)
        self.top = max(0, min(self.top, len(lines) - room))
        self.read = self.read or self.top + room >= len(lines)
        shown = lines[self.top : self.top + room]
        rows = [*shown, *[()] * (room - len(shown)), *asks(self.asked, self.read)]
        title = f"Apply to {self.asked.moment.host}?" if self.asked.moment.host else "Apply?"
        self.box.put([(line, False) for line in boxes.box(rows, width, title, "default: no")])

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if not self.armed:
            return
        if event.key in _SCROLL:
            self.top = max(0, self.top + _SCROLL[event.key])
            self.paint()
        elif event.key == "y" and self.read:
            self._yes()
        elif event.key != "y":
            self.dismiss(False)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is never an answer."""
        event.stop()

    def _yes(self) -> None:
        if self.asked.first:
            self.asked = replace(self.asked, foreign_at=self._clock())
            self._ask()
        else:
            self.dismiss(True)
