"""One process looked at closely, by psutil: whose it is in words, its terminal, what it uses and how much it may.

Of all processes at once psutil is not asked: `host.processes` reads them from /proc. For 500 processes that takes 50 ms; psutil takes 60 ms when it has seen
them before and 88 ms when it has not (and 30 ms to be imported), and would still leave the further groups and the control group to be read beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tui502.host.paths import gap_of
from tui502.model.evidence import Gap, ProcessSeen

if TYPE_CHECKING:
    import psutil

T = TypeVar("T")

WATCHED = 0.1
"""Seconds over which the use of the processor is measured."""

SAME = 2.0
"""Seconds by which the start of one process may be told differently: the boot time moves with every correction of the clock."""

MOST_FILES = 200
"""Descriptors of a process whose open files are listed: an editor has a handful, a server thousands."""


def details(pid: int, started: float) -> ProcessSeen | Gap:
    """The process `pid` that began at `started` (epoch seconds); a gap "absent" when it is gone or another has its pid. Takes WATCHED seconds."""
    import psutil

    try:
        found = psutil.Process(pid)
        if abs(found.create_time() - started) > SAME:
            return Gap(f"process {pid}", "absent", "")
        return _seen(found)
    except psutil.NoSuchProcess:
        return Gap(f"process {pid}", "absent", "")
    except psutil.AccessDenied:
        return Gap(f"process {pid}", "denied", "sudo tui502")
    except OSError as error:
        return gap_of(f"process {pid}", error, "sudo tui502")


def _seen(found: psutil.Process) -> ProcessSeen:
    import psutil

    count = _if_allowed(found.num_fds)
    limit = _if_allowed(lambda: found.rlimit(psutil.RLIMIT_NOFILE)[0])
    files = _if_allowed(found.open_files) if count is not None and count <= MOST_FILES else None
    memory = _if_allowed(found.memory_info)
    return ProcessSeen(
        found.pid, found.username(), (found.terminal() or "").removeprefix("/dev/"), found.cpu_percent(WATCHED) / 100, memory.rss if memory else None,
        count, limit, tuple(file.path for file in files or ()),
    )  # fmt: skip


def _if_allowed(look: Callable[[], T]) -> T | None:
    """What a look gives, None where the right to it is missing."""
    import psutil

    try:
        return look()
    except (psutil.AccessDenied, PermissionError):
        return None
