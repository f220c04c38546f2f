"""Rows of the upstreams pane: the health tree, as it is told by the facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui502.read.memo import Memo
from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.spans import Row, cell, cell_len, middle, row
from tui502.ui.render.times import age

if TYPE_CHECKING:
    from tui502.model.facts import Node

_tallies: Memo[str] = Memo()
_STATE = 9
_AGE = 7
_HOST = re.compile(r"\S+(:\d+)$")
_SOCKET = re.compile(r"unix:/\S+")
_KINDS = {"server": "server ", "listener": "listener  ", "found": "found  "}
_WHOLE = {**_KINDS, "peer": "peer ", "process": "process ", "unit": "unit "}
"""What stands before a name: where hops are folded, and where each has a row."""

FRESH = 30.0
"""Seconds for which what went up or down is marked."""

_LINE = 10
"""Cells of the column that says in which line a hop is written."""


class Hop(NamedTuple):
    """A row of the tree: a node, or several folded into one (the first is `nodes[0]`), with its branch ("│ └─");
    `below` are the nodes under it, `hidden` those that are not shown because a person closed it."""

    nodes: tuple[Node, ...]
    branch: str
    below: int = 0
    hidden: int = 0

    @property
    def node(self) -> Node:
        return self.nodes[0]

    def has(self, key: str) -> bool:
        return any(node.key == key for node in self.nodes)


WORST = ("DOWN", "DENIED", "FAILING", "FULL", "SLOW", "DEGRADED", "BENCHED", "STARTING", "FLAPPING", "STALE", "UNSEEN", "LOOKING", "UP", "OFF")


def hops(nodes: Sequence[Node], fold: bool = True, closed: Collection[str] = ()) -> list[Hop]:
    """Nodes depth first, children in their order; `fold` joins location, pass and group, and a process with its unit, where one is the only child.
    A node whose parent is not there stands at the top."""
    keys = {node.key for node in nodes}
    below: dict[str, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.parent if node.parent in keys and node.parent != node.key else "", []).append(node)
    out: list[Hop] = []
    seen: set[str] = set()

    def walk(node: Node, stem: str, branch: str) -> None:
        if node.key in seen:
            return
        chain = _chain(node, below) if fold else (node,)
        seen.update(each.key for each in chain)
        children = below.get(chain[-1].key, [])
        size = _size(chain[-1], below) if children else 0
        if any(each.key in closed for each in chain):
            out.append(Hop(chain, stem + branch, size, size))
            return
        out.append(Hop(chain, stem + branch, size))
        stem += {"├─": "│ ", "└─": "  "}.get(branch, "")
        for n, child in enumerate(children):
            walk(child, stem, "└─" if n == len(children) - 1 else "├─")

    for root in below.get("", []):
        walk(root, "", "")
    return out


def _size(node: Node, below: dict[str, list[Node]]) -> int:
    """How many nodes are under a node."""
    seen, stack = {node.key}, [node]
    while stack:
        fresh = [child for child in below.get(stack.pop().key, []) if child.key not in seen]
        seen.update(child.key for child in fresh)
        stack += fresh
    return len(seen) - 1


_FOLDS = {"location": ("pass", "group"), "pass": ("group",), "process": ("unit",)}


def _chain(node: Node, below: dict[str, list[Node]]) -> tuple[Node, ...]:
    chain = [node]
    while True:
        children = below.get(chain[-1].key, [])
        if len(children) != 1 or children[0].kind not in _FOLDS.get(node.kind, ()) or children[0].state != node.state:
            return tuple(chain)
        chain.append(children[0])


def label(hop: Hop, whole: bool = False) -> str:
    """ "location / → http://app, 3 peers", "node 1872 → app.service"; `whole`: with the kind of each."""
    first = hop.node
    text = first.label if first.label.startswith(first.kind) else (_WHOLE if whole else _KINDS).get(first.kind, "") + first.label
    for node in hop.nodes[1:]:
        if node.kind == "pass":
            text += " → " + node.label.partition(" ")[2]
        elif node.kind == "group":
            peers = node.label.rpartition(", ")[2]
            text += f", {peers}" if peers != "1 peer" else ""
        else:
            text += " → " + node.label
    return neutral(text) + (f"  +{hop.hidden}" if hop.hidden else "")


def hop_row(hop: Hop, width: int, now: float, selected: bool = False, whole: bool = False, fresh: bool = False) -> Row:
    """Mark, branch, glyph, name, state, age, and why (beside the name where it is narrow). `whole`: with kind and line, where there is room; `fresh`: it went
    up or down a moment ago."""
    node = hop.node
    glyph, role = STATES[node.state]
    name, why = label(hop, whole), neutral(node.why or hop.nodes[-1].why) + (" *" if fresh else "")
    note = 18 + max(0, (width - 80) // 2) if width >= 76 else 0
    state = _STATE if note else _STATE + 1
    room = width - len(hop.branch) - 3 - state - _AGE - (note or 4) - 1
    line = f"line {node.where.line}" if whole and note and node.where and cell_len(name) <= room - _LINE else ""
    room -= _LINE if line else 0
    if cell_len(name) > room and node.kind == "listener":
        name = _HOST.sub(r"\1", name)
    over = cell_len(name) - room
    if over > 0:
        name = _SOCKET.sub(lambda path: middle(path[0], max(12, cell_len(path[0]) - over)), name)
    if why and not note and why not in name and cell_len(name) + 2 + cell_len(why) <= room:
        name = f"{name}  {why}"
    since = age(now - node.since) if node.since and now >= node.since else ""
    return row(
        "▸" if selected else " ",
        hop.branch,
        (glyph, role),
        " ",
        cell(name, max(4, room)),
        " ",
        cell(line, _LINE if line else 0),
        (cell(node.state, state), f"{role} state"),
        f"{since:>{_AGE}}",
        cell("  " + why, note) if note else "",
    )


def matters(node: Node) -> bool:
    return node.state not in ("UP", "OFF", "LOOKING")


def tally(nodes: Sequence[Node]) -> str:
    """ "1 down, 1 flapping of 5": states of the peers."""
    return _tallies((nodes,), lambda: _tally(nodes))


def _tally(nodes: Sequence[Node]) -> str:
    peers = {node.label: node for node in nodes if node.kind == "peer"}
    counts = Counter(node.state for node in peers.values())
    bad = [f"{n} {state.lower()}" for state, n in counts.items() if state not in ("UP", "OFF")]
    if not peers:
        return ""
    return f"{', '.join(bad)} of {len(peers)}" if bad else f"{counts['UP']} of {len(peers)} up"
