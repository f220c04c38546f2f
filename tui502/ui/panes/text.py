"""A pane of rows that are read and scrolled."""

from __future__ import annotations

from tui502.ui.panes.pane import Hits, Pane
from tui502.ui.render.spans import Row, row, text_of


def window(lines: list[Row], top: int, height: int) -> list[Row]:
    """The rows from `top` on that fit; the last one counts those that do not."""
    shown = lines[top : top + height]
    rest = len(lines) - top - height
    return [*shown[:-1], row((f" {rest + 1} more rows: pgdn", "key"))] if rest > 0 and height > 2 else shown


class Text(Pane):
    """A pane of rows without a cursor."""

    def lines(self, width: int) -> list[Row]:
        raise NotImplementedError

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        lines = self.lines(width)
        self.top = max(0, min(self.top, len(lines) - height))
        return [(line, False) for line in window(lines, self.top, height)]

    def action_move(self, by: int) -> None:
        self.top = max(0, self.top + by)
        self.paint()

    def hits(self, pattern: Hits) -> list[int]:
        return [n for n, line in enumerate(self.lines(self.inner)) if pattern(text_of(line))]

    def go_to(self, n: int) -> None:
        self.top = n
        self.paint()

    def copied(self) -> str:
        return "\n".join(text_of(line).rstrip() for line in self.lines(100))
