"""Connections that wait at the backend of a page which was too slow. What waits there was sent before, and delays every answer: until it is worked off
nothing can be said of a longer time-out."""

from __future__ import annotations

from tui502.host.sockets import Holders, listeners
from tui502.model.changes import StagedChange
from tui502.model.evidence import Gap
from tui502.read import addresses

EVERY = 1.0
"""Seconds between two looks at the kernel's tables."""

MOST = 300.0
"""Seconds by which a decision is put off at most."""


class Queued:
    """Looks only where the change is a longer time-out."""

    def __init__(self, change: StagedChange, begun: float) -> None:
        self._change, self._holders, self._next = change, Holders(), begun
        self._peers = tuple(dict.fromkeys(fix.peer for fix in change.fixes if fix.waits and fix.peer))
        self._last = begun + change.keep_after + MOST
        self.waiting = 0

    def until(self, now: float, until: float) -> float:
        """The deadline of the decision: its whole time again from the moment at which nothing waits any more."""
        if self._peers and now >= self._next:
            self._next = now + EVERY
            self.waiting = self._count()
        return max(until, min(self._last, now + self._change.keep_after)) if self.waiting else until

    def _count(self) -> int:
        found = listeners(self._change.view, self._holders)
        if isinstance(found, Gap):
            return 0
        return sum(listener.queue for listener in found if any(addresses.answers(listener, peer) for peer in self._peers))
