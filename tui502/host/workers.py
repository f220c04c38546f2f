"""The worker processes of an nginx master, as the kernel shows them: quick enough to be asked fifty times a second."""

# ruff: noqa: PTH208
# system calls, by their own names
from __future__ import annotations

import os
from dataclasses import dataclass

from tui502.host.processes import read


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker: pid and start (clock ticks since boot) name it for ever; `leaving` once it serves open connections only."""

    pid: int
    started: int
    leaving: bool


def workers(master: int) -> frozenset[Worker]:
    """The living workers of a master; empty when there is none or the master is gone."""
    found = (_worker(pid, master) for pid in _children(master))
    return frozenset(worker for worker in found if worker)


def _children(master: int) -> list[int]:
    """From /proc/PID/task/PID/children, or, where the kernel has no such file, every process (its parent is looked at next)."""
    try:
        return [int(word) for word in read(f"/proc/{master}/task/{master}/children").split()]
    except OSError:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _worker(pid: int, master: int) -> Worker | None:
    try:
        fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        if int(fields[1]) != master or fields[0] in (b"Z", b"X"):
            return None
        title = read(f"/proc/{pid}/cmdline").replace(b"\0", b" ")
    except (OSError, IndexError, ValueError):
        return None
    if not title.startswith(b"nginx: worker process"):
        return None
    return Worker(pid, int(fields[19]), b"is shutting down" in title)
