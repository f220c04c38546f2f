"""Pane 2: the health tree; the cursor follows a node, never a place."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tui502.text import neutral
from tui502.ui.messages import NodeChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Hits, Pane, keys_of
from tui502.ui.panes.seek import SLICE
from tui502.ui.panes.text import window
from tui502.ui.panes.tree_search import TreeSearch
from tui502.ui.render import tree
from tui502.ui.render.forest import Forest, Part, parts, worst_first
from tui502.ui.render.node_index import index
from tui502.ui.render.order import kept_order
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Row, row, text_of

if TYPE_CHECKING:
    from tui502.model.facts import Node

_FOOT = 3
"""Rows that must be free below the tree for the newest events to stand there."""


class UpstreamsPane(Pane):
    """Hops of one child are folded until the pane is zoomed. Rows keep their order while the pane is open; when it is opened, the worst server comes first.
    `detail`: the page of the chosen node is open."""

    BINDINGS: ClassVar = keys_of(2)
    number = 2

    def __init__(self) -> None:
        super().__init__("upstreams")
        self.folded = True
        self.closed: frozenset[str] = frozenset()
        self.eventful = False
        self._forest = Forest((), True, self.closed, {})
        self._of: tuple[Node, ...] = ()
        self._found: list[Part] = []
        self._parts: list[Part] = []
        self._order: list[str] = []
        self._orders: dict[str, list[str]] = {}
        self._due = self._settled = False
        self._search: TreeSearch | None = None

    def show(self, moment: Moment) -> None:
        self._due = self._due or (moment.incident is not self.moment.incident and not self._settled)
        self.moment = moment
        if not self.display:
            self._due, self._settled = True, False
        self.paint()

    @property
    def forest(self) -> Forest:
        """The rows; of thousands of servers only those are made that are looked at."""
        nodes = self.moment.incident.facts.nodes if self.moment.incident else ()
        if nodes is not self._of or self._due:
            self._arrange(nodes)
        if self._forest.parts is not self._parts or (self._forest.folded, self._forest.closed) != (self.folded, self.closed):
            self._forest = Forest(self._parts, self.folded, self.closed, self._orders, self._forest)
        return self._forest

    def _arrange(self, nodes: tuple[Node, ...]) -> None:
        """Put the servers in order, each with all below it."""
        found, incident = self._found if nodes is self._of else parts(nodes, self._found), self.moment.incident
        if not self.display or not self._settled:
            self._order, self._orders = [part[0].key for part in worst_first(found)], {}
        self._settled = self.display and incident is not None and (bool(incident.findings) or not incident.looking)
        self._due, self._of, self._found, self._order = False, nodes, found, kept_order(self._order, [part[0].key for part in found])
        by_key = {part[0].key: part for part in found}
        self._parts = [by_key[key] for key in self._order]

    @property
    def cursor(self) -> int:
        """The row of the chosen node, or of what hides it."""
        forest, chosen = self.forest, self.moment.chosen.node
        nodes, top = index(self._of), chosen
        while (node := nodes.get(top)) is not None and node.parent and node.parent != top:
            top = node.parent
        return forest.place(chosen, top)

    @property
    def key(self) -> str:
        """The key of the chosen node."""
        hop = self.forest.hop(self.cursor) if self.forest else None
        return "" if hop is None else self.moment.chosen.node if hop.has(self.moment.chosen.node) else hop.node.key

    def titles(self) -> tuple[str, str]:
        if self.eventful:
            return "2 Upstreams", "events, newest first"
        if self.detail:
            from tui502.ui.render import node

            return node.title(self.moment, self.key, self.inner)
        tally = tree.tally(self.moment.incident.facts.nodes if self.moment.incident else ())
        return "2 Upstreams", tally if self.folded else " · ".join(part for part in ("zoomed", "LIVE" if self.moment.live else "", tally) if part)

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.eventful or self.detail:
            page = self._page(width)
            self.top = max(0, min(self.top, len(page) - height))
            return [(line, False) for line in window(page, self.top, height)]
        if not self.forest:
            return [(row(" ", ("looking…", "looking")) if self.moment.incident is None else row(" nginx passes nothing to a backend"), False)]
        at = self.cursor
        self.top = self.forest.scrolled(self.top, at, height)
        shown = self.forest.rows(self.top, height)
        now, fresh = self.moment.now, self._fresh()
        rows = [(tree.hop_row(hop, width, now, n == at, not self.folded, hop.node.label in fresh), n == at) for n, hop in shown]
        return rows + [(line, False) for line in self._foot(width, height - len(rows))]

    def _fresh(self) -> set[str]:
        """The peers that went up or down a moment ago."""
        flips = self.moment.incident.evidence.flips if self.moment.incident else ()
        return {neutral(flip.peer) for flip in flips if self.moment.now - flip.at < tree.FRESH}

    def _page(self, width: int) -> list[Row]:
        """The events, or the detail of the chosen node."""
        from tui502.ui.render import events, node

        if self.eventful:
            return events.rows(events.of(self.moment), width, self.moment.utc_offset)
        return node.rows(self.moment, self.key, width, self.alone)

    def _foot(self, width: int, free: int) -> list[Row]:
        """The newest events, where the tree leaves room for them."""
        from tui502.ui.render import events

        found = events.of(self.moment) if free >= _FOOT else []
        if not found:
            return []
        shown = events.rows(found[: free - 2], width, self.moment.utc_offset)
        head = row(" events") if self.folded else rule(width, row("events"), f"E all {len(found)}")
        return [row(""), head, *shown] if self.folded else [head, *shown]

    def action_move(self, by: int) -> None:
        if self.eventful or self.detail:
            self.top = max(0, self.top + by)
            self.paint()
            return
        if self.forest:
            self._go(self.forest.step(self.cursor, by))

    def _go(self, n: int) -> None:
        key = self.forest.hop(n).node.key
        self.moment = replace(self.moment, chosen=self.moment.chosen._replace(node=key))
        self.paint()
        self.post_message(NodeChosen(key))

    def pick(self, y: int) -> None:
        if not self.eventful and not self.detail and self.forest:
            shown = self.forest.rows(self.top, y + 1)
            if y < len(shown):
                self._go(shown[y][0])

    def sideways(self, by: int) -> str:
        """Fold or open the hop under the cursor."""
        if not self.forest or self.detail or self.eventful:
            return "nothing folds here"
        hop = self.forest.hop(self.cursor)
        if by > 0 and not hop.hidden:
            return "it is open"
        if by < 0 and not hop.below:
            return "nothing is below it"
        self.closed = self.closed - {node.key for node in hop.nodes} if by > 0 else self.closed | {hop.nodes[-1].key}
        self.paint()
        return ""

    def toggle_events(self) -> str:
        """The events, or the tree again; why not, or ''."""
        if self.moment.incident is None:
            return "nothing is known yet"
        self.eventful, self.detail, self.top = not self.eventful, False, 0
        self.paint()
        return ""

    def close_detail(self) -> bool:
        was = self.eventful or self.detail
        self.eventful, self.detail = False, False
        return was

    def open_detail(self) -> str:
        if not self.forest:
            return "nothing is known yet"
        if self.detail:
            return "this is all that is known of it, esc goes back"
        self.eventful, self.detail, self.top = False, True, 0
        return ""

    def hits(self, pattern: Hits) -> list[int] | int:
        if self.eventful or self.detail:
            return [n for n, line in enumerate(self._page(self.inner)) if pattern(text_of(line))]
        if self._search is None or self._search.pattern is not pattern:
            self._search = TreeSearch(pattern)
        return self._search.look(self.forest, time.monotonic() + SLICE)

    @property
    def at(self) -> int:
        return self.top if self.eventful or self.detail else self.cursor

    def go_to(self, n: int) -> None:
        if self.eventful or self.detail:
            self.top = n
            self.paint()
        else:
            self._go(n)

    def matter(self, by: int) -> str:
        n = self.forest.next(self.cursor, by, tree.matters) if self.forest else None
        if n is None:
            return "no other failing node"
        self._go(n)
        return ""

    def copied(self) -> str:
        if self.eventful or self.detail:
            return "\n".join(text_of(line).rstrip() for line in self._page(100))
        if not self.forest:
            return ""
        hop = self.forest.hop(self.cursor)
        return "  ".join(part for part in (tree.label(hop), hop.node.state, hop.node.why) if part)
