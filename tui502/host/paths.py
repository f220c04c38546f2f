"""A path as an nginx master sees it, opened so that nothing blocks and no link leads out of the master's root."""

# ruff: noqa: PTH116
# paths are bytes of a hostile host to be handed to system calls as they are
from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui502.model.evidence import Gap, View

MOST_LINKS = 40
"""As many symbolic links does the kernel follow in one path."""

OnStep = Callable[[int, str], None]

_OWN_FD = re.compile(r"/dev/(?:std(in|out|err)|fd/(\d+))\Z|/proc/self/fd/(\d+)\Z")
_WHY = {
    errno.ENOENT: "absent",
    errno.ENOTDIR: "absent",
    errno.ESRCH: "absent",
    errno.ENXIO: "absent",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ETIMEDOUT: "timeout",
}


def gap_of(source: str, error: OSError, hint: str = "") -> Gap:
    """The gap that an error of the kernel leaves; `hint` says how to close it and is kept only where a right is missing."""
    why = _WHY.get(error.errno or 0, "unreadable")
    return Gap(source, why, hint if why == "denied" else "")  # type: ignore[arg-type]


def start_ticks(pid: int) -> int:
    """Field 22 of /proc/PID/stat: clock ticks from boot to the start of the process. Raises OSError when it is gone."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[19])


def is_same_process(view: View) -> bool:
    """Whether the master still is the process it was when it was found."""
    try:
        return start_ticks(view.pid) == view.started
    except (OSError, IndexError, ValueError):
        return False


def same_root(view: View | None) -> bool:
    """Whether the view's "/" is our own directory: then its programs are those of this host, be its mount namespace private or not."""
    if view is None or view.local:
        return True
    try:
        theirs, ours = os.stat(f"/proc/{view.pid}/root/"), os.stat("/")
    except OSError:
        return False
    return (theirs.st_dev, theirs.st_ino) == (ours.st_dev, ours.st_ino)


def real_path(path: str, view: View | None) -> str:
    """Where `path` of the view can be opened from here: the path itself, or the one below /proc/PID/root."""
    own = _own_descriptor(path, view)
    if own:
        return own
    return path if view is None or view.local else f"/proc/{view.pid}/root{path}"


def _own_descriptor(path: str, view: View | None) -> str:
    """/dev/stderr and its like mean the descriptor of the process that opens them: for a view that of the master."""
    found = _OWN_FD.match(path)
    if view is None or not found:
        return ""
    name, *numbers = found.groups()
    number = {"in": "0", "out": "1", "err": "2"}[name] if name else numbers[0] or numbers[1]
    return f"/proc/{view.pid}/fd/{number}"


@contextmanager
def open_path(path: str, view: View | None) -> Iterator[tuple[int, str]]:
    """An O_PATH descriptor of what `path` names in the view, and that path with links resolved. Opening it has no effect on a FIFO or device.

    Raises OSError (ESRCH when the master is gone, ELOOP) and ValueError for a path with a NUL.
    """
    own = _own_descriptor(path, view)
    if view is not None and (own or not view.local) and not is_same_process(view):
        raise ProcessLookupError(errno.ESRCH, "the nginx master is gone")
    if view is None or view.local or own:
        fd, real = os.open(own or path, os.O_PATH | os.O_CLOEXEC), os.path.realpath(own or path)
    else:
        fd, real = walk(f"/proc/{view.pid}/root", path)
    try:
        yield fd, real
    finally:
        os.close(fd)


def walk(root: str, path: str, on_step: OnStep | None = None) -> tuple[int, str]:
    """Like chroot(root), open(path): links, absolute ones too, are followed inside of `root` only. `on_step` is told of every directory, link and file on
    the way, with a descriptor that is good for the moment, and the path to it. Raises OSError with the name that stopped it."""
    flags = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
    stack, names = [os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)], list[str]()
    parts, links = path.split("/")[::-1], 0
    try:
        if on_step:
            on_step(stack[0], "/")
        while parts:
            part = parts.pop()
            if part in ("", "."):
                continue
            if part == "..":
                _up(stack, names)
                continue
            fd = os.open(part, flags, dir_fd=stack[-1])
            stack.append(fd)
            names.append(part)
            if on_step:
                on_step(fd, "/" + "/".join(names))
            if stat.S_ISLNK(os.fstat(fd).st_mode):
                links += 1
                if links > MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                target = os.readlink("", dir_fd=fd)
                _up(stack, names)
                while target.startswith("/") and names:
                    _up(stack, names)
                parts.extend(target.split("/")[::-1])
        return stack.pop(), "/" + "/".join(names)
    finally:
        for fd in stack:
            os.close(fd)


def _up(stack: list[int], names: list[str]) -> None:
    if names:
        os.close(stack.pop())
        names.pop()
