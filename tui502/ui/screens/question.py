"""The question before a change: default no, deaf until it was drawn, and `y` only once its end was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import events

from tui502.ui.render.question import Question, asks, body
from tui502.ui.render.spans import Row
from tui502.ui.screens.box import SCROLL, BoxScreen

_SCROLL = {**SCROLL, "k": -1, "j": 1, "ctrl+u": -8, "ctrl+d": 8, "g": -10_000, "G": 10_000}


class QuestionScreen(BoxScreen[bool]):
    """Dismissed with True for a yes, False for anything else. `drawn(then)` calls `then` once the terminal has drawn what it was sent, `say` tells why a key
    does nothing."""

    def __init__(self, asked: Question, drawn: Callable[[Callable[[], None]], None], clock: Callable[[], float], say: Callable[[str], None]) -> None:
        super().__init__()
        self.asked = replace(asked, foreign_at=None) if asked.change.foreign else asked
        self._drawn = drawn
        self._clock = clock
        self._say = say
        self.armed = False
        self.read = False

    def begin(self) -> None:
        """Show the open question, and hear keys once it is on the screen."""
        self.paint()
        self.call_after_refresh(lambda: self._drawn(self._arm))

    def _arm(self) -> None:
        self.armed = True

    def content(self, width: int, height: int) -> tuple[Sequence[Row], str, str]:
        lines = body(self.asked, width)
        room = height - len(asks(self.asked, True))
        self.top = max(0, min(self.top, len(lines) - room))
        self.read = self.read or self.top + room >= len(lines)
        shown = lines[self.top : self.top + room]
        host = self.asked.moment.host
        rows = [*shown, *[()] * (room - len(shown)), *asks(self.asked, self.read)]
        return rows, f"Apply to {host}?" if host else "Apply?", "default: no"

    def on_key(self, event: events.Key) -> None:
        if not self.armed:
            return
        if event.key in _SCROLL:
            self.scroll(_SCROLL[event.key])
        elif event.key == "y" and self.read:
            self._yes()
        elif event.key == "y":
            self._say("y: the rest must be seen before a yes, pgdn")
        else:
            self.dismiss(False)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is never an answer."""
        event.stop()

    def _yes(self) -> None:
        if self.asked.first:
            self.asked, self.armed = replace(self.asked, foreign_at=self._clock()), False
            self.call_after_refresh(self.begin)
        else:
            self.dismiss(True)
