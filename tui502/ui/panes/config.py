"""Pane 3: the configuration at the line that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui502.text import neutral, shorten
from tui502.ui.panes.config_finding import ConfigFinding
from tui502.ui.panes.folds import position
from tui502.ui.panes.pane import keys_of
from tui502.ui.render import at_line, drifted
from tui502.ui.render import config as render
from tui502.ui.render.order import scrolled
from tui502.ui.render.spans import Row, cell, labelled, row, width_of, wrap
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.facts import Drift, Facts
    from tui502.ui.panes.about import About
    from tui502.ui.render.page import Page


_AT = 11
_BESIDE = 9
"""Cells of a line's row that are neither its number nor its text, and those around a note."""

_LEAST = 16
"""Cells without which a note tells nothing."""


class ConfigPane(ConfigFinding):
    """`about` is the detail that is open."""

    BINDINGS: ClassVar = keys_of(3)
    number = 3

    def __init__(self) -> None:
        super().__init__()
        self.about: About | None = None

    def titles(self) -> tuple[str, str]:
        if self.page is None or self.moment.incident is None:
            return "3 Config", ""
        name = f"3 Config  {render.title(self.page.path, self.cursor + 1, self.inner)}"
        if self.about is not None:
            return name, f"{quantity(len(self.about.lines), 'line')} set it"
        if drifted.gone(self.moment.incident, self.page.path):
            return name, "gone from disk, still running"
        return name, _loaded(self.moment.incident.facts.drift)

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.moment.incident is None:
            return [(row(" ", ("waits for nginx", "looking")), False)]
        if self.page is None:
            self.read()
        page, facts = self.page, self.moment.incident.facts
        if page is None:
            where = self.moment.chosen.where
            return [(render.missing(where.file if where else facts.config.main, width), False)]
        if self.about is not None:
            return self.about.view(width, height)
        told, held = (self._told(page, facts, width), self._held(facts, width)) if height > 4 else ([], [])
        foot = [*held[:1], *told, *held[1:]]
        foot = foot if height - len(foot) > 4 else told[: height - 4] or held[1:2] or held[:1]
        lines = self._lines(page, facts, width, height - len(foot))
        return [*lines, *[(row(""), False)] * (height - len(foot) - len(lines) if foot else 0), *((line, False) for line in foot)]

    def _lines(self, page: Page, facts: Facts, width: int, room: int) -> list[tuple[Row, bool]]:
        visible, changed = self.seen, drifted.lines(self.moment.incident, page.path)
        self.top = scrolled(self.top, position(visible, self.cursor), room, len(visible))
        rows = []
        for n, hidden in self.folds.rows(visible, page.lines, self.top, room):
            here = n == self.cursor
            mark = at_line.mark(facts, page.path, n + 1, n + hidden + 1)
            drifts = not changed.isdisjoint(range(n + 1, n + hidden + 2))
            note = self._note(page, facts, n + 1 in changed, width) if here else ""
            rows.append((render.line_row(page, n, width, mark, note, here, drifts, self.left, hidden), here))
        return rows

    def _note(self, page: Page, facts: Facts, drifts: bool, width: int) -> str:
        """What is said at the right of the line under the cursor. What is wrong with it takes the room that the line leaves: it must be seen itself."""
        problem = at_line.problems(facts, page.path).get(self.cursor + 1)
        if problem is not None:
            room = width - len(str(page.lines)) - width_of(page.spans(self.cursor, self.left + width)) + self.left - _BESIDE
            return shorten(problem.text, room) if room >= _LEAST else ""
        if drifts:
            return "runs, gone from disk" if drifted.gone(self.moment.incident, page.path) else "on disk, not loaded"
        node = at_line.node_at(facts, page.path, self.cursor + 1)
        return node.why if node is not None and node.state != "UP" else ""

    def _told(self, page: Page, facts: Facts, width: int) -> list[Row]:
        """What is wrong with the line, or what it serves."""
        problem, said = at_line.problems(facts, page.path).get(self.cursor + 1), at_line.said_of(facts, page.path, self.cursor + 1)
        if problem is not None or said:
            wrong = [row(" ", part) for part in wrap(neutral(problem.text), width - 2)] if problem is not None else []
            return [*wrong, *(labelled(" nginx -t", neutral(said), width, _AT) if said else ())]
        serves = at_line.serves(facts, page.path, self.cursor + 1)
        return [row(" ", cell(serves, width - 1))] if serves else []

    def _held(self, facts: Facts, width: int) -> list[Row]:
        """What holds for its directive."""
        from tui502.ui.render import foot

        return foot.rows(self.directive, facts, width) if self.directive is not None else []

    def action_move(self, by: int) -> None:
        if self.about is not None:
            self.about.move(by)
            self.paint()
        else:
            self.step(by)

    def pick(self, y: int) -> None:
        visible = self.seen
        if self.about is None and self.top + y < len(visible):
            self.go(visible[self.top + y])

    def open_detail(self) -> str:
        """All about the directive under the cursor; in that list, the line that is chosen."""
        from tui502.ui.panes.about import About

        if self.about is not None:
            line = self.about.chosen
            if line is None:
                return "no line sets it"
            self.open(line.one.file, line.one.line)
            return ""
        one = self.directive
        if one is None or one.data or self.moment.incident is None:
            return "no directive begins in this line"
        self.about, self.detail = About(one, self.moment.incident.facts), True
        return ""

    def close_detail(self) -> bool:
        was, self.about, self.detail = self.about, None, False
        return was is not None


def _loaded(drift: Drift) -> str:
    """Whether nginx runs what is on disk."""
    from tui502.report.status import how_much

    return {"same": "as loaded", "unknown": "loaded? not seen"}.get(drift.state) or how_much(drift)
