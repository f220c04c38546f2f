"""Putting back what a change wrote: all hashes first, then restore, test, reload. Used by the runner and by recovery alike."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tui502.apply import journal
from tui502.apply.observe import on_disk
from tui502.apply.reload import reload
from tui502.apply.stage import sha
from tui502.apply.tester import nginx_t, said
from tui502.host import change as host
from tui502.host import look
from tui502.model.changes import FileChange, StagedChange
from tui502.model.evidence import Gap
from tui502.text import neutral

State = Literal["old", "new", "other"]

COMMAND_DEADLINE = 120.0
"""Seconds for a command that changes something."""


@dataclass(frozen=True, slots=True)
class Back:
    """Whether files are as before and nginx runs what it ran before. `conflict`: a file is neither as before nor as we left it, and nothing was touched."""

    ok: bool
    conflict: bool
    text: str


def state(file: FileChange, meta: host.Meta | None) -> State:
    """Where a file stands. One written in place and cut in the middle is ours: it begins as the new text and ends as the old one."""
    now = on_disk(file)
    if now == sha(file.before):
        return "old"
    if now == sha(file.after) or (meta and meta.links > 1 and not file.link and _cut(file)):
        return "new"
    return "other"


def _cut(file: FileChange) -> bool:
    seen = look.read_file(file.real)
    if isinstance(seen, Gap) or file.before is None or file.after is None:
        return False
    same = next((n for n, (a, b) in enumerate(zip(seen.data, file.after, strict=False)) if a != b), min(len(seen.data), len(file.after)))
    return seen.data[same:] == file.before[same:]


def put_back(head: journal.Head, pids: Iterable[int], loaded: bool) -> Back:
    """Restore every file; `loaded` says that nginx may run the new text and must re-read. `pids` are the runners that may have left a temporary file."""
    change = head.change
    _sweep(change, pids)
    states = [state(file, meta) for file, meta in zip(change.files, head.metas, strict=True)]
    if odd := [file.path for file, now in zip(change.files, states, strict=True) if now == "other"]:
        return Back(False, True, f"{', '.join(map(neutral, odd))} is neither as before nor as we left it: nothing was touched")
    ours = [(file, meta) for file, meta, now in zip(change.files, head.metas, states, strict=True) if now == "new"]
    broken = [pair for pair in ours if pair[0].real in change.frees] if loaded else []
    if problem := _restored(pair for pair in ours if pair not in broken):
        return Back(False, False, problem)
    done = _loaded_again(change) if loaded else Back(True, False, "every file is as it was before")
    if problem := _restored(broken):
        return Back(False, False, problem)
    stays = [file.path for file, _ in broken if not file.link]
    return replace(done, text=f"{done.text}; what stays loaded is {', '.join(map(neutral, stays))} as it was mended") if stays and done.ok else done


def _restored(files: Iterable[tuple[FileChange, host.Meta | None]]) -> str:
    """Put these files back; what went wrong, or ''. Files that nginx would not load come back last, when it has read the others."""
    for file, meta in files:
        try:
            restore(file, meta)
        except OSError as error:
            return f"{neutral(str(error.filename or ''))}: {error.strerror}: not put back"
        if on_disk(file) != sha(file.before):
            return "a file did not come back as it was"
    return ""


def restore(file: FileChange, meta: host.Meta | None) -> None:
    """One file as it was, its time too. Raises OSError."""
    if file.before is None:
        host.remove(file.real)
        return
    if file.link:
        host.make_link(file.real, file.before, meta)
        return
    host.atomic_replace(file.real, file.before, meta)
    if meta:
        host.set_time(file.real, meta.mtime_ns)


def _sweep(change: StagedChange, pids: Iterable[int]) -> None:
    """Remove temporary files of runners that were killed while they wrote."""
    for pid in pids:
        for file in change.files:
            with contextlib.suppress(FileNotFoundError):
                host.remove(host.temporary(file.real, pid))


def _loaded_again(change: StagedChange) -> Back:
    begun = time.monotonic()
    method, seen = nginx_t(change, {})
    if seen.code != 0 and method != "lex":
        return Back(False, False, f"every file is as it was before, but nginx -t does not accept that now: {said(seen)}")
    if change.view is None:
        return Back(True, False, "every file is as it was before")
    try:
        done = reload(change.view, change.error_logs, time.monotonic() - begun)
    except OSError as error:
        return Back(False, False, f"every file is as it was before, but nginx could not be reloaded: {error.strerror or error}")
    if done.end != "taken":
        return Back(False, False, f"every file is as it was before, but nginx did not take them: {done.text}")
    return Back(True, False, f"every file is as it was before, nginx re-read them: {done.text}")


def undo_commands(change: StagedChange, done: int) -> tuple[str, ...]:
    """Undo the first `done` commands, last first, because a person asked for it; returns what stays, in words."""
    stays = []
    for command in reversed([command for fix in change.fixes for command in fix.commands][:done]):
        shown = neutral(" ".join(command.undo or command.argv))
        if command.undo is None:
            stays.append(f"{shown} cannot be undone")
            continue
        try:
            seen = host.command(command.undo, COMMAND_DEADLINE)
            if seen.code != 0:
                stays.append(f"{shown} failed: {neutral((seen.err or seen.out).strip()[-300:])}")
        except OSError as error:
            stays.append(f"{shown} failed: {error.strerror}")
    return tuple(stays)


def commands_done(seen: tuple[journal.Event, ...]) -> int:
    return sum(1 for event in seen if event.what == "result" and event.kind == "command" and event.ok)


def runners(place: Path) -> tuple[int, ...]:
    """Process ids of all runners that this journal had."""
    return tuple(event.pid for event in journal.events(place) if event.what == "runner")
