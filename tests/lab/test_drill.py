"""`tui502 demo --random` in a terminal: the screen, and then the question."""

from __future__ import annotations

import os
import pty
import select
import sys
import time

SECONDS = 40.0


class Terminal:
    """A program in a terminal of its own, and all that it wrote there."""

    def __init__(self, *argv: str) -> None:
        self.written = b""
        self.pid, self.descriptor = pty.fork()
        if not self.pid:
            os.environ["TERM"] = "xterm-256color"
            os.execv(argv[0], argv)

    def until(self, text: bytes) -> bool:
        """Whether `text` gets written in time."""
        end = time.monotonic() + SECONDS
        while text not in self.written and time.monotonic() < end:
            if select.select([self.descriptor], [], [], 0.1)[0]:
                try:
                    self.written += os.read(self.descriptor, 65536)
                except OSError:
                    break
        return text in self.written

    def type(self, keys: bytes) -> None:
        os.write(self.descriptor, keys)


def test_drill_asks_afterwards_and_tells() -> None:
    """If this fails, a team that drills never learns what it was."""
    terminal = Terminal(sys.executable, "-m", "tui502", "demo", "--random")
    try:
        assert terminal.until(b"help"), terminal.written
        terminal.type(b"q")
        assert terminal.until(b"What was it?"), terminal.written
        terminal.type(b"\n")
        assert terminal.until(b"It was "), terminal.written
        assert terminal.until(b"The cause is called "), terminal.written
    finally:
        os.close(terminal.descriptor)
        os.waitpid(terminal.pid, 0)
