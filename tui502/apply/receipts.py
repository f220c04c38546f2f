"""The receipt of a change: how it ended, why, and how to undo it without this program."""

from __future__ import annotations

import dataclasses
import os
import shlex
import time
from pathlib import Path

from tui502.apply import back, journal
from tui502.apply.backwards import backwards
from tui502.apply.stage import backups
from tui502.model.changes import Baseline, Outcome, Receipt, StagedChange, Tested
from tui502.text import neutral


def give(place: Path, outcome: Outcome, why: str, before: Baseline, after: Baseline | None = None) -> Receipt:
    """Write and return the receipt. Raises OSError."""
    head, seen = journal.head(place), journal.events(place)
    receipt = Receipt(
        id=head.change.id,
        change=head.change,
        test=head.tested,
        who=head.who,
        results=journal.results(seen),
        before=before,
        after=after or before,
        outcome=outcome,
        why=why,
        at=time.time(),
        backups=backups(str(place), head.change),
        undo=by_hand(str(place), head.change, outcome, back.commands_begun(seen)),
        rule=next((event.text for event in seen if event.what == "decided"), ""),
    )
    journal.finish(place, receipt)
    return receipt


UNREAD = StagedChange("", None, "", (), (), (), (), Baseline(None, (), {}, None, 0.0), {}, False, False, "", (), 0.0)
"""Stands for a change whose journal cannot be read."""


def unreadable(place: Path, why: str) -> Receipt:
    """Close a journal that no runner can work with; a person must see to it. Raises OSError."""
    change = dataclasses.replace(UNREAD, id=place.name)
    text = f"the journal {neutral(str(place))} cannot be read ({neutral(why)}): what it changed may be half there; N.old and N.new in it are the files"
    tested = Tested(place.name, "none", False, (), (), (), "")
    receipt = Receipt(place.name, change, tested, "", (), change.baseline, change.baseline, "NEEDS HAND", text, time.time(), (), ())
    journal.finish(place, receipt)
    return receipt


def by_hand(place: str, change: StagedChange, outcome: Outcome, begun: int) -> tuple[str, ...]:
    """The shell commands that undo a change which stays, or may be half there; () when there is nothing to undo. `begun` is the number of its commands
    that were begun."""
    if outcome in ("PUT BACK", "REFUSED"):
        return ()
    lines = []
    for n, file in reversed(tuple(enumerate(change.files, 1))):
        if file.before is None:
            lines.append(f"rm {shlex.quote(file.real)}")
            lines += [f"rmdir {shlex.quote(path)}" for path in reversed(file.made)]
        elif file.link:
            lines.append(f"ln -s {shlex.quote(os.fsdecode(file.before))} {shlex.quote(file.real)}")
        else:
            lines += [f"mkdir -p {shlex.quote(path)}" for path in file.made]
            lines.append(f"cp -p {shlex.quote(f'{place}/{n}.old')} {shlex.quote(file.real)}")
    ran = [command for fix in change.fixes for command in fix.commands][:begun]
    lines += [shlex.join(command.undo) for command in backwards(ran) if command.undo]
    if change.reload and change.files and change.view:
        lines.append(f"{shlex.join((change.view.exe, *change.test_argv))} && kill -HUP {change.view.pid}")
    return tuple(lines)
