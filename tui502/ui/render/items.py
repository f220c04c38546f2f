"""Rows with what they belong to, so that a cursor can stand on it."""

from __future__ import annotations

from typing import NamedTuple

from tui502.ui.render.spans import Row


class Item(NamedTuple):
    """A finding, or (`n` from 0) one of its clues."""

    finding: str
    n: int = -1


class Line(NamedTuple):
    row: Row
    item: Item | None = None
