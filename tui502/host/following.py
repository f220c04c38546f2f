"""A program that goes on printing, read without ever waiting for it; it ends when we do."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys

from tui502.host.paths import gap_of
from tui502.host.run import ENVIRONMENT, PATH, owner_of
from tui502.model.evidence import Gap

SAID_CAP = 4096
"""Bytes of its standard error that are kept."""

PR_SET_PDEATHSIG = 1
_START = (
    f"import ctypes, os, sys\nctypes.CDLL(None).prctl({PR_SET_PDEATHSIG}, {int(signal.SIGTERM)}, 0, 0, 0)\n"
    "if os.getppid() == int(sys.argv[1]):\n    os.execv(sys.argv[2], sys.argv[2:])\n"
)
"""What an interpreter of its own does before it becomes the program. Between fork and exec no code of ours may run: other threads may hold any lock."""


class Following:
    """A running program. The kernel ends it when the thread ends that started it, in whatever way that comes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._said = b""
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)

    def read(self, most: int) -> bytes:
        """What it printed since, up to `most` bytes."""
        parts, left = list[bytes](), most
        while left > 0 and (part := _some(self._process.stdout, min(left, 1 << 16))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def said(self) -> bytes:
        """The begin of its standard error."""
        while part := _some(self._process.stderr, 1 << 16):
            self._said = (self._said + part)[:SAID_CAP]
        return self._said

    def code(self) -> int | None:
        """What it ended with, None while it runs."""
        return self._process.poll()

    def close(self) -> None:
        """End it. One that does not within a second is left to the kernel."""
        if self._process.poll() is None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


def follow(argv: tuple[str, ...]) -> Following | Gap:
    """Start `argv`, which may be nothing but a program of root's or ours, with a bare environment and no shell."""
    source = shlex.join(argv)
    path = shutil.which(argv[0], path=PATH)
    if path is None:
        return Gap(source, "absent", "")
    if owner_of((path, *argv[1:])) != os.geteuid():
        return Gap(source, "denied", source)
    try:
        process = subprocess.Popen(
            (sys.executable, "-I", "-S", "-c", _START, str(os.getpid()), path, *argv[1:]), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=ENVIRONMENT, cwd="/", start_new_session=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return gap_of(source, error, f"sudo {source}") if isinstance(error, OSError) else Gap(source, "unreadable", source)
    return Following(process)


def _some(pipe: object, most: int) -> bytes:
    try:
        return os.read(pipe.fileno(), most)  # type: ignore[attr-defined]
    except BlockingIOError:
        return b""
