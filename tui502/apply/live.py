"""The steps that make a change live: write, test again in place, run its commands, reload."""

from __future__ import annotations

import errno
import time
from dataclasses import replace
from functools import partial

from tui502.apply import back, foreign, journal, new_file
from tui502.apply.checks import in_place
from tui502.apply.disk import would_load
from tui502.apply.precheck import as_staged, same_loads
from tui502.apply.reload import reload
from tui502.apply.tester import nginx_t, said
from tui502.apply.work import Run, Stop, step, steps_of
from tui502.collect.carry_out import carry_out
from tui502.host import change as host
from tui502.model.changes import StagedChange, Step
from tui502.model.evidence import Look
from tui502.text import neutral

NEVER_RAN = (errno.ENOENT, errno.EACCES)
"""Errors after which a command has had no effect, since it was not started."""

READY_EVERY = 0.2
READY_ONCE = 2.0
"""Seconds for one question whether a command has succeeded; `Look.deadline` of `Command.ready` is the time for all of them."""


def make_live(work: Run) -> None:
    """Write, test, run the commands, reload; nothing where somebody saved something while requests were replayed.

    Raises Stop, or OSError when the journal cannot be written: nothing is changed then."""
    change = work.change
    same_loads(change.loads, would_load(change))
    journal.note(work.place, "applying")
    for one in steps_of(change, "write"):
        step(work, one, partial(_write, work, one))
    work.loads = would_load(change) if change.files else change.loads
    for one in steps_of(change, "test"):
        step(work, one, partial(_test, work, one))
    for one in steps_of(change, "command"):
        step(work, one, partial(_command, work, one))
    for one in steps_of(change, "reload"):
        step(work, one, lambda: _reload(work))
    journal.tell(work.place, "applied", text=foreign.written(foreign.ids(foreign.present(change))))


def _write(work: Run, one: Step) -> str:
    file, meta = work.change.files[one.file or 0], work.head.metas[one.file or 0]
    as_staged(file)
    work.wrote = True
    stays = ""
    if file.after is None:
        host.remove(file.real)
        stays = new_file.clear(file)
    elif file.link:
        host.make_link(file.real, file.after, meta)
    elif meta is None:
        new_file.make(work, file, one.file or 0)
    else:
        host.atomic_replace(file.real, file.after, meta, partial(journal.note, work.place, "in_place", n=one.file or 0))
    if back.unfinished(journal.events(work.place)):
        journal.tell(work.place, "whole", n=one.file or 0)
    return f"{neutral(file.path)}{f'; {stays}' if stays else ''}"


def _test(work: Run, one: Step) -> str:
    if one.command:
        return in_place(one.command.argv, work.said.get(one.command.argv))
    method, seen = nginx_t(work.change, {})
    if seen.code != 0:
        raise Stop(f"nginx -t: {said(seen)}")
    return f"nginx -t passed ({method})"


def _command(work: Run, one: Step) -> str:
    if one.command is None:
        raise Stop("a step without its command")
    work.commands += 1
    try:
        seen = host.command(one.command.argv, back.COMMAND_DEADLINE)
    except OSError as error:
        work.commands -= error.errno in NEVER_RAN
        raise
    words = neutral((seen.err or seen.out).strip()[-500:])
    if seen.code != 0:
        raise Stop(f"{neutral(' '.join(one.command.argv))} ended with {seen.code}: {words}")
    if one.command.ready and not _ready(one.command.ready, work.change):
        if work.wrote:
            raise Stop("the command ended well, but what it starts does not answer", unclear=True)
        return f"{words or 'done'}; not ready yet"
    return words or "done"


def _ready(wanted: Look, change: StagedChange) -> bool:
    """Ask until the command's success shows, or its time is up."""
    until = time.monotonic() + wanted.deadline
    while True:
        seen = carry_out(replace(wanted, deadline=min(wanted.deadline, READY_ONCE)), change.view).value
        if getattr(seen, "end", "") in ("connected", "answered") or getattr(seen, "code", 1) == 0:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(READY_EVERY)


def _reload(work: Run) -> str:
    if work.change.view is None:
        raise Stop("nginx does not run, so it cannot be reloaded")
    same_loads(work.loads, would_load(work.change))
    journal.note(work.place, "reloading")
    served = foreign.ids(foreign.present(work.change))
    done = reload(work.change.view, work.change.error_logs, work.test_took)
    if done.end == "refused":
        raise Stop(f"nginx refused the reload: {done.text}", served=served)
    if done.end == "unanswered":
        raise Stop(done.text, loaded=True)
    return done.text
