"""Where the nodes of the tree are: by key, by the line that they stand for, by what a log calls a peer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui502.model.facts import Node


class _Shape:
    """Numbers of nodes; they stay true while nodes change their state only."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._lines: dict[str, list[int]] = {}

    @cached_property
    def by_key(self) -> Mapping[str, int]:
        return {node.key: n for n, node in enumerate(self._nodes)}

    @cached_property
    def by_place(self) -> Mapping[str, Mapping[int, list[int]]]:
        found: dict[str, dict[int, list[int]]] = {}
        for n, node in enumerate(self._nodes):
            if node.where:
                found.setdefault(node.where.file, {}).setdefault(node.where.line, []).append(n)
        return found

    @cached_property
    def by_name(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for n, node in enumerate(self._nodes):
            if node.kind == "peer":
                for name in dict.fromkeys(names_of(node)):
                    found.setdefault(name, []).append(n)
        return found

    def lines(self, path: str) -> list[int]:
        """The lines of a file for which nodes stand, in order."""
        if path not in self._lines:
            self._lines[path] = sorted(self.by_place.get(path, ()))
        return self._lines[path]


class NodeIndex:
    """The index of these very nodes."""

    def __init__(self, nodes: Sequence[Node], shape: _Shape | None = None) -> None:
        self.nodes = nodes
        self._shape = shape or _Shape(nodes)

    def of(self, nodes: Sequence[Node]) -> NodeIndex:
        """The index of other nodes: what was found for these is kept where only states differ."""
        if nodes is self.nodes:
            return self
        alike = len(nodes) == len(self.nodes) and all(old is new or _alike(old, new) for old, new in zip(self.nodes, nodes, strict=True))
        return NodeIndex(nodes, self._shape if alike else None)

    def get(self, key: str) -> Node | None:
        n = self._shape.by_key.get(key)
        return None if n is None else self.nodes[n]

    def at(self, path: str, line: int) -> list[Node]:
        """The nodes that stand for a line, in their order."""
        return [self.nodes[n] for n in self._shape.by_place.get(path, {}).get(line, ())]

    def peers(self, name: str) -> list[Node]:
        """The peers that a log may call so."""
        return [self.nodes[n] for n in self._shape.by_name.get(name, ())]

    def below(self, key: str) -> Iterator[Node]:
        """All nodes below a node."""
        n, above = self._shape.by_key.get(key), {key}
        for node in self.nodes[n + 1 :] if n is not None else ():
            if node.parent not in above:
                return
            above.add(node.key)
            yield node

    def lines(self, path: str, first: int, last: int) -> Sequence[int]:
        """The lines from `first` to `last` of a file for which nodes stand."""
        found = self._shape.lines(path)
        return found[bisect_left(found, first) : bisect_right(found, last)]


def _alike(old: Node, new: Node) -> bool:
    return old.key == new.key and old.where == new.where and old.label == new.label and old.kind == new.kind and old.parent == new.parent


def names_of(peer: Node) -> tuple[str, ...]:
    """What a log may call a peer."""
    return peer.label, peer.label.rsplit(" ", 1)[-1], peer.key.rsplit(" ", 1)[-1]


_newest = [NodeIndex(())]


def index(nodes: tuple[Node, ...]) -> NodeIndex:
    """The index of the nodes of some facts; the newest one is kept."""
    _newest[0] = _newest[0].of(nodes)
    return _newest[0]
