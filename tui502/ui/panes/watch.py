"""The watch: what is live, once a second; space freezes it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from tui502.ui.moment import Moment
from tui502.ui.panes.pane import keys_of
from tui502.ui.panes.text import Text
from tui502.ui.render.layout import WATCH
from tui502.ui.render.spans import Row, row
from tui502.ui.render.times import clock


class WatchPane(Text):
    """`frozen`: what is shown does not change until it goes on; `eventful`: only the events are shown."""

    BINDINGS: ClassVar = keys_of(WATCH)
    number = WATCH

    def __init__(self) -> None:
        super().__init__("watch")
        self.frozen = False
        self.eventful = False

    def show(self, moment: Moment) -> None:
        if self.frozen and self.display:
            moment = replace(self.moment, chosen=moment.chosen)
        super().show(moment)

    def titles(self) -> tuple[str, str]:
        since = f"since {clock(self.moment.watched, self.moment.utc_offset)} · " if self.moment.watched else ""
        return "Watch  all events" if self.eventful else "Watch", f"{since}{'FROZEN' if self.frozen else 'LIVE'}"

    def lines(self, width: int) -> list[Row]:
        if self.moment.incident is None:
            return [row(" ", ("looking…", "looking"))]
        from tui502.ui.render import watch

        return watch.rows(self.moment, width, self.eventful)

    def matter(self, by: int) -> str:
        return "nothing is chosen here, 2 shows the backends"

    def toggle_events(self) -> None:
        self.eventful, self.top = not self.eventful, 0
        self.paint()

    def close_detail(self) -> bool:
        was, self.eventful = self.eventful, False
        return was
