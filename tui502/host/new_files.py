"""Files and directories that were not there: made whole, and taken away again. Only `apply` may import this.

No symbolic link on the way to them is followed. All functions raise OSError, with the path.
"""

# ruff: noqa: PTH119, PTH120
# system calls, by their own names
from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from tui502.host.change import temporary, write_all

FILE, DIRECTORY = 0o644, 0o755
"""Modes of what is made: everybody reads it, its owner alone writes it. A label comes from the directory in which it is made."""

MADE_WITHIN = 60.0
"""Seconds that may lie between the announcement of a directory and its making."""

_PLACE = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def _beside(path: str) -> Iterator[tuple[int, str]]:
    """The directory in which `path` lies, entered step by step from the root, and the name in it."""
    handle = os.open("/", _PLACE)
    try:
        for part in filter(None, os.path.dirname(path).split("/")):
            inside = os.open(part, _PLACE, dir_fd=handle)
            os.close(handle)
            handle = inside
        yield handle, os.path.basename(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, path) from error
    finally:
        os.close(handle)


def _sync(folder: int) -> None:
    handle = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def create(path: str, data: bytes) -> None:
    """A new file, there with all its content or not at all, and synced. Raises FileExistsError when anything is there."""
    with _beside(path) as (folder, name):
        trial = os.path.basename(temporary(path, os.getpid()))
        handle = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        try:
            try:
                write_all(handle, data)
                os.fchmod(handle, FILE)
                os.fsync(handle)
            finally:
                os.close(handle)
            os.link(trial, name, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(trial, dir_fd=folder)
        _sync(folder)


def make_dir(path: str) -> int:
    """A new directory; returns its inode. Raises FileExistsError when anything is there."""
    with _beside(path) as (folder, name):
        os.mkdir(name, DIRECTORY, dir_fd=folder)
        handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            found = os.fstat(handle)
            os.fchmod(handle, DIRECTORY | (found.st_mode & stat.S_ISGID))
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync(folder)
        return found.st_ino


def remove_dir(path: str, inode: int = 0, announced: float = 0.0) -> bool:
    """Take a directory of ours away if nothing is in it; whether it is gone. `inode`: only that one. `announced`, where no inode is known: only one that came
    within a minute of that time (epoch seconds) and was not touched since."""
    try:
        with _beside(path) as (folder, name):
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            fits = found.st_ino == inode if inode else not announced or -1.0 < found.st_mtime - announced < MADE_WITHIN
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or not fits:
                return False
            os.rmdir(name, dir_fd=folder)
            _sync(folder)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    return True
