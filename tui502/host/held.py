"""Run a program of which we hold more than its output: something on its standard input, descriptors that stay open."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import IO

from tui502.model.evidence import CommandSeen

ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
"""The whole environment of what is run here: messages in English, nothing of the user's."""

CAP = 1 << 20
"""Bytes kept of each stream."""

TIMED_OUT = 124
"""Exit code reported when the deadline ended the program (as timeout(1) does)."""


def run(
    argv: list[str], shown: tuple[str, ...], given: bytes, deadline: float, keep: tuple[int, ...] = (), environment: Mapping[str, str] = ENV
) -> CommandSeen:
    """Run `argv` with `given` on its standard input and descriptors `keep` left open; `shown` is the argv in the result.

    It has a process group of its own, which is killed at the deadline. Raises OSError when the program cannot be started.
    """
    until = time.monotonic() + deadline
    with _held(given) as source:
        process = subprocess.Popen(
            argv, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env=environment, start_new_session=True, pass_fds=keep
        )  # fmt: skip
    out, err = bytearray(), bytearray()
    with contextlib.ExitStack() as pipes:
        streams = {pipes.enter_context(pipe): into for pipe, into in ((process.stdout, out), (process.stderr, err)) if pipe}
        in_time = _read(streams, until) and _ended(process, until - time.monotonic())
        if not in_time:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            _ended(process, 2.0)
    return CommandSeen(shown, process.returncode if in_time else TIMED_OUT, bytes(out[:CAP]), bytes(err[:CAP]), max(len(out), len(err)) > CAP)


def _held(given: bytes) -> IO[bytes]:
    """A nameless file in memory that holds `given`."""
    file = os.fdopen(os.memfd_create("t502", os.MFD_CLOEXEC), "w+b")
    file.write(given)
    file.seek(0)
    return file


def _read(streams: dict[IO[bytes], bytearray], until: float) -> bool:
    """Read until both are closed; False at the deadline."""
    with selectors.DefaultSelector() as ready:
        for stream in streams:
            ready.register(stream, selectors.EVENT_READ, streams[stream])
        while ready.get_map():
            left = until - time.monotonic()
            if left <= 0:
                return False
            for key, _ in ready.select(left):
                piece = os.read(key.fd, 65536)
                if not piece:
                    ready.unregister(key.fileobj)
                elif len(key.data) <= CAP:
                    key.data.extend(piece)
    return True


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ended in time. One in the kernel's grip (a hung network file system) is left to itself."""
    try:
        process.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        return False
    return True
