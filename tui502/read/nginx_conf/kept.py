"""What files gave when they were read last: where their bytes, their place and what they include are the same objects, it is taken again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui502.model.config import Directive, Problem
from tui502.read.nginx_conf.tree import Include

Grown = tuple[tuple[Directive, ...], tuple[Problem, ...]]
Place = tuple[str, tuple[str, ...], str, int, int]
"""Where a file stands: its path, the files that led there, the data block and the number of blocks around it, and the how manieth time it stands there."""


class Included(NamedTuple):
    """What an include directive was asked with, and what it stood for."""

    node: Directive
    block: str
    depth: int
    gave: Sequence[Directive]


class File(NamedTuple):
    data: bytes
    includes: tuple[Included, ...]
    grown: Grown


class Trees:
    """The files of one configuration as they were read last. One value replaces the other, so that threads do not disturb each other."""

    def __init__(self) -> None:
        self.last: dict[Place, File] = {}


class Walk:
    """One walk over a configuration, with what is known of the last one."""

    def __init__(self, trees: Trees) -> None:
        self.trees, self.known = trees, trees.last
        self.now: dict[Place, File] = {}
        self.times: dict[tuple[str, tuple[str, ...], str, int], int] = {}

    def place(self, path: str, via: tuple[str, ...], block: str, depth: int) -> Place:
        """The place of a file that is met now."""
        here = path, via, block, depth
        times = self.times[here] = self.times.get(here, -1) + 1
        return *here, times

    def file(self, place: Place, data: bytes, include: Include, read: Callable[[Include], Grown]) -> Grown:
        """The directives and problems of a file, from the last walk where nothing in it changed, else by `read`."""
        before = self.known.get(place)
        given: list[Included] = []

        def noted(node: Directive, block: str, depth: int) -> Sequence[Directive]:
            found = include(node, block, depth)
            given.append(Included(node, block, depth, found))
            return found

        if before is None or before.data is not data:
            grown = read(noted)
        else:
            for was in before.includes:
                noted(was.node, was.block, was.depth)
            same = all(_is_same(was.gave, one.gave) for was, one in zip(before.includes, given, strict=True))
            again = iter(tuple(given))
            grown = before.grown if same else read(lambda node, block, depth: next(again).gave)
        self.now[place] = File(data, tuple(given), grown)
        return grown

    def end(self) -> None:
        """Keep what this walk met for the next one."""
        self.trees.last = self.now


def _is_same(before: Sequence[Directive], after: Sequence[Directive]) -> bool:
    return len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True))
