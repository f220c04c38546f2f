"""The real program in a pseudo-terminal, its screen read by an emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from types import TracebackType

import pyte

ANSWERS = (
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\]11;\?(?:\x07|\x1b\\)"), b"\x1b]11;rgb:1111/1111/1111\x1b\\"),
)
"""What a terminal says when it is asked."""


class Terminal:
    """`argv` (of tui502) in a terminal of `columns` × `rows`. A context manager: whatever is left at its end is killed."""

    def __init__(self, *argv: str, columns: int = 120, rows: int = 40, env: dict[str, str] | None = None) -> None:
        self.raw = bytearray()
        self.status: int | None = None
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            for name in ("COLUMNS", "LINES", "TMUX", "NO_COLOR"):
                os.environ.pop(name, None)
            os.environ.update({"TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})})
            os.execv(sys.executable, [sys.executable, "-m", "tui502", *argv])

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        os.close(self._fd)

    def keys(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def text(self) -> str:
        """The screen now, trailing blanks left out."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, pattern: str, seconds: float = 20.0) -> str:
        """The screen as soon as `pattern` is on it. Raises AssertionError, with the screen, when that takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text()):
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{pattern!r} did not come within {seconds} s; the screen:\n{self.text()}")
        return self.text()

    def take(self, seconds: float = 0.3) -> None:
        """Go on reading and answering for so long: keys typed before the terminal has acknowledged a question do not count."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def ended(self, seconds: float = 10.0) -> int:
        """The exit status once the program has ended. Raises AssertionError when it does not."""
        end = time.monotonic() + seconds
        while self._read(max(0.0, end - time.monotonic())):
            continue
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"it did not end within {seconds} s; the screen:\n{self.text()}")
            else:
                select.select([], [], [], 0.02)
        return self.status

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.status is None:
            os.kill(self.pid, number)
            if number == signal.SIGKILL:
                _, status = os.waitpid(self.pid, 0)
                self.status = os.waitstatus_to_exitcode(status)

    def hang_up(self) -> None:
        """Close the terminal, as a lost SSH session does."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDONLY)

    def restored(self) -> bool:
        """Whether the last words to the terminal left the alternate screen and showed the cursor again."""
        left = self.raw.rfind(b"\x1b[?1049l")
        return left > self.raw.rfind(b"\x1b[?1049h") and self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")

    def _read(self, seconds: float) -> bool:
        """Take what the program says within `seconds`; False when nothing more comes or time is up."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return False
        if not data:
            return False
        self.raw += data
        for question, answer in ANSWERS:
            for _ in question.findall(data):
                os.write(self._fd, answer)
        self._stream.feed(data)
        return True
