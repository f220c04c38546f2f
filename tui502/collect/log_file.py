"""A log's file: opened without ever waiting for one, and the piece of a log that one inode holds."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tui502.model.evidence import Gap
from tui502.read.counts import Stream

LAST = 64
"""Bytes before the end that are remembered: where they changed, the file was truncated and is longer again by now."""


@dataclass(eq=False)
class Segment:
    """What is read of one file. [begin, end) has been read forwards, `line` is where its last, unfinished line begins; [history, begin) is tallied
    backwards and `carry` the piece of a record found before that; lines are numbered from `shown` on. `stream` cuts its records, `ident` is (device,
    inode); `held` that nginx was seen to write into it though no name leads to it."""

    fd: int
    ident: tuple[int, int]
    stream: Stream
    begin: int = 0
    line: int = 0
    end: int = 0
    history: int = 0
    shown: int = 0
    carry: bytes = b""
    closed: bool = False
    held: bool = False
    last: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start_at(self, offset: int) -> None:
        self.begin = self.line = self.end = self.history = self.shown = offset

    def close(self) -> None:
        with self._lock:
            if not self.closed:
                os.close(self.fd)
                self.closed = True

    def read(self, offset: int, n: int) -> bytes:
        """Up to `n` bytes at `offset`; b"" at the end, when it is closed, or when the disk does not give them."""
        with self._lock:
            if self.closed:
                return b""
            try:
                return os.pread(self.fd, n, offset)
            except OSError:
                return b""

    def goes_on(self) -> bool:
        """Whether what follows the end that was read belongs behind it."""
        return self.closed or self.size() == self.end or self.read(self.end - len(self.last), len(self.last)) == self.last

    def size(self) -> int:
        """Bytes of the file; when it is closed, what was read of it."""
        with self._lock:
            return self.end if self.closed else os.fstat(self.fd).st_size


def open_log(path: str) -> int | Gap:
    """A descriptor for reading the regular file at `path`, or why there is none. Never waits: a FIFO or device is not opened at all."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            return Gap(path, "unreadable", "not a regular file")
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        return gap_of(path, error)
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return Gap(path, "unreadable", "not a regular file")


def open_held(held: str) -> int | None:
    """A descriptor of our own for the regular file that stands behind "PID/FD:DEVICE:INODE", None where that is another one by now."""
    place, dev, ino = held.rsplit(":", 2)
    pid, fd = place.split("/")
    opened = open_log(f"/proc/{pid}/fd/{fd}")
    if isinstance(opened, Gap):
        return None
    if ident_of(opened) == (int(dev), int(ino)):
        return opened
    os.close(opened)
    return None


def gap_of(path: str, error: OSError) -> Gap:
    """Why `path` could not be looked at."""
    if isinstance(error, PermissionError):
        return Gap(path, "denied", "sudo tui502")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Gap(path, "absent", "")
    return Gap(path, "unreadable", error.strerror or "")


def ident_of(path: str | int) -> tuple[int, int] | Gap:
    """(device, inode) of the file at `path` or of a descriptor, or why it cannot be told."""
    try:
        found = os.fstat(path) if isinstance(path, int) else Path(path).stat()
    except OSError as error:
        return gap_of(str(path), error)
    return found.st_dev, found.st_ino
