"""Pane 3: the configuration at the line that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui502.ui.messages import PlaceChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Hits, Pane, keys_of, scrolled
from tui502.ui.render import config as render
from tui502.ui.render.spans import Row, cell, row
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.config import Directive
    from tui502.model.facts import Drift, Facts
    from tui502.ui.render.foot import Index

_STEP = 16
"""Cells of a step sideways."""


class ConfigPane(Pane):
    BINDINGS: ClassVar = keys_of(3)
    number = 3

    def __init__(self) -> None:
        super().__init__("config")
        self.page: render.Page | None = None
        self.cursor = 0
        self.left = 0
        self._at = ("", 0)
        self._index: Index | None = None

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
        if self.page is not None and self.page.path != where.file:
            self.left = 0
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
        foot = self._foot(page, facts, width) if height > 4 else []
        foot = foot if height - len(foot) > 4 else foot[1:2]
        room = height - len(foot)
        self.top = scrolled(self.top, self.cursor, room, page.lines)
        marks, note, drifted = render.marks(facts, page.path), self._note(page), self.drifted()
        rows = [
            (
                render.line_row(page, n, width, marks.get(n + 1, ""), note if n == self.cursor else "", n == self.cursor, n + 1 in drifted, self.left),
                n == self.cursor,
            )
            for n in range(self.top, min(page.lines, self.top + room))
        ]
        return [*rows, *[(row(""), False)] * (room - len(rows) if foot else 0), *((line, False) for line in foot)]

    def _foot(self, page: render.Page, facts: Facts, width: int) -> list[Row]:
        """What the line serves, or what holds for its directive."""
        from tui502.ui.render import foot

        serves = render.serves(facts, page.path, self.cursor + 1)
        if serves:
            return [row(" ", cell(serves, width - 1))]
        one = self.directive()
        return foot.rows(one, facts, width) if one is not None else []

    def directive(self) -> Directive | None:
        """The directive that begins in the line under the cursor."""
        from tui502.ui.render.foot import Index

        config = self.moment.incident.facts.config if self.moment.incident else None
        if config is None or self.page is None:
            return None
        if self._index is None or self._index.config is not config:
            self._index = Index(config)
        return self._index.at(self.page.path, self.cursor + 1)

    def drifted(self, path: str = "") -> frozenset[int]:
        """Lines of a file, that on the screen unless named, that nginx does not run, where that is known exactly."""
        incident = self.moment.incident
        path = path or (self.page.path if self.page else "")
        if incident is None or incident.facts.drift.state != "differs" or not incident.facts.drift.exact or path not in incident.facts.drift.changed:
            return frozenset()
        from tui502.ui.render.foot import not_loaded

        running = incident.evidence.running.value or {}
        return not_loaded(running.get(path, b""), incident.facts.config.files.get(path, b""))

    def next_drift(self) -> str:
        """Go to the next line that is not loaded, in the next changed file after the last; why not, or ''."""
        incident = self.moment.incident
        if incident is None or incident.facts.drift.state == "unknown":
            return "not seen whether nginx runs what is on disk"
        drift = incident.facts.drift
        if drift.state == "same":
            return "nginx runs what is on disk"
        if not drift.exact:
            return f"not known to the line, only by times: {', '.join(drift.changed)}"
        here = self.page.path if self.page else ""
        files = [path for path in drift.changed if path in incident.facts.config.files]
        at = files.index(here) if here in files else -1
        later = [line for line in self.drifted() if line > self.cursor + 1]
        if later:
            self._go(min(later) - 1)
            return ""
        for path in (*files[at + 1 :], *files[: at + 1]):
            lines = self.drifted(path)
            if lines:
                self.open(path, min(lines))
                return ""
        return "what is not loaded is in no line on disk: a file is gone"

    def open(self, path: str, line: int) -> None:
        """Choose a line of a file."""
        data = self.moment.incident.facts.config.files.get(path) if self.moment.incident else None
        if data is not None:
            self.left = 0
            self.page = render.read(path, data)
            self._go(max(0, min(line, self.page.lines) - 1))

    def definition(self) -> str:
        """Go to what the line names; why not, or ''."""
        from tui502.ui.render.foot import definition

        one = self.directive()
        if one is None or self.moment.incident is None:
            return "no directive begins in this line"
        found = definition(one, self.moment.incident.facts.config)
        if isinstance(found, str):
            return found
        self.open(*found)
        return ""

    def _note(self, page: render.Page) -> str:
        facts = self.moment.incident.facts if self.moment.incident else None
        node = render.node_at(facts, page.path, self.cursor + 1)
        if self.cursor + 1 in self.drifted():
            return "on disk, not loaded"
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

    def pick(self, y: int) -> None:
        if self.page is not None and y < self.room and self.top + y < self.page.lines:
            self._go(self.top + y)

    def sideways(self, by: int) -> str:
        if by < 0 and not self.left:
            return "this is the left edge"
        self.left = max(0, self.left + by * _STEP)
        self.paint()
        return ""

    def open_detail(self) -> str:
        return "no more detail here: o definition, e editor"

    def hits(self, pattern: Hits) -> list[int]:
        return [n for n in range(self.page.lines) if pattern(self.page.text(n))] if self.page else []

    @property
    def at(self) -> int:
        return self.cursor

    def go_to(self, n: int) -> None:
        self._go(n)

    def matter(self, by: int) -> str:
        if self.page is None or self.moment.incident is None:
            return "no configuration was read"
        lines = sorted({*render.marks(self.moment.incident.facts, self.page.path), *self.drifted()})
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
