"""The detail of pane 3: all about one directive, and the lines that set it to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.ui.render import directive
from tui502.ui.render.order import scrolled
from tui502.ui.render.spans import Row, row

if TYPE_CHECKING:
    from tui502.model.config import Directive
    from tui502.model.facts import Facts


class About:
    """`lines` are those that set the directive, `cursor` the chosen one."""

    def __init__(self, one: Directive, facts: Facts) -> None:
        self.one = one
        self.facts = facts
        self.lines = directive.lines(one, facts)
        self.cursor = 0
        self._first = 17 if any(line.standing for line in self.lines) else 0

    @property
    def chosen(self) -> directive.Line | None:
        return self.lines[self.cursor] if self.lines else None

    def move(self, by: int) -> None:
        self.cursor = max(0, min(self.cursor + by, len(self.lines) - 1))

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        """The visible rows and whether each is the chosen line."""
        head = [row((f" {self.one.name}", "directive")), *directive.head(self.one, self.facts, width), row("")]
        head = head[: max(1, height - 3)]
        room = max(1, height - len(head))
        top = scrolled(0, self.cursor, room, len(self.lines))
        listed = directive.rows(self.lines[top : top + room], width, self._first, self.cursor - top)
        return [*((line, False) for line in head), *((line, n == self.cursor) for n, line in enumerate(listed, top))]
