"""What the access logs say since a change: how many requests were answered, and how many of them badly."""

from __future__ import annotations

from tui502.host.paths import real_path
from tui502.host.tail import Tail
from tui502.model.changes import StagedChange
from tui502.read import access_log, outcomes, own


class Answers:
    """Counts from the moment it is made; requests of ours are left out."""

    def __init__(self, change: StagedChange) -> None:
        self._tails = [Tail(real_path(path, change.view)) for path in change.access_logs]
        self._requests = self._bad = 0

    def look(self) -> tuple[int | None, int | None]:
        """(requests, those answered 502 or 504) so far; None where no access log can be read."""
        for tail in self._tails:
            for line in tail.new().split(b"\n"):
                status = access_log.status(line[: access_log.LINE_CAP]) if line and not own.is_answer(line) else ""
                self._requests += bool(status)
                self._bad += status in outcomes.GATEWAY
        known = any(tail.is_open for tail in self._tails)
        return (self._requests, self._bad) if known else (None, None)

    def close(self) -> None:
        for tail in self._tails:
            tail.close()
