"""The title of the log pane: which log, what of it is shown, whether it is followed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.ui.render.log import Ends, class_of
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.session import Back
    from tui502.ui.render.grouping import Group

_MB = 1_000_000


def counts(found: Sequence[Group], ends: Ends) -> str:
    """ "451 refused, 17 saved": failures by class, those that clients did not see by themselves."""
    from tui502.ui.render.grouping import outcome

    by: Counter[str] = Counter()
    for group in found:
        if group.peer:
            by["saved" if outcome(group, ends) == "saved" else class_of(group.symptom)] += group.total
    return ", ".join(f"{count} {name}" for name, count in by.most_common(2))


def grouped(found: Sequence[Group]) -> str:
    return f"{quantity(len(found), 'group')}, {quantity(sum(group.total for group in found), 'record')}"


def state(following: bool, new: int) -> str:
    return "FOLLOW" if following else f"PAUSED +{new} new" if new > 0 else "PAUSED"


def reading(back: Back) -> str:
    """ "reads back 12 of 214 MB" while older records are read, '' else."""
    if not back.reading:
        return ""
    whole = back.total / _MB
    done, of = (f"{back.done / _MB:.1f}", f"{whole:.1f}") if whole < 10 else (f"{back.done / _MB:.0f}", f"{whole:.0f}")
    return f"reads back {done} of {of} MB"


def which(name: str, place: str, logs: tuple[int, int]) -> str:
    """The name of the log where there are several, with the key that shows the next; where it is read if that is no file of its own."""
    found = place or (name if logs[1] > 1 else "")
    return (f"  {found}, {logs[0]} of {logs[1]}: L" if logs[1] > 1 else f"  {found}") if found else ""


def day(at: float, now: float, utc_offset: int) -> str:
    """ "  2026-11-21" for a record of another day than today, '' else."""
    told = [time.strftime("%Y-%m-%d", time.gmtime(moment - utc_offset)) for moment in (at, now)]
    return f"  {told[0]}" if at and told[0] != told[1] else ""
