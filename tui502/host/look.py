"""Files and directories, looked at without changing or blocking on anything."""

# ruff: noqa: PTH115, PTH118
# paths are bytes of a hostile host to be handed to system calls as they are
from __future__ import annotations

import itertools
import os
import shlex
import stat

from tui502.host.paths import gap_of, open_path
from tui502.model.evidence import FileSeen, Gap, View

FILE_CAP = 10 << 20
"""Bytes of a file that are read at most."""

TRIES = 5
"""Times that a file is read which is being written."""

MOST_NAMES = 200_000
"""Entries of a directory that are listed at most."""

_KINDS = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "dir"), (stat.S_ISFIFO, "fifo"), (stat.S_ISSOCK, "socket"), (stat.S_ISLNK, "link"))


def read_file(path: str, view: View | None = None, cap: int = FILE_CAP) -> FileSeen | Gap:
    """The file at `path` of the view. Only a regular file of at most `cap` bytes is opened for reading, all else is described (`data` empty)."""
    hint = f"sudo cat {shlex.quote(path)}"
    try:
        with open_path(path, view) as (fd, real):
            data, cut, found = _steady(fd, cap)
            return _seen(real, data, cut, found, _target(path, view))
    except FileNotFoundError as error:
        return _dangling(path, view) or gap_of(path, error, hint)
    except OSError as error:
        return gap_of(path, error, hint)
    except ValueError:
        return Gap(path, "unreadable", "")


def _steady(fd: int, cap: int) -> tuple[bytes, bool, os.stat_result]:
    """The content of a file, whether it is longer, and what belongs to it: read anew where it was written meanwhile, so that the halves of two texts do
    not pass for one. A file that never comes to rest is taken as it is at last."""
    found = os.fstat(fd)
    for _ in range(TRIES):
        if not stat.S_ISREG(found.st_mode) or found.st_size > cap:
            return b"", stat.S_ISREG(found.st_mode), found
        before, (data, cut) = found, _content(fd, cap)
        found = os.fstat(fd)
        if (before.st_size, before.st_mtime_ns) == (found.st_size, found.st_mtime_ns):
            break
    return data, cut, found


def _content(fd: int, cap: int) -> tuple[bytes, bool]:
    """What the regular file behind the O_PATH descriptor holds, up to `cap` bytes, and whether there is more by now."""
    opened = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        parts, left = [], cap + 1
        while left and (part := os.read(opened, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(opened)
    data = b"".join(parts)
    return data[:cap], len(data) > cap


def kind_of(mode: int) -> str:
    """The kind of a file, as `FileSeen.kind` has it, from its `st_mode`."""
    return next((name for test, name in _KINDS if test(mode)), "device")


def _seen(real: str, data: bytes, cut: bool, found: os.stat_result, link: str) -> FileSeen:
    return FileSeen(
        real, data, cut, kind_of(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, found.st_dev, found.st_ino,
        found.st_nlink, found.st_size, found.st_mtime_ns, found.st_ctime_ns, link,
    )  # fmt: skip


def _target(path: str, view: View | None) -> str:
    """What the last part of `path` holds where it is a symbolic link, else ''."""
    try:
        if view is None or view.local:
            return os.readlink(path)
        folder, _, name = path.rpartition("/")
        with open_path(folder or "/", view) as (fd, _):
            return os.readlink(name, dir_fd=fd)
    except OSError:
        return ""


def read_link(path: str) -> bytes | Gap:
    """What the symbolic link at `path` holds; a gap "absent" where nothing is, "unreadable" where something else is."""
    try:
        return os.fsencode(os.readlink(path))
    except OSError as error:
        return gap_of(path, error)
    except ValueError:
        return Gap(path, "unreadable", "")


def _dangling(path: str, view: View | None) -> FileSeen | None:
    """The link at `path` that leads nowhere, if there is one; in a foreign root only a last component can be seen to be one."""
    try:
        if view is None or view.local:
            return _link(os.lstat(path), os.path.realpath(path), os.readlink(path))
        folder, _, name = path.rpartition("/")
        with open_path(folder or "/", view) as (fd, real):
            found = os.lstat(name, dir_fd=fd)
            target = os.readlink(name, dir_fd=fd)
            return _link(found, os.path.normpath(os.path.join(real, target)), target)
    except OSError:
        return None


def _link(found: os.stat_result, real: str, target: str) -> FileSeen | None:
    return _seen(real, b"", False, found, target) if stat.S_ISLNK(found.st_mode) else None


def list_dir(path: str, view: View | None = None) -> tuple[str, ...] | Gap:
    """The names in a directory, sorted as bytes; a gap "unreadable" when there are more than MOST_NAMES."""
    hint = f"sudo ls -a {shlex.quote(path)}"
    try:
        with open_path(path, view) as (fd, _):
            if not stat.S_ISDIR(os.fstat(fd).st_mode):
                return Gap(path, "absent", "")
            with os.scandir(f"/proc/self/fd/{fd}") as entries:
                names = [entry.name for entry in itertools.islice(entries, MOST_NAMES + 1)]
    except OSError as error:
        return gap_of(path, error, hint)
    except ValueError:
        return Gap(path, "unreadable", "")
    return tuple(sorted(names, key=os.fsencode)) if len(names) <= MOST_NAMES else Gap(path, "unreadable", "")
