"""Of which times outages speak."""

from __future__ import annotations

from tui502.model.evidence import Tally
from tui502.read.counts import STEP

RECENT = 900.0
"""A failure within so many seconds counts as going on, unless a newer look disproves it; older is history."""

WINDOW = 300.0
"""Seconds over which the rate and the share are taken."""

QUIET = 180.0
"""An outage is over when requests were answered well for so many seconds; what fails after that is another one."""


def recent(tally: Tally, now: float) -> int:
    """How many came in the steps of ten seconds that begin within the last WINDOW."""
    steps = int((WINDOW - max(0.0, now - tally.last)) // STEP)
    return sum(tally.per_10s[-steps:]) if steps > 0 else 0
