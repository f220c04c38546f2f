"""Putting back what a change wrote: all hashes first, then restore, test, reload. Used by the runner and by recovery alike."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from tui502.apply import foreign, journal
from tui502.apply.backwards import backwards
from tui502.apply.disk import difference, on_disk, sha, would_load
from tui502.apply.new_file import again, theirs, unmake
from tui502.apply.reload import reload
from tui502.apply.tester import nginx_t, said, trap
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
    """Whether files are as before and nginx runs what it ran before. `conflict`: somebody else changed something meanwhile, and nothing was touched."""

    ok: bool
    conflict: bool
    text: str


@dataclass(frozen=True)
class _Ours:
    """A file to be put back, its attributes, and its number in the journal (from 0)."""

    file: FileChange
    meta: host.Meta | None
    n: int


def state(file: FileChange, cut: bool) -> State:
    """Where a file stands. `cut` says that a runner ended while it wrote it in place: then it may begin as one text and end as the other."""
    now = on_disk(file)
    if now == sha(file.before):
        return "old"
    return "new" if now == sha(file.after) or (cut and _is_mixed(file)) else "other"


def _is_mixed(file: FileChange) -> bool:
    seen = look.read_file(file.real)
    if isinstance(seen, Gap) or file.link or file.before is None or file.after is None:
        return False
    return _joined(seen.data, file.after, file.before) or _joined(seen.data, file.before, file.after)


def _joined(data: bytes, begins: bytes, ends: bytes) -> bool:
    """Whether `data` is a beginning of one text, written over the other."""
    same = next((n for n, (a, b) in enumerate(zip(data, begins, strict=False)) if a != b), min(len(data), len(begins)))
    return data[same:] == ends[same:]


def unfinished(seen: tuple[journal.Event, ...]) -> frozenset[int]:
    """The files (from 0) that a runner began to write in place and may not have written to the end."""
    last = {event.n: event.what for event in seen if event.what in ("in_place", "whole")}
    return frozenset(n for n, what in last.items() if what == "in_place")


def put_back(place: Path, head: journal.Head, loaded: bool, since: foreign.Ids = frozenset()) -> Back:
    """Restore every file; `loaded` says that nginx may run the new text and must re-read. `since` are the workers that must still serve then, as far as
    nobody has watched them."""
    change, seen = head.change, journal.events(place)
    _sweep(change, (event.pid for event in seen if event.what == "runner"))
    cut = unfinished(seen)
    not_made = theirs(seen)
    states: list[State] = ["old" if n in not_made else state(file, n in cut) for n, file in enumerate(change.files)]
    if odd := [file.path for file, now in zip(change.files, states, strict=True) if now == "other"]:
        return Back(False, True, f"{', '.join(map(neutral, odd))} is neither as before nor as we left it: nothing was touched")
    ours = [_Ours(file, meta, n) for n, (file, meta, now) in enumerate(zip(change.files, head.metas, states, strict=True)) if now == "new"]
    if (ours or loaded) and (why := foreign.interference(change, since, foreign.present(change))):
        return Back(False, True, f"{why}: nothing was touched")
    _retimed(change, head, states, seen)
    broken = [each for each in ours if each.file.real in change.frees] if loaded else []
    if problem := _restored(place, (each for each in ours if each not in broken)):
        return Back(False, False, problem)
    done = _loaded_again(change, bool(broken)) if loaded else Back(True, False, "every file is as it was before")
    if problems := tuple(filter(None, (_restored(place, broken), _unmade(change, seen), _told_systemd(change, seen)))):
        return Back(False, False, "; ".join(problems))
    stays = [each.file.path for each in broken if not each.file.link]
    return replace(done, text=f"{done.text}; what stays loaded is {', '.join(map(neutral, stays))} as it was mended") if stays and done.ok else done


def _retimed(change: StagedChange, head: journal.Head, states: list[State], seen: tuple[journal.Event, ...]) -> None:
    """Give the time of change back to files which a runner restored that was killed right after."""
    if sum(event.what == "putting_back" for event in seen) < 2:
        return
    for file, meta, now in zip(change.files, head.metas, states, strict=True):
        if now == "old" and meta and not file.link:
            with contextlib.suppress(OSError):
                host.set_time(file.real, meta.mtime_ns)


def _restored(place: Path, files: Iterable[_Ours]) -> str:
    """Put these files back; what went wrong, or ''. Files that nginx would not load come back last, when it has read the others."""
    for each in files:
        try:
            _restored_one(place, each)
        except OSError as error:
            return f"{neutral(str(error.filename or ''))}: {error.strerror}: not put back"
        if on_disk(each.file) != sha(each.file.before):
            return "a file did not come back as it was"
    return ""


def _restored_one(place: Path, each: _Ours) -> None:
    told = partial(journal.tell, place, n=each.n)
    try:
        restore(each.file, each.meta, told)
    except OSError as error:
        if error.errno != errno.ENOSPC or not journal.spare(place):
            raise
        restore(each.file, each.meta, told)


def restore(file: FileChange, meta: host.Meta | None, told: Callable[..., object]) -> None:
    """One file as it was, its time too. `told` notes in the journal what is done, by its word. Raises OSError."""
    if file.before is None:
        host.remove(file.real)
        return
    again(file, told)
    if file.link:
        host.make_link(file.real, file.before, meta)
        return
    if meta is None:
        raise OSError(errno.EINVAL, "the journal does not say whose it was", file.real)
    host.atomic_replace(file.real, file.before, meta, partial(told, "in_place"))
    host.set_time(file.real, meta.mtime_ns)


def _unmade(change: StagedChange, seen: tuple[journal.Event, ...]) -> str:
    """Take away the directories that were made for new files; what went wrong, or ''."""
    try:
        unmake((file for file in change.files if file.before is None), seen)
    except OSError as error:
        return f"{neutral(str(error.filename or ''))}: {error.strerror}: the directory made for it stays"
    return ""


def _told_systemd(change: StagedChange, seen: tuple[journal.Event, ...]) -> str:
    """Where systemd has read the files that went back, have it read them again, which restarts nothing; what went wrong, or ''."""
    begun = [command.argv for fix in change.fixes for command in fix.commands][: commands_begun(seen)]
    argv = next((argv for argv in begun if argv[-1:] == ("daemon-reload",)), None)
    if argv is None:
        return ""
    try:
        done = host.command(argv, COMMAND_DEADLINE)
    except OSError as error:
        return f"{' '.join(argv)}: {error.strerror}: systemd still knows the files as they were changed"
    return "" if done.code == 0 else f"{' '.join(argv)} failed: {neutral((done.err or done.out).strip()[-300:])}"


def _sweep(change: StagedChange, pids: Iterable[int]) -> None:
    """Remove temporary files of runners that were killed while they wrote."""
    for pid in pids:
        for file in change.files:
            with contextlib.suppress(OSError):  # one that stays harms nobody, and must not keep the files from going back
                host.remove(host.temporary(file.real, pid))


def _loaded_again(change: StagedChange, partly: bool) -> Back:
    """Have nginx read the files again; `partly`: some of ours are still to come."""
    begun = time.monotonic()
    if why := trap(change):
        return Back(False, False, f"every file is as it was before, but nginx was not told to read them: {neutral(why.partition(': ')[2])}")
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
    if others := () if partly else difference(change.loads, would_load(change)):
        return Back(False, False, f"every file of ours is as it was before, but nginx loaded what somebody else changed too: {', '.join(map(neutral, others))}")
    return Back(True, False, f"every file is as it was before, nginx re-read them: {done.text}")


def undo_commands(change: StagedChange, done: int) -> tuple[str, ...]:
    """Undo the first `done` commands, last first, because a person asked for it; returns what stays, in words."""
    stays = []
    for command in backwards([command for fix in change.fixes for command in fix.commands][:done]):
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


def commands_begun(seen: tuple[journal.Event, ...]) -> int:
    """How many commands may have had an effect, whatever they ended with."""
    return sum(1 for event in seen if event.what == "begin" and event.kind == "command")
