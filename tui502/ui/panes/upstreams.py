"""Pane 2: the health tree; the cursor follows a node, never a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tui502.read.memo import Memo
from tui502.text import neutral
from tui502.ui.messages import NodeChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Hits, Pane, kept_order, keys_of, scrolled
from tui502.ui.panes.text import window
from tui502.ui.render import tree
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
        self.hops: list[tree.Hop] = []
        self.folded = True
        self.closed: set[str] = set()
        self.eventful = False
        self._of: Sequence[Node] = ()
        self._order: list[str] = []
        self._settled = False
        self._open = False
        self._made: Memo[list[tree.Hop]] = Memo(1)

    def show(self, moment: Moment) -> None:
        before, self.moment = self.moment, moment
        if moment.incident is not before.incident or self.display != self._open:
            self._arrange()
        self._hop()
        self.paint()

    def _arrange(self) -> None:
        """Put the nodes in order."""
        incident, self._open = self.moment.incident, self.display
        nodes = incident.facts.nodes if incident else ()
        if incident is None or not self.display or not self._settled:
            self._order = [node.key for node in tree.worst_first(nodes)]
        self._settled = self.display and incident is not None and (bool(incident.findings) or not incident.looking)
        self._order = kept_order(self._order, [node.key for node in nodes])
        by_key = {node.key: node for node in nodes}
        self._of = [by_key[key] for key in self._order]

    def _hop(self) -> None:
        """Fold them: with thousands of sites too slow to be done for every key."""
        self.hops = self._made((self._of, self.folded, self.closed), lambda: tree.hops(self._of, self.folded, self.closed)) if self._of else []

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

    @property
    def key(self) -> str:
        """The key of the chosen node."""
        hop = self.hops[self.cursor] if self.hops else None
        return "" if hop is None else self.moment.chosen.node if hop.has(self.moment.chosen.node) else hop.node.key

    def titles(self) -> tuple[str, str]:
        if self.eventful:
            return "2 Upstreams", "events, newest first"
        if self.detail:
            from tui502.ui.render import node

            return node.title(self.moment, self.key, self.inner)
        tally = tree.tally(self._of)
        return "2 Upstreams", tally if self.folded else " · ".join(part for part in ("zoomed", "LIVE" if self.moment.live else "", tally) if part)

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.eventful or self.detail:
            page = self._page(width)
            self.top = max(0, min(self.top, len(page) - height))
            return [(line, False) for line in window(page, self.top, height)]
        if not self.hops:
            return [(row(" ", ("looking…", "looking")) if self.moment.incident is None else row(" nginx passes nothing to a backend"), False)]
        at = self.cursor
        self.top = scrolled(self.top, at, height, len(self.hops))
        shown = self.hops[self.top : self.top + height]
        now, fresh = self.moment.now, self._fresh()
        rows = [(tree.hop_row(hop, width, now, n == at, not self.folded, hop.node.label in fresh), n == at) for n, hop in enumerate(shown, self.top)]
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
        self._go(max(0, min(self.cursor + by, len(self.hops) - 1)))

    def _go(self, n: int) -> None:
        if self.hops:
            key = self.hops[n].node.key
            self.moment = replace(self.moment, chosen=self.moment.chosen._replace(node=key))
            self.top = 0
            self.paint()
            self.post_message(NodeChosen(key))

    def pick(self, y: int) -> None:
        if not self.eventful and not self.detail and self.top + y < len(self.hops):
            self._go(self.top + y)

    def sideways(self, by: int) -> str:
        """Fold or open the hop under the cursor."""
        if not self.hops or self.detail or self.eventful:
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
        self.eventful, self.detail, self.top = not self.eventful, False, 0
        self.paint()
        return ""

    def close_detail(self) -> bool:
        was = self.eventful or self.detail
        self.eventful, self.detail = False, False
        return was

    def open_detail(self) -> str:
        if not self.hops:
            return "nothing is known yet"
        if self.detail:
            return "this is all that is known of it, esc goes back"
        self.eventful, self.detail, self.top = False, True, 0
        return ""

    def hits(self, pattern: Hits) -> list[int]:
        if self.eventful or self.detail:
            return [n for n, line in enumerate(self._page(self.inner)) if pattern(text_of(line))]
        return [n for n, hop in enumerate(self.hops) if pattern(f"{tree.label(hop)} {hop.node.state} {hop.node.why}")]

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
        order = range(self.cursor + 1, len(self.hops)) if by > 0 else range(self.cursor - 1, -1, -1)
        for n in order:
            if tree.matters(self.hops[n]):
                self._go(n)
                return ""
        return "no other failing node"

    def copied(self) -> str:
        if self.eventful or self.detail:
            return "\n".join(text_of(line).rstrip() for line in self._page(100))
        if not self.hops:
            return ""
        hop = self.hops[self.cursor]
        return "  ".join(part for part in (tree.label(hop), hop.node.state, hop.node.why) if part)
