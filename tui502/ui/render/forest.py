"""The health tree of thousands of servers: rows are made only for those servers that are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from tui502.read.memo import are_same
from tui502.ui.render.order import kept_order
from tui502.ui.render.tree import WORST, Hop, hops

if TYPE_CHECKING:
    from tui502.model.facts import Node

Part = tuple["Node", ...]
"""A server with all below it."""


def worst_first(found: Sequence[Part]) -> list[Part]:
    """The servers that fail before those that do not, otherwise in their order."""
    return sorted(found, key=lambda part: WORST.index(part[0].state))


def parts(nodes: tuple[Node, ...], before: Sequence[Part] = ()) -> list[Part]:
    """The nodes (parents before children) cut into servers; a part that is as `before` is the same object."""
    starts = [n for n, node in enumerate(nodes) if not n or not node.parent]
    known = {part[0].key: part for part in before}
    found = [nodes[start:end] for start, end in zip(starts, [*starts[1:], len(nodes)], strict=False)]
    return [old if (old := known.get(part[0].key)) is not None and are_same(old, part) else part for part in found]


class Forest:
    """The rows of parts in their order. A row is known by a number: numbers grow downwards, but not every number is a row.
    `orders` are the keys of a part's nodes, by its first key, in the order in which they stood before: it is kept."""

    def __init__(self, found: Sequence[Part], fold: bool, closed: frozenset[str], orders: dict[str, list[str]], before: Forest | None = None) -> None:
        self.parts = found
        self.folded = fold
        self.closed = closed
        self._orders = orders
        self._bases = [0, *accumulate(map(len, found))]
        self._made: dict[int, tuple[Part, list[Hop]]] = {}
        if before is not None and (before.folded, before.closed) == (fold, closed) and before._orders is orders:
            there = set(map(id, found))
            self._made = {part: made for part, made in before._made.items() if part in there}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {part[0].key: n for n, part in enumerate(self.parts)}

    def __bool__(self) -> bool:
        return bool(self.parts)

    def of(self, n: int) -> list[Hop]:
        """The rows of the part with that number."""
        part = self.parts[n]
        known = self._made.get(id(part))
        if known is None:
            by_key = {node.key: node for node in part}
            order = self._orders[part[0].key] = kept_order(self._orders.get(part[0].key, ()), list(by_key))
            known = self._made[id(part)] = part, hops([by_key[key] for key in order], self.folded, self.closed) or [Hop(part[:1], "")]
        return known[1]

    def _split(self, row: int) -> tuple[int, int]:
        """The part of a row and its place there."""
        n = max(0, min(bisect_right(self._bases, row) - 1, len(self.parts) - 1))
        return n, max(0, min(row - self._bases[n], len(self.of(n)) - 1))

    def base(self, n: int) -> int:
        """The row at which the part with that number begins."""
        return self._bases[n]

    def hop(self, row: int) -> Hop:
        n, at = self._split(row)
        return self.of(n)[at]

    def step(self, row: int, by: int) -> int:
        """The row so many rows below or above, as far as there are rows."""
        if abs(by) > self._bases[-1]:
            return 0 if by < 0 else self._bases[-2] + len(self.of(len(self.parts) - 1)) - 1
        n, at = self._split(row)
        at += by
        while at < 0 and n:
            n -= 1
            at += len(self.of(n))
        while at >= len(self.of(n)) and n < len(self.parts) - 1:
            at -= len(self.of(n))
            n += 1
        return self._bases[n] + max(0, min(at, len(self.of(n)) - 1))

    def rows(self, top: int, height: int) -> list[tuple[int, Hop]]:
        """At most `height` rows from one on, each with its number."""
        n, at = self._split(top)
        out: list[tuple[int, Hop]] = []
        while n < len(self.parts) and len(out) < height:
            out += [(self._bases[n] + place, hop) for place, hop in enumerate(self.of(n)) if place >= at]
            n, at = n + 1, 0
        return out[:height]

    def scrolled(self, top: int, cursor: int, height: int) -> int:
        """The first visible row that keeps the cursor on the screen and no room empty."""
        lowest = self.step(self.step(0, 1 << 60), 1 - height)
        top = min(top, cursor, lowest)
        shown = self.rows(top, height)
        return top if cursor <= shown[-1][0] else self.step(cursor, 1 - height)

    def place(self, key: str, part: str) -> int:
        """The row of a node, or of what hides it, in the part that begins with the node `part`; the first row where there is none."""
        n = self._numbers.get(part)
        if n is None:
            return 0
        parents = {node.key: node.parent for node in self.parts[n]}
        made = self.of(n)
        while key in parents:
            at = next((place for place, hop in enumerate(made) if hop.has(key)), None)
            if at is not None:
                return self._bases[n] + at
            key = parents.pop(key)
        return 0

    def next(self, row: int, by: int, wanted: Callable[[Node], bool]) -> int | None:
        """The next row below (1) or above (-1) with a node that is wanted."""
        here, _ = self._split(row)
        for n in range(here, len(self.parts)) if by > 0 else range(here, -1, -1):
            if any(map(wanted, self.parts[n])):
                found = [self._bases[n] + at for at, hop in enumerate(self.of(n)) if wanted(hop.node)]
                found = [each for each in found if (each > row if by > 0 else each < row)]
                if found:
                    return found[0] if by > 0 else found[-1]
        return None
