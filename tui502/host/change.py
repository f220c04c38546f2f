"""Everything that changes the host, each a small step that is whole or not done. Only `apply` may import this.

All functions raise OSError, with the path where there is one.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH104, PTH105, PTH108, PTH116, PTH118, PTH120, PTH211
# system calls, by their own names
from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal as signals
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tui502.host.paths import start_ticks
from tui502.host.run import run
from tui502.model.evidence import CommandSeen, Gap


@dataclass(frozen=True, slots=True)
class Meta:
    """What belongs to a file besides its content: permission bits, owner, extended attributes (ACL and label among them), links to it, time of change."""

    mode: int
    uid: int
    gid: int
    xattrs: Mapping[str, bytes]
    links: int
    mtime_ns: int


def meta(path: str, *, link: bool = False) -> Meta | None:
    """The attributes of a regular file (`link`: of a symbolic link), None where nothing is."""
    try:
        found = os.lstat(path)
        if not (stat.S_ISLNK if link else stat.S_ISREG)(found.st_mode):
            raise OSError(errno.EINVAL, f"no {'symbolic link' if link else 'regular file'}", path)
        xattrs = {name: os.getxattr(path, name, follow_symlinks=False) for name in _names(path)}
    except FileNotFoundError:
        return None
    return Meta(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, xattrs, found.st_nlink, found.st_mtime_ns)


def _names(path: str) -> list[str]:
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return []


def temporary(path: str, pid: int) -> str:
    """The name of the file that process `pid` writes beside `path` before the two change places."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.t502-{pid}")


def atomic_replace(path: str, data: bytes, like: Meta, in_place: Callable[[], object] | None = None) -> None:
    """Give the file at `path` (links resolved) the content `data`, in one step and synced; owner, mode and attributes as in `like`.

    A file with several hard links, or mounted by itself, is written in place; `in_place` is called right before, as that is not one step, and may forbid it by
    raising. A file that is not there is made by `new_files`.
    """
    if like.links > 1:
        write_in_place(path, data, in_place)
        return
    trial = temporary(path, os.getpid())
    try:
        handle = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _about(os.path.dirname(path), error) from error
    try:
        try:
            _fill(handle, data, like)
        finally:
            os.close(handle)
        os.replace(trial, path)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(trial)
        if not isinstance(error, OSError):
            raise
        if error.errno != errno.EBUSY:
            raise _about(path, error) from error
        write_in_place(path, data, in_place)
    sync_dir(os.path.dirname(path))


def _about(path: str, error: OSError) -> OSError:
    """The same failure, told of the path that a person knows instead of the file beside it."""
    return OSError(error.errno, error.strerror, path)


def _fill(handle: int, data: bytes, like: Meta) -> None:
    write_all(handle, data)
    own = os.fstat(handle)
    if (like.uid, like.gid) != (own.st_uid, own.st_gid):
        os.fchown(handle, like.uid, like.gid)
    for name, value in like.xattrs.items():
        _set_xattr(handle, name, value)
    os.fchmod(handle, like.mode)
    os.fsync(handle)


def _set_xattr(handle: int, name: str, value: bytes) -> None:
    """Labels may be out of our right: then the file has that of its directory, which is what a new file gets."""
    try:
        os.setxattr(handle, name, value)
    except OSError as error:
        if not (name.startswith(("security.", "trusted.")) and error.errno in (errno.EPERM, errno.EACCES, errno.ENOTSUP)):
            raise


def write_all(handle: int, data: bytes) -> None:
    """Write all of it to a descriptor."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def write_in_place(path: str, data: bytes, told: Callable[[], object] | None = None) -> None:
    """Write over a file that cannot change places with another. Not atomic: the journal must hold old and new, `told` is called first."""
    if told:
        told()
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        write_all(handle, data)
        os.ftruncate(handle, len(data))
        os.fsync(handle)
    finally:
        os.close(handle)


def set_time(path: str, mtime_ns: int) -> None:
    """Give a file back its time of change."""
    os.utime(path, ns=(os.stat(path).st_atime_ns, mtime_ns), follow_symlinks=False)


def remove(path: str) -> None:
    os.unlink(path)
    sync_dir(os.path.dirname(path))


def make_link(path: str, target: bytes, like: Meta | None) -> None:
    """A symbolic link at `path` that holds `target`, with the owner (where that is in our right) and time of `like`. Raises FileExistsError."""
    os.symlink(target, os.fsencode(path))
    if like:
        with contextlib.suppress(PermissionError):
            os.lchown(path, like.uid, like.gid)
        os.utime(path, ns=(like.mtime_ns, like.mtime_ns), follow_symlinks=False)
    sync_dir(os.path.dirname(path))


def sync_dir(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_dir(path: str, parents: bool = False) -> None:
    """A directory for us alone. An existing one is taken only if it is ours, no link, and closed to others: PermissionError otherwise."""
    if parents:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(errno.EACCES, "is not a directory of ours alone (0700)", path)


def write_new(path: str, data: bytes, mode: int = 0o600) -> None:
    """A new synced file. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        write_all(handle, data)
        os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)


def dress(path: str, like: Meta) -> None:
    """Give a copy the owner, mode and time of its original, so that `cp -p` brings all of it back; the owner only where that is in our right."""
    with contextlib.suppress(PermissionError):
        os.chown(path, like.uid, like.gid)
    os.chmod(path, like.mode)
    set_time(path, like.mtime_ns)


def move(source: str, target: str) -> None:
    """Rename, and sync the directory it happens in."""
    os.rename(source, target)
    sync_dir(os.path.dirname(target))


def append(path: str, data: bytes, synced: bool = True) -> None:
    """Add a line to a log of ours, in one write. One that a crash or a full disk cut before is ended first, so that it takes nothing along."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(handle).st_size
        cut = bool(size) and os.pread(handle, 1, size - 1) != b"\n"
        write_all(handle, b"\n" * cut + data)
        if synced:
            os.fsync(handle)
    finally:
        os.close(handle)


def signal(pid: int, started: int, signum: int) -> None:
    """Signal the process which is `pid` and began at `started` (field 22 of /proc/PID/stat), and no other. Raises ProcessLookupError when it is gone."""
    try:
        handle = os.pidfd_open(pid)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        _same(pid, started)
        os.kill(pid, signum)
        return
    try:
        _same(pid, started)
        signals.pidfd_send_signal(handle, signum)
    finally:
        os.close(handle)


def _same(pid: int, started: int) -> None:
    try:
        now = start_ticks(pid)
    except FileNotFoundError:
        now = -1
    if now != started:
        raise ProcessLookupError(errno.ESRCH, f"process {pid} is not the one it was")


def command(argv: tuple[str, ...], deadline: float) -> CommandSeen:
    """Run a command that changes something. Raises OSError when it cannot be started or does not end in time."""
    seen = run(argv, deadline)
    if isinstance(seen, Gap):
        code = {"denied": errno.EACCES, "absent": errno.ENOENT, "timeout": errno.ETIMEDOUT}.get(seen.why, errno.EIO)
        raise OSError(code, f"{seen.why}: {seen.source}", argv[0] if argv else "")
    return seen


@contextlib.contextmanager
def locked(path: str) -> Iterator[bool]:
    """Hold an exclusive lock on a file, made if missing, while the block runs; False when another process holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
