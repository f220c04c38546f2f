"""The receipt of a change: how it ended, why, and how to undo it without this program."""

from __future__ import annotations

import os
import shlex
import time
from pathlib import Path

from tui502.apply import journal
from tui502.apply.stage import backups
from tui502.model.changes import Baseline, Outcome, Receipt, StagedChange


def give(place: Path, outcome: Outcome, why: str, before: Baseline, after: Baseline | None = None) -> Receipt:
    """Write and return the receipt. Raises OSError."""
    head = journal.head(place)
    receipt = Receipt(
        id=head.change.id,
        change=head.change,
        test=head.tested,
        who=head.who,
        results=journal.results(journal.events(place)),
        before=before,
        after=after or before,
        outcome=outcome,
        why=why,
        at=time.time(),
        backups=backups(str(place), head.change),
        undo=by_hand(str(place), head.change, outcome),
    )
    journal.finish(place, receipt)
    return receipt


def by_hand(place: str, change: StagedChange, outcome: Outcome) -> tuple[str, ...]:
    """The shell commands that undo a change which stays, or may be half there; () when there is nothing to undo."""
    if outcome in ("PUT BACK", "REFUSED"):
        return ()
    lines = []
    for n, file in enumerate(change.files, 1):
        if file.before is None:
            lines.append(f"rm {shlex.quote(file.real)}")
        elif file.link:
            lines.append(f"ln -s {shlex.quote(os.fsdecode(file.before))} {shlex.quote(file.real)}")
        else:
            lines.append(f"cp -p {shlex.quote(f'{place}/{n}.old')} {shlex.quote(file.real)}")
    undone = [command.undo for fix in change.fixes for command in fix.commands if command.undo]
    lines += [shlex.join(argv) for argv in reversed(undone)]
    if change.reload and change.files and change.view:
        lines.append(f"{shlex.join((change.view.exe, *change.test_argv))} && kill -HUP {change.view.pid}")
    return tuple(lines)
