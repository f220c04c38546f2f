"""At start: a change whose runner lives is shown; one whose runner was killed is ended by a new runner."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tui502.apply import journal, launch, places, receipts
from tui502.host import change as host
from tui502.model.changes import Progress

ABOUT_TO_START = 60.0
"""Seconds that a journal may wait for its runner before it is taken for one that was never started."""


@dataclass(frozen=True)
class Found:
    """A change under way or just being ended: its journal, and how far it is."""

    journal: Path
    progress: Progress


def recover() -> Found | None:
    """The newest change that is not decided, with a runner at work on it. Raises OSError when no runner can be started for it."""
    found = None
    for where in places.existing():
        with host.locked(str(where / journal.LOCK)) as free:
            if free:
                _tidy(where)
            waiting = launch.unfinished((where,))
        for place in waiting:
            if free:
                launch.start(place)
            progress = journal.progress(place)
            found = Found(place, progress) if progress else found
    return found


def _tidy(where: Path) -> None:
    """With the lock held: remove what was never whole, close what was never begun. Nothing had been changed in either case."""
    for path in where.glob("*.new"):
        if time.time() - path.stat().st_mtime > ABOUT_TO_START:
            journal.discard(path)
    for place in launch.unfinished((where,)):
        seen = journal.events(place)
        if not journal.has_happened(seen, "runner") and time.time() - seen[0].at > ABOUT_TO_START:
            receipts.give(place, "REFUSED", "its runner was never started: nothing was changed", journal.head(place).change.baseline)
