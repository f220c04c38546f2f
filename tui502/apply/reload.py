"""A reload, and whether the master took it: new workers, or its [emerg] in the log."""

from __future__ import annotations

import re
import signal
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Literal

from tui502.host import change as host
from tui502.host.paths import real_path
from tui502.host.tail import Tail
from tui502.host.workers import Worker, workers
from tui502.model.evidence import View
from tui502.read.error_log import parse, records
from tui502.text import neutral

LEAST_PATIENCE = 6.0
"""Seconds to wait for an answer: a port clash takes nginx 2.5 s (five tries)."""

RETRIES = 3.0
"""Seconds that an [emerg] of bind() may still turn out well: nginx tries again."""

SETTLED = 1.0
"""Seconds after the new workers came, when they must still live: those that cannot start end at once and are not replaced."""

EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Reloaded:
    """`taken` new workers serve, `refused` nginx said why not and the old workers serve on, `unanswered` neither was seen in time, or only one of the two.
    `text` is for a person."""

    end: Literal["taken", "refused", "unanswered"]
    text: str


def reload(view: View, logs: tuple[str, ...], test_took: float) -> Reloaded:
    """Send SIGHUP to the verified master and wait for what it does. `logs` are the error logs it may write to, `test_took` the seconds `nginx -t` needed.

    Raises OSError (ProcessLookupError when the master is gone).
    """
    with ExitStack() as stack:
        tails = [stack.enter_context(closing(Tail(real_path(path, view)))) for path in logs]
        before = workers(view.pid)
        host.signal(view.pid, view.started, signal.SIGHUP)
        started = time.monotonic()
        return _wait(view.pid, before, tails, started, test_took)


def _wait(master: int, before: frozenset[Worker], tails: list[Tail], started: float, test_took: float) -> Reloaded:
    until = started + LEAST_PATIENCE + 2 * test_took
    old = {(worker.pid, worker.started) for worker in before}
    problems: list[bytes] = []
    since = 0.0
    while time.monotonic() < until:
        new = [worker for worker in workers(master) if not worker.leaving]
        if new and not any((worker.pid, worker.started) in old for worker in new):
            return _settled(master, before, new, time.monotonic() - started)
        problems += [line for tail in tails for line in emergencies(tail.new(), master)]
        since = since or (time.monotonic() if problems else 0.0)
        patience = RETRIES if problems and all(b"bind()" in line for line in problems) else max(10 * EVERY, test_took)
        if problems and time.monotonic() - since > patience:
            break
        time.sleep(EVERY)
    if problems:
        serve_on = any((worker.pid, worker.started) in old for worker in workers(master) if not worker.leaving)
        return Reloaded("refused" if serve_on else "unanswered", _words(problems))
    return Reloaded("unanswered", f"the master neither started new workers nor said why, in {time.monotonic() - started:.0f} s")


def _settled(master: int, before: frozenset[Worker], new: list[Worker], took: float) -> Reloaded:
    """New workers must outlive their start; a group that dies at once leaves a port that accepts and never answers."""
    until = time.monotonic() + SETTLED
    while time.monotonic() < until:
        living = [worker for worker in workers(master) if not worker.leaving]
        if not living:
            return Reloaded("unanswered", "the new workers ended at once")
        time.sleep(5 * EVERY)
    was = " ".join(str(worker.pid) for worker in sorted(before, key=lambda each: each.pid) if not worker.leaving)
    now = " ".join(str(worker.pid) for worker in sorted(new, key=lambda each: each.pid))
    return Reloaded("taken", f"master {master}, workers {was or 'none'} → {now} in {took * 1000:.0f} ms")


def emergencies(data: bytes, master: int) -> list[bytes]:
    """The records of level emerg that this master wrote, the first line of each; not what others log that looks like one."""
    found = (raw for raw in records(data) if b"[emerg]" in raw)
    return [raw.split(b"\n")[0] for raw in found if (record := parse(raw)).level == "emerg" and record.pid == master]


def _words(problems: list[bytes]) -> str:
    """nginx's own words, each once, without time and pid."""
    texts = [neutral(re.sub(rb"^.*?\[emerg\] \d+#\d+: ", b"", line)) for line in problems]
    return "; ".join(dict.fromkeys(texts))
