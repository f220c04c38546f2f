"""Blocks of configuration files that are folded into their first line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tui502.read.memo import Memo
from tui502.ui.render.places import Block, Places, around, shown


class Row(NamedTuple):
    """A visible line of a file, from 0, and how many lines below it are folded into it."""

    line: int
    hidden: int


class Folds:
    """By file the first lines of its folded blocks."""

    def __init__(self) -> None:
        self._closed: dict[str, frozenset[int]] = {}
        self._visible: Memo[Sequence[int]] = Memo()

    def _in(self, path: str) -> frozenset[int]:
        return self._closed.get(path, frozenset())

    def visible(self, path: str, lines: int, places: Places) -> Sequence[int]:
        """The lines of a file that are not folded away."""
        closed = self._in(path)
        if not closed:
            return range(lines)
        return self._visible((closed, path, lines, places), lambda: shown(lines, places.blocks(path), closed))

    def rows(self, visible: Sequence[int], lines: int, top: int, room: int) -> list[Row]:
        """What is on the screen."""
        ends = [*visible[top + 1 : top + room + 1], lines]
        return [Row(n, end - n - 1) for n, end in zip(visible[top : top + room], ends, strict=False)]

    def reveal(self, path: str, line: int, places: Places) -> None:
        """Open every fold that hides a line."""
        if closed := self._in(path):
            self._closed[path] = closed - {block.first for block in places.blocks(path) if block.first < line <= block.last}

    def open(self, path: str, line: int) -> bool:
        """Open the block that is folded into a line; whether one was."""
        was = line in self._in(path)
        if was:
            self._closed[path] = self._in(path) - {line}
        return was

    def close(self, path: str, line: int, places: Places) -> Block | None:
        """Fold the innermost open block around a line."""
        block = around([each for each in places.blocks(path) if each.first not in self._in(path)], line)
        if block is not None:
            self._closed[path] = self._in(path) | {block.first}
        return block


def position(visible: Sequence[int], line: int) -> int:
    """The place of a line among the visible ones; of the fold that hides it when it is not visible."""
    return max(0, bisect_right(visible, line) - 1)
