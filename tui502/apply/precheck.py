"""Everything that can be known to fail before the first write."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui502.apply.checks import said_before
from tui502.apply.disk import difference, on_disk, sha, would_load
from tui502.apply.new_file import standing, still_absent
from tui502.apply.work import Run, Stop, step, steps_of
from tui502.fix.forbidden import forbidden
from tui502.host.flags import forbidding
from tui502.host.processes import runs
from tui502.model.changes import FileChange, StagedChange
from tui502.text import neutral


def precheck(work: Run) -> None:
    """Everything that can be known to fail, before the first write."""
    for one in steps_of(work.change, "precheck"):
        step(work, one, lambda: _precheck(work.change))
    tests = [one.command.argv for one in steps_of(work.change, "test") if one.command]
    work.said = {argv: said_before(argv) for argv in tests}
    for one in steps_of(work.change, "backup"):
        step(work, one, lambda: f"{work.place}")


def _precheck(change: StagedChange) -> str:
    for file in change.files:
        as_staged(file)
        _can_be_written(file)
    texts = {file.path: file.before or b"" for file in change.files}
    for fix in change.fixes:
        if reason := forbidden(fix, texts):
            raise Stop(reason)
    if change.reload and change.view and not runs(change.view.pid, change.view.started):
        raise Stop(f"nginx master {change.view.pid} is gone: look again, then stage anew")
    same_loads(change.loads, would_load(change))
    return "nothing changed since it was staged"


def _can_be_written(file: FileChange) -> None:
    folder = standing(file)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Stop(f"{neutral(folder)} cannot be written{' by ' + str(os.geteuid()) if os.geteuid() else ''}: read-only, or no right to it")
    for path in (file.real, folder):
        if flag := forbidding(path):
            raise Stop(f"{neutral(path)} cannot be changed by anybody: somebody set chattr {flag} on it (lsattr shows it); ask why before it is taken off")
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < 2 * len(file.after or b"") + 65536:
        raise Stop(f"{neutral(folder)} has no space left")


def as_staged(file: FileChange) -> None:
    if file.before is None and not file.link:
        still_absent(file)
    elif on_disk(file) != sha(file.before):
        raise Stop(f"{neutral(file.path)} has changed on disk since it was staged")


def same_loads(was: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Stop where the reload would load what nobody has agreed to."""
    if changed := difference(was, now):
        raise Stop(f"{', '.join(map(neutral, changed))} has changed on disk since it was staged, and the reload would load that: look again, then stage anew")
