"""Where directives and blocks stand in the files of a configuration, made once for each configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui502.model.config import Config, Directive


class Block(NamedTuple):
    """A block of more than one line: its first and last line, from 0."""

    first: int
    last: int


class Places:
    """The directives of a configuration by file and line. A file that is included several times shows its first inclusion."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._of: dict[str, list[Directive]] | None = None
        self._lines: dict[str, dict[int, Directive]] = {}
        self._starts: dict[str, tuple[int, ...]] = {}
        self._blocks: dict[str, tuple[Block, ...]] = {}

    def _in(self, path: str) -> Sequence[Directive]:
        if self._of is None:
            self._of = {}
            for one in self.config.walk():
                self._of.setdefault(one.file, []).append(one)
        return self._of.get(path, ())

    def at(self, path: str, line: int) -> Directive | None:
        """The first directive that begins in a line (from 1)."""
        if path not in self._lines:
            found: dict[int, Directive] = {}
            for one in self._in(path):
                found.setdefault(one.line, one)
            self._lines[path] = found
        return self._lines[path].get(line)

    def starts(self, path: str) -> Sequence[int]:
        """The offsets in a file at which directives begin, in order."""
        if path not in self._starts:
            self._starts[path] = tuple(sorted({one.start for one in self._in(path)}))
        return self._starts[path]

    def blocks(self, path: str) -> tuple[Block, ...]:
        """The blocks of a file, by first line, outer ones first; of those that begin in the same line only the longest."""
        if path not in self._blocks:
            found: dict[int, Block] = {}
            for one in self._in(path):
                if one.opens >= 0:
                    block = Block(one.line - 1, one.source.line_at(max(one.start, one.end - 1)) - 1)
                    if block.last > max(block.first, found.get(block.first, block._replace(last=-1)).last):
                        found[block.first] = block
            self._blocks[path] = tuple(sorted(found.values()))
        return self._blocks[path]


def shown(lines: int, blocks: Sequence[Block], closed: frozenset[int]) -> Sequence[int]:
    """The lines that are left when the blocks that begin in `closed` are folded into their first line."""
    if not closed:
        return range(lines)
    out: list[int] = []
    at = 0
    for block in blocks:
        if block.first in closed and block.first >= at:
            out += range(at, block.first + 1)
            at = block.last + 1
    return [*out, *range(at, lines)]


def around(blocks: Sequence[Block], line: int) -> Block | None:
    """The innermost block that begins in a line or has it inside."""
    return max((block for block in blocks if block.first <= line <= block.last), key=lambda block: block.first, default=None)
