"""The part of the configuration pane that reads: which file is shown, where the cursor is, what is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.ui.messages import PlaceChosen
from tui502.ui.panes.folds import Folds, position
from tui502.ui.panes.pane import Pane
from tui502.ui.render import drifted
from tui502.ui.render.page import Page, page
from tui502.ui.render.places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.model.config import Directive
    from tui502.ui.moment import Moment

_STEP = 16
"""Cells of a step sideways."""


class ConfigReading(Pane):
    """`cursor` is a line of the file, from 0, `left` the cells that are scrolled away. `_at` is the place of the selection, `_sent` are the places that this
    pane chose which the selection has not come to yet: they move no cursor."""

    def __init__(self) -> None:
        super().__init__("config")
        self.page: Page | None = None
        self.cursor = 0
        self.left = 0
        self.folds = Folds()
        self._at = ("", 0)
        self._sent: list[tuple[str, int]] = []
        self._places: Places | None = None

    def show(self, moment: Moment) -> None:
        self.moment = moment
        if self.display:
            self.read()
        self.paint()

    def read(self) -> None:
        """Take the file of the selection; go to its line when the selection has moved."""
        where = self.moment.chosen.where
        at = (where.file, where.line) if where else ("", 0)
        elsewhere = at not in self._sent and at != self._at
        self._sent = [] if elsewhere else self._sent[self._sent.index(at) + 1 :] if at in self._sent else self._sent
        self._at = at
        before, self.page = self.page, self._page(self.page.path if self._sent and self.page is not None else at[0])
        if self.page is None or before is None or self.page.path != before.path:
            self.left = 0
        if self.page is None:
            return
        if elsewhere:
            self.cursor = at[1] - 1
            self.close_detail()
        self.cursor = max(0, min(self.cursor, self.page.lines - 1))
        self._reveal()

    def _page(self, path: str) -> Page | None:
        """A file on disk, or one that nginx still runs although it is gone."""
        data, places = drifted.text(self.moment.incident, path), self.places
        return page(path, data, places.starts(path)) if data is not None and places is not None else None

    @property
    def places(self) -> Places | None:
        """Where the directives of the configuration stand."""
        config = self.moment.incident.facts.config if self.moment.incident else None
        if config is not None and (self._places is None or self._places.config is not config):
            self._places = Places(config)
        return self._places

    @property
    def seen(self) -> Sequence[int]:
        """The lines of the file that are not folded away."""
        return self.folds.visible(self.page.path, self.page.lines, self.places) if self.page is not None and self.places is not None else ()

    @property
    def directive(self) -> Directive | None:
        """The directive that begins in the line under the cursor."""
        return self.places.at(self.page.path, self.cursor + 1) if self.places is not None and self.page is not None else None

    def open(self, path: str, line: int) -> None:
        """Choose a line of a file."""
        found = self._page(path)
        if found is not None:
            self.close_detail()
            self.left, self.page = 0, found
            self.go(max(0, min(line, found.lines) - 1))

    def go(self, n: int) -> None:
        """Choose a line of this file."""
        if self.page is None:
            return
        self.cursor = n
        self._reveal()
        self._sent.append((self.page.path, n + 1))
        self.paint()
        self.post_message(PlaceChosen(self.page.path, n + 1, self.page.starts[n], self.page.end(n)))

    def _reveal(self) -> None:
        if self.page is not None and self.places is not None:
            self.folds.reveal(self.page.path, self.cursor, self.places)

    def step(self, by: int) -> None:
        """Choose the visible line so many lines below or above."""
        if self.page is not None:
            visible = self.seen
            self.go(visible[max(0, min(position(visible, self.cursor) + by, len(visible) - 1))])

    def sideways(self, by: int) -> str:
        """To the right, or a folded block opens; to the left, or the block around the cursor is folded."""
        if self.page is None or self.places is None:
            return "no configuration was read"
        if self.detail:
            return "esc goes back to the lines"
        if by < 0 and not self.left:
            block = self.folds.close(self.page.path, self.cursor, self.places)
            if block is None:
                return "this is the left edge, and nothing around this line folds"
            self.go(block.first)
        elif by < 0 or not self.folds.open(self.page.path, self.cursor):
            self.left = max(0, self.left + by * _STEP)
        self.paint()
        return ""

    def copied(self) -> str:
        from tui502.report.clean import clean_line

        return clean_line(self.page.data, self.page.starts[self.cursor], self.page.end(self.cursor)) if self.page else ""
