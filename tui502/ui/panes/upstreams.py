"""Pane 2: the health tree; the cursor follows a node, never a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.ui.messages import NodeChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Pane, scrolled
from tui502.ui.render import tree
from tui502.ui.render.spans import Row, row

if TYPE_CHECKING:
    from tui502.model.facts import Node


class UpstreamsPane(Pane):
    """Hops of one child are folded until the pane is zoomed."""

    number = 2

    def __init__(self) -> None:
        super().__init__("upstreams")
        self.hops: list[tree.Hop] = []
        self.folded = True
        self._of: Sequence[Node] = ()

    def show(self, moment: Moment) -> None:
        self._of = moment.incident.facts.nodes if moment.incident else ()
        if self._of:
            self.hops = tree.hops(self._of, self.folded)
        else:
            self.hops = []
        super().show(moment)

    @property
    def cursor(self) -> int:
        return next((n for n, hop in enumerate(self.hops) if hop.has(self.moment.chosen.node)), 0)

    def titles(self) -> tuple[str, str]:
        return "2 Upstreams", tree.tally(self._of)

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if not self.hops:
            return [(row(" ", ("looking…", "looking")) if self.moment.incident is None else row(" nginx passes nothing to a backend"), False)]
        at = self.cursor
        self.top = scrolled(self.top, at, height, len(self.hops))
        shown = self.hops[self.top : self.top + height]
        return [(tree.hop_row(hop, width, self.moment.now, n == at), n == at) for n, hop in enumerate(shown, self.top)]

    def action_move(self, by: int) -> None:
        self._go(max(0, min(self.cursor + by, len(self.hops) - 1)))

    def _go(self, n: int) -> None:
        if self.hops:
            key = self.hops[n].node.key
            self.moment = replace(self.moment, chosen=self.moment.chosen._replace(node=key))
            self.paint()
            self.post_message(NodeChosen(key))

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
