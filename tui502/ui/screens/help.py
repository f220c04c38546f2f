"""The help: a box with the keys of the focused pane and the selected thing."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tui502.ui.moment import Moment
from tui502.ui.render import help
from tui502.ui.render.spans import Row
from tui502.ui.screens.box import SCROLL, BoxScreen

_SCROLL = {**SCROLL, "k": -1, "j": 1}
_CLOSE = ("escape", "question_mark", "f1", "q")


class HelpScreen(BoxScreen[None]):
    def __init__(self, moment: Moment, focus: int) -> None:
        super().__init__()
        self.moment = moment
        self.pane = focus

    def content(self, width: int, height: int) -> tuple[Sequence[Row], str, str]:
        lines = help.rows(self.moment, self.pane, width)
        self.top = max(0, min(self.top, len(lines) - height))
        more = "pgdn  more" if self.top + height < len(lines) else "esc  close"
        return lines[self.top : self.top + height], f"Help  {help.NAMES[self.pane]}", more

    def on_key(self, event: events.Key) -> None:
        if event.key in _CLOSE:
            self.dismiss(None)
        elif event.key in _SCROLL:
            self.scroll(_SCROLL[event.key])
