"""What the access logs say since a change: how many requests were answered, and how many of them badly."""

from __future__ import annotations

from tui502.host.paths import real_path
from tui502.host.tail import Tail
from tui502.model.changes import StagedChange
from tui502.read.access_log import GATEWAY, AccessTallies


class Answers:
    """Counts from the moment it is made; requests of ours are left out."""

    def __init__(self, change: StagedChange) -> None:
        self._logs = [(Tail(real_path(path, change.view)), AccessTallies(change.formats)) for path in change.access_logs]

    def look(self) -> tuple[int | None, int | None]:
        """(requests, those answered 502 or 504) so far; None where no access log can be read."""
        for tail, counts in self._logs:
            counts.feed(tail.new())
        if not any(tail.is_open for tail, _ in self._logs):
            return None, None
        told = [tally for _, counts in self._logs for tally in counts.tallies()]
        return sum(tally.count for tally in told), sum(tally.count for tally in told if tally.symptom in GATEWAY)

    def close(self) -> None:
        for tail, _ in self._logs:
            tail.close()
