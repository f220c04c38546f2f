"""Pane 3: the configuration at the line that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.ui.messages import PlaceChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Pane, scrolled
from tui502.ui.render import config as render
from tui502.ui.render.spans import Row, cell, row
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.facts import Drift


class ConfigPane(Pane):
    number = 3

    def __init__(self) -> None:
        super().__init__("config")
        self.page: render.Page | None = None
        self.cursor = 0
        self._at = ("", 0)

    def show(self, moment: Moment) -> None:
        self.moment = moment
        if self.display:
            self._read()
        self.paint()

    def _read(self) -> None:
        """Take the file of the selection; go to its line when the selection has moved."""
        incident, where = self.moment.incident, self.moment.chosen.where
        data = incident.facts.config.files.get(where.file) if incident and where else None
        if where is None or data is None:
            self.page = None
            return
        self.page = render.read(where.file, data)
        if (where.file, where.line) != self._at:
            self._at, self.cursor = (where.file, where.line), max(0, min(where.line - 1, self.page.lines - 1))
        self.cursor = min(self.cursor, self.page.lines - 1)

    def titles(self) -> tuple[str, str]:
        drift = self.moment.incident.facts.drift if self.moment.incident else None
        words = {"same": "as loaded", "differs": _not_loaded(drift), "unknown": "loaded? not seen"}
        if self.page is None:
            return "3 Config", ""
        return f"3 Config  {render.title(self.page.path, self.cursor + 1, self.inner)}", words[drift.state] if drift else ""

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.moment.incident is None:
            return [(row(" ", ("waits for nginx", "looking")), False)]
        if self.page is None:
            self._read()
        page, facts = self.page, self.moment.incident.facts
        if page is None:
            where = self.moment.chosen.where
            return [(render.missing(where.file if where else facts.config.main, width), False)]
        foot = render.serves(facts, page.path, self.cursor + 1)
        room = height - 1 if foot and height > 4 else height
        self.top = scrolled(self.top, self.cursor, room, page.lines)
        marks, note = render.marks(facts, page.path), self._note(page)
        rows = [
            (render.line_row(page, n, width, marks.get(n + 1, ""), note if n == self.cursor else "", n == self.cursor), n == self.cursor)
            for n in range(self.top, min(page.lines, self.top + room))
        ]
        if room < height:
            rows += [(row(""), False)] * (room - len(rows)) + [(row(" ", cell(foot, width - 1)), False)]
        return rows

    def _note(self, page: render.Page) -> str:
        facts = self.moment.incident.facts if self.moment.incident else None
        node = render.node_at(facts, page.path, self.cursor + 1)
        return node.why if node is not None and node.state != "UP" else ""

    def action_move(self, by: int) -> None:
        if self.page is not None:
            self._go(max(0, min(self.cursor + by, self.page.lines - 1)))

    def _go(self, n: int) -> None:
        if self.page is None:
            return
        self.cursor = n
        end = self.page.starts[n + 1] if n + 1 < self.page.lines else len(self.page.data)
        self._at = (self.page.path, n + 1)
        self.paint()
        self.post_message(PlaceChosen(self.page.path, n + 1, self.page.starts[n], end))

    def matter(self, by: int) -> str:
        if self.page is None or self.moment.incident is None:
            return "no configuration was read"
        lines = sorted(render.marks(self.moment.incident.facts, self.page.path))
        found = [line for line in lines if (line > self.cursor + 1 if by > 0 else line < self.cursor + 1)]
        if not found:
            return "no other mark in this file"
        self._go((found[0] if by > 0 else found[-1]) - 1)
        return ""

    def copied(self) -> str:
        return self.page.text(self.cursor) if self.page else ""


def _not_loaded(drift: Drift | None) -> str:
    if drift is None:
        return ""
    return f"{quantity(drift.lines, 'line')} not loaded" if drift.exact and drift.lines else f"{quantity(len(drift.changed), 'file')} not loaded"
