"""Flags of a file that forbid changing it, whoever asks (chattr)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct

_GET_FLAGS = 2 << 30 | struct.calcsize("l") << 16 | ord("f") << 8 | 1
"""FS_IOC_GETFLAGS: _IOR('f', 1, long), of which the kernel fills an int."""

_FORBIDDING = ((0x10, "+i"), (0x20, "+a"))
"""FS_IMMUTABLE_FL, FS_APPEND_FL; what chattr calls them."""


def forbidding(path: str) -> str:
    """The flag of a file or directory that forbids writing it anew, as chattr writes it ("+i", "+a"); '' where there is none, or it cannot be asked."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            (flags,) = struct.unpack_from("i", fcntl.ioctl(handle, _GET_FLAGS, bytes(struct.calcsize("l"))))
        finally:
            os.close(handle)
        return next((name for bit, name in _FORBIDDING if flags & bit), "")
    return ""
