"""Look into the network namespace of an nginx that runs in a container."""

# ruff: noqa: PTH116
# paths are bytes of a hostile host to be handed to system calls as they are
from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from typing import TypeVar

from tui502.host.paths import is_same_process
from tui502.model.evidence import View

T = TypeVar("T")
CLONE_NEWNET = 0x40000000


def net_ns_of(pid: int | None) -> int:
    """The inode that names the network namespace of a process (None: ours), 0 where it may not be read."""
    try:
        return os.stat(f"/proc/{pid or 'self'}/ns/net").st_ino
    except OSError:
        return 0


def call_in_net_ns(view: View | None, work: Callable[[], T]) -> T:
    """The result of `work()` with the view's network: as it is where that is ours, else in a thread of its own which never comes back from there.

    Raises what `work` raises, OSError (EPERM) without the right to enter, ProcessLookupError when the master is gone.
    """
    if view is None or view.net_ns in (0, net_ns_of(None)):
        return work()
    done: list[T] = []
    failed: list[BaseException] = []

    def inside() -> None:
        try:
            _enter(view)
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller
            failed.append(error)

    thread = threading.Thread(target=inside, daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


def _enter(view: View) -> None:
    fd = os.open(f"/proc/{view.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not is_same_process(view):
            raise ProcessLookupError(f"nginx master {view.pid} is gone")
        if ctypes.CDLL(None, use_errno=True).setns(fd, CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(fd)
