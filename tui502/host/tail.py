"""What is added to a log file from a moment on, across rotation and truncation."""

# ruff: noqa: PTH116
# system calls, by their own names
from __future__ import annotations

import os
import stat

MOST = 4 << 20
"""Bytes read at once; a log that grows faster between two questions is read on at the next."""


class Tail:
    """Reads whole lines that come after `path` was opened here. A file that is missing or no regular one has no lines until it is one."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle = -1
        self._offset = 0
        self._rest = b""
        self._open()
        if self._handle >= 0:
            self._offset = os.fstat(self._handle).st_size

    @property
    def is_open(self) -> bool:
        """Is there a file to read?"""
        return self._handle >= 0

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def new(self) -> bytes:
        """The lines added since the last call. Never raises OSError: what cannot be read is no line."""
        data = self._read()
        if self._moved():
            data += self._read()
            self.close()
            self._open()
            self._offset = 0
            data += self._read()
        whole, feed, rest = (self._rest + data).rpartition(b"\n")
        self._rest = rest[-MOST:]
        return whole + feed

    def _open(self) -> None:
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            return
        if stat.S_ISREG(os.fstat(handle).st_mode):
            self._handle = handle
        else:
            os.close(handle)

    def _read(self) -> bytes:
        if self._handle < 0:
            return b""
        if os.fstat(self._handle).st_size < self._offset:
            self._offset, self._rest = 0, b""
        try:
            data = os.pread(self._handle, MOST, self._offset)
        except OSError:
            return b""
        self._offset += len(data)
        return data

    def _moved(self) -> bool:
        """Whether the name now means another file, or a file at last."""
        try:
            there = os.stat(self.path)
        except OSError:
            return False
        if self._handle < 0:
            return True
        here = os.fstat(self._handle)
        return (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino)
