"""At start: a change whose runner lives is shown; one whose runner was killed is ended by a new runner."""

from __future__ import annotations

import contextlib
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
    """The newest change that is not decided, with a runner at work on it; else one that nobody can work on, closed as NEEDS HAND. Raises OSError when
    no runner can be started for one, after all others were seen to."""
    found, closed, problem = None, None, None
    for where in places.existing():
        with host.locked(str(where / journal.LOCK)) as free:
            if free:
                closed = _tidy(where) or closed
            waiting = launch.unfinished((where,))
        for place in waiting:
            try:
                if free:
                    launch.start(place)
                progress = journal.progress(place)
            except OSError as error:
                problem = error
            except ValueError:  # of another version, whose runner is at work
                continue
            else:
                found = Found(place, progress) if progress else found
    if problem and not found:
        raise problem
    return found or closed


def _tidy(where: Path) -> Found | None:
    """With the lock held: remove what was never whole, close what was never begun (nothing had been changed in either case), and close what cannot be
    read, of which the newest is returned."""
    for path in where.glob("*.new"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ABOUT_TO_START:
                journal.discard(path)
    closed = None
    for place in launch.unfinished((where,)):
        with contextlib.suppress(OSError):
            closed = _closed(place) or closed
    return closed


def _closed(place: Path) -> Found | None:
    """What was done with a journal that cannot be read. Raises OSError when there is no room for a receipt."""
    try:
        start, seen = journal.head(place), journal.events(place)
        why = "" if seen else "its state is empty"
    except (OSError, ValueError) as error:
        why = str(error)
    if why:
        receipt = receipts.unreadable(place, why)
        return Found(place, Progress(receipt.id, receipt.change, 0, "done", (), None, None, receipt.after, "", receipt))
    if not journal.has_happened(seen, "runner") and time.time() - seen[0].at > ABOUT_TO_START:
        receipts.give(place, "REFUSED", "its runner was never started: nothing was changed", start.change.baseline)
    return None
