"""A box with a title: only for the question and the help."""

from __future__ import annotations

from collections.abc import Sequence

from tui502.text import neutral
from tui502.ui.render.spans import Row, Span, cell_len, fit, row

MARGIN = 6
"""Cells that border and margins take from the width."""


def box(lines: Sequence[Row], width: int, title: str, right: str) -> list[Row]:
    """`lines` in a heavy box, a blank at each side of it, `width` cells in all."""
    title = neutral(title)
    size = width - 2
    fill = size - cell_len(title) - cell_len(right) - 8
    top = row("┏━ ", (title, "title"), " " + "━" * max(1, fill) + " ", right, " ━┓")
    rows = [fit(top, size), *((Span("┃ "), *fit(line, size - 4), Span(" ┃")) for line in lines), row("┗" + "━" * (size - 2) + "┛")]
    return [(Span(" "), *line, Span(" ")) for line in rows]
