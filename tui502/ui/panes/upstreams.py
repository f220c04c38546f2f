"""Pane 2: the health tree; the cursor follows a node, never a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tui502.ui.messages import NodeChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Hits, Pane, kept_order, keys_of, scrolled
from tui502.ui.render import tree
from tui502.ui.render.spans import Row, row

if TYPE_CHECKING:
    from tui502.model.facts import Node


class UpstreamsPane(Pane):
    """Hops of one child are folded until the pane is zoomed. Rows keep their order while the pane is open; when it is opened, the worst server comes first."""

    BINDINGS: ClassVar = keys_of(2)
    number = 2

    def __init__(self) -> None:
        super().__init__("upstreams")
        self.hops: list[tree.Hop] = []
        self.folded = True
        self.closed: set[str] = set()
        self.eventful = False
        self._of: Sequence[Node] = ()
        self._order: list[str] = []
        self._settled = False

    def show(self, moment: Moment) -> None:
        incident = moment.incident
        nodes = incident.facts.nodes if incident else ()
        if incident is None or not self.display or not self._settled:
            self._order = [node.key for node in tree.worst_first(nodes)]
        self._settled = self.display and incident is not None and (bool(incident.findings) or not incident.looking)
        self._order = kept_order(self._order, [node.key for node in nodes])
        by_key = {node.key: node for node in nodes}
        self._of = [by_key[key] for key in self._order]
        self.moment = moment
        self._hop()
        self.paint()

    def _hop(self) -> None:
        self.hops = tree.hops(self._of, self.folded, self.closed) if self._of else []

    @property
    def cursor(self) -> int:
        """The row of the chosen node, or of what hides it."""
        chosen = self.moment.chosen.node
        at = next((n for n, hop in enumerate(self.hops) if hop.has(chosen)), None)
        if at is None and self.closed:
            parents = {node.key: node.parent for node in self._of}
            while chosen in parents and at is None:
                chosen = parents[chosen]
                at = next((n for n, hop in enumerate(self.hops) if hop.has(chosen)), None)
        return at or 0

    def titles(self) -> tuple[str, str]:
        if self.eventful:
            return "2 Upstreams", "events, newest first"
        return "2 Upstreams", tree.tally(self._of)

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.eventful and self.moment.incident is not None:
            from tui502.ui.render import events

            rows = events.rows(self.moment.incident.evidence.flips, width, self.moment.utc_offset)
            self.top = max(0, min(self.top, len(rows) - height))
            return [(line, False) for line in rows[self.top : self.top + height]]
        if not self.hops:
            return [(row(" ", ("looking…", "looking")) if self.moment.incident is None else row(" nginx passes nothing to a backend"), False)]
        at = self.cursor
        self.top = scrolled(self.top, at, height, len(self.hops))
        shown = self.hops[self.top : self.top + height]
        return [(tree.hop_row(hop, width, self.moment.now, n == at), n == at) for n, hop in enumerate(shown, self.top)]

    def action_move(self, by: int) -> None:
        if self.eventful:
            self.top = max(0, self.top + by)
            self.paint()
            return
        self._go(max(0, min(self.cursor + by, len(self.hops) - 1)))

    def _go(self, n: int) -> None:
        if self.hops:
            key = self.hops[n].node.key
            self.moment = replace(self.moment, chosen=self.moment.chosen._replace(node=key))
            self.paint()
            self.post_message(NodeChosen(key))

    def pick(self, y: int) -> None:
        if not self.eventful and self.top + y < len(self.hops):
            self._go(self.top + y)

    def sideways(self, by: int) -> str:
        """Fold or open the hop under the cursor."""
        if not self.hops:
            return "nothing folds here"
        hop = self.hops[self.cursor]
        if by > 0 and not hop.hidden:
            return "it is open"
        if by < 0 and not hop.below:
            return "nothing is below it"
        self.closed = self.closed - {node.key for node in hop.nodes} if by > 0 else self.closed | {hop.nodes[-1].key}
        self._hop()
        self.paint()
        return ""

    def toggle_events(self) -> str:
        """The events, or the tree again; why not, or ''."""
        if self.moment.incident is None:
            return "nothing is known yet"
        self.eventful, self.top = not self.eventful, 0
        self.paint()
        return ""

    def close_detail(self) -> bool:
        was, self.eventful = self.eventful, False
        return was

    def open_detail(self) -> str:
        return "no more detail here: 3 its line, 0 how it is known"

    def hits(self, pattern: Hits) -> list[int]:
        return [n for n, hop in enumerate(self.hops) if pattern(f"{tree.label(hop)} {hop.node.state} {hop.node.why}")]

    @property
    def at(self) -> int:
        return self.cursor

    def go_to(self, n: int) -> None:
        self._go(n)

    def matter(self, by: int) -> str:
        order = range(self.cursor + 1, len(self.hops)) if by > 0 else range(self.cursor - 1, -1, -1)
        for n in order:
            if tree.matters(self.hops[n]):
                self._go(n)
                return ""
        return "no other failing node"

    def copied(self) -> str:
        if not self.hops:
            return ""
        hop = self.hops[self.cursor]
        return "  ".join(part for part in (tree.label(hop), hop.node.state, hop.node.why) if part)
