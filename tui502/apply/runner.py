"""The process that carries one change through, on its own: precheck, write, test, commands, reload, watch, decide, put back if need be, receipt.

It is started by `launch` outside the terminal's session and heeds no hang-up; what it does stands in the journal before it is done.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from tui502.apply import journal, receipts, replays
from tui502.apply.ending import stopped
from tui502.apply.live import make_live
from tui502.apply.precheck import precheck
from tui502.apply.resume import resume
from tui502.apply.settle import settle
from tui502.apply.work import Run, Stop
from tui502.host import change as host
from tui502.host.paths import start_ticks
from tui502.host.processes import runs
from tui502.model.changes import Receipt

DETACH = "TUI502_DETACH"
"""Set by `launch` where no service manager holds the runner: it then leaves its parent by itself."""

PATIENCE = 2.0
"""Seconds that the lock may be held before it is taken for another change's: a runner of this very journal says so right after it has the lock, and who
starts up holds it for a moment."""

EVERY = 0.05


def run(path: str) -> int:
    """Carry the change of this journal through, or recover it if another runner began it. 0 when it has a receipt afterwards."""
    detach()
    place, until = Path(path), time.monotonic() + PATIENCE
    while True:
        with host.locked(str(place.parent / journal.LOCK)) as free:
            if free:
                _work(place)
                return 0
        seen = [event for event in journal.events(place) if event.what == "runner"]
        if journal.receipt(place) or (seen and runs(seen[-1].pid, seen[-1].started)):
            return 0
        if time.monotonic() > until:
            if not seen:
                receipts.give(place, "REFUSED", "another change is still being decided: keep it or put it back first", journal.head(place).change.baseline)
            return 0
        time.sleep(EVERY)


def _work(place: Path) -> None:
    """With the lock held: begin the change, or end what another runner began."""
    if journal.receipt(place):
        return
    if journal.has_happened(journal.events(place), "runner"):
        journal.tell(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
        resume(place)
        return
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    try:
        carry_through(place)
    except Exception as error:  # noqa: BLE001 - whatever it is, the change must not stay undecided
        journal.tell(place, "crashed", text=f"{type(error).__name__}: {error}")
        resume(place)


def detach() -> None:
    """Out of reach of the terminal: own session, no standard streams, deaf to hang-up, interrupt and termination."""
    for signum in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(signum, _deaf)
    os.chdir("/")
    if not os.environ.pop(DETACH, ""):
        return
    if os.fork():
        os._exit(0)
    with contextlib.suppress(PermissionError):
        os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)


def _deaf(signum: int, frame: object) -> None:
    """A handler that does nothing: unlike SIG_IGN it is not handed down to the services that a command starts."""


def carry_through(place: Path) -> Receipt:
    """All of it, once. Never leaves without a receipt unless the journal itself cannot be written (then recovery finds it)."""
    head = journal.head(place)
    work = Run(place, head, head.change.baseline)
    try:
        precheck(work)
        statuses, alive = replays.before(head.change), replays.alive(head.change)
        work.before = replace(head.change.baseline, statuses=statuses, peer=replays.all_answer(replays.mended(head.change), alive))
        journal.note(place, "figures", figures=work.before)
        make_live(work)
    except Stop as stop:
        return stopped(work, stop)
    return settle(work, alive)
