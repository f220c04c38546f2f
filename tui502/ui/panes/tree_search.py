"""A search through the rows of thousands of servers, in slices so that no key waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui502.ui.render import tree

if TYPE_CHECKING:
    from tui502.ui.panes.pane import Hits
    from tui502.ui.render.forest import Forest


class TreeSearch:
    """What was found in each server stays found as long as its rows are the same."""

    def __init__(self, pattern: Hits) -> None:
        self.pattern = pattern
        self._found: dict[int, tuple[object, list[int]]] = {}

    def look(self, forest: Forest, until: float) -> list[int] | int:
        """The rows that fit; while it has to go on after that moment (monotonic), how many there are so far."""
        found: dict[int, tuple[object, list[int]]] = {}
        for n in range(len(forest.parts)):
            rows = forest.of(n)
            known = self._found.get(id(rows))
            found[id(rows)] = known or (rows, [at for at, hop in enumerate(rows) if self.pattern(f"{tree.label(hop)} {hop.node.state} {hop.node.why}")])
            if known is None and time.monotonic() >= until:
                self._found.update(found)
                return sum(len(hits) for _, hits in self._found.values())
        self._found = found
        return [forest.base(n) + at for n in range(len(forest.parts)) for at in found[id(forest.of(n))][1]]
