"""Processes of the lab: tied to their parent, found by descent, ended for certain."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends: prctl(2), PR_SET_CHILD_SUBREAPER."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int, with_signal: int = signal.SIGKILL) -> None:
    """Get `with_signal` when process `parent` ends: prctl(2), PR_SET_PDEATHSIG. To be called in the child, after any change of user."""
    _prctl(PR_SET_PDEATHSIG, with_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


def tied(with_signal: int) -> Callable[[], None]:
    """A `preexec_fn` that ties the new process to this one."""
    parent = os.getpid()
    return lambda: die_with_parent(parent, with_signal)


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, from /proc/PID/stat; zombies do not count."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent = (entry / "stat").read_text("latin-1").rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found = []
    todo = [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def reap() -> None:
    """Collect every child that has ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def end_all(patience: float = 10.0) -> None:
    """Kill all descendants of this process and return when they are gone. Raises TimeoutError where one cannot be killed for `patience` seconds."""
    deadline = time.monotonic() + patience
    while left := descendants(os.getpid()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes {left} do not end")
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
        reap()
    reap()
