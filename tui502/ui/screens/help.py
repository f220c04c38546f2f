"""The help: a box with the keys of the focused pane and the selected thing."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui502.ui.moment import Moment
from tui502.ui.panes.paint import Painted
from tui502.ui.render import boxes, help, layout

_SCROLL = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -8, "pagedown": 8, "home": -10_000, "end": 10_000}
_CLOSE = ("escape", "question_mark", "f1", "q")


class HelpBox(Painted):
    ALLOW_SELECT = False


class HelpScreen(ModalScreen[None]):
    BINDINGS: ClassVar = []

    def __init__(self, moment: Moment, focus: int) -> None:
        super().__init__()
        self.moment = moment
        self.pane = focus
        self.top = 0
        self.box = HelpBox("help")

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self._place()
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        self._place()
        self.call_after_refresh(self.paint)

    def _place(self) -> None:
        x, y, width, height = layout.box(*self.app.size)
        self.box.styles.offset = (x, y)
        self.box.styles.width, self.box.styles.height = width, height

    def paint(self) -> None:
        width, height = self.box.size
        if width < 20 or height < 5:
            return
        lines = help.rows(self.moment, self.pane, width - boxes.MARGIN)
        room = height - 2
        self.top = max(0, min(self.top, len(lines) - room))
        shown = lines[self.top : self.top + room]
        more = "pgdn  more" if self.top + room < len(lines) else "esc  close"
        self.box.put([(line, False) for line in boxes.box([*shown, *[()] * (room - len(shown))], width, f"Help  {help.NAMES[self.pane]}", more)])

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key in _CLOSE:
            self.dismiss(None)
        elif event.key in _SCROLL:
            self.top = max(0, self.top + _SCROLL[event.key])
            self.paint()
