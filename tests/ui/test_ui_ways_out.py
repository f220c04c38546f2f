"""Every way out leaves the terminal as it was: the program in a real pty."""

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
from pathlib import Path

import pytest

PROGRAM = """
import sys
sys.path.insert(0, {here!r})
from tests.ui.ui_sample import FakeSession
from tui502.model.session import Refused
from tui502.ui.app import run
session = FakeSession()
if "bug" in sys.argv:
    def stage(fixes): raise ValueError("boom")
    session.stage = stage
if "lost" in sys.argv:
    def stage(fixes):
        session.on_failure(ValueError("boom"))
        raise Refused("no longer")
    session.stage = stage
code = run(session, ascii=False, mouse=True, log_path_hint="see the log")
print("ended", code, session.calls[-1], flush=True)
sys.exit(code)
"""
DEADLINE = 45.0
LEFT = b"\x1b[?1049l"
CURSOR = b"\x1b[?25h"


class Terminal:
    """A program in a pty of its own session; answers no queries."""

    def __init__(self, *args: str, env: dict[str, str] | None = None, program: str = PROGRAM) -> None:
        code = program.format(here=str(Path(__file__).parent))
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-c", code, *args], {**os.environ, "TERM": "xterm-256color", **(env or {})})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.out = b""

    def read(self, seconds: float) -> bool:
        """Take what comes within so many seconds; False at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.out += data
        return bool(data)

    def until(self, text: bytes) -> None:
        end = time.monotonic() + DEADLINE
        while text not in self.out:
            assert self.read(0.05) or text in self.out, self.out
            assert time.monotonic() < end, self.out

    def end(self) -> int:
        """Wait for the exit code."""
        end = time.monotonic() + DEADLINE
        while True:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.05) and select.select([self.fd], [], [], 0)[0]:
                    pass
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < end, self.out


@pytest.mark.parametrize(
    ("way", "code"),
    [("q", 0), (signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGHUP, 128 + signal.SIGHUP), ("bug", 70), ("lost", 70)],
)
def test_the_terminal_is_restored_and_the_session_stopped(way, code):
    """A bug is one of the screen, or "lost", of a thread of the session: it must not leave a screen that shows an old moment for ever."""
    terminal = Terminal(*([way] if way in ("bug", "lost") else []))
    before = termios.tcgetattr(terminal.fd)
    terminal.until(b"stage")
    if way in ("bug", "lost"):
        os.write(terminal.fd, b"s")
    elif way == "q":
        os.write(terminal.fd, b"q")
    else:
        os.kill(terminal.pid, way)
    terminal.until(b"ended")
    after = termios.tcgetattr(terminal.fd)
    assert terminal.end() == code
    assert f"ended {code} stop".encode() in terminal.out
    tail = terminal.out[terminal.out.rindex(b"\x1b[?1049h") :]
    assert LEFT in tail
    assert CURSOR in tail
    assert after[3] == before[3], "echo and line mode are back"
    if way in ("bug", "lost"):
        assert b"tui502: a bug of its own ended the screen: ValueError: boom; details: see the log" in terminal.out
        assert b"Traceback" not in terminal.out
    os.close(terminal.fd)


def test_a_terminal_that_goes_away_ends_the_program():
    terminal = Terminal()
    terminal.until(b"stage")
    os.close(terminal.fd)
    end = time.monotonic() + DEADLINE
    while not os.waitpid(terminal.pid, os.WNOHANG)[0]:
        assert time.monotonic() < end, "an orphan stayed"
        select.select([], [], [], 0.05)


def test_a_terminal_that_takes_no_more_bytes_holds_up_no_end():
    """If this fails, a program whose terminal is gone or stuck in the middle of much output stays for ever, deaf to every signal but one."""
    terminal = Terminal()
    terminal.until(b"stage")
    os.set_blocking(terminal.fd, False)
    for _ in range(400):
        if not select.select([], [terminal.fd], [], 0.02)[1]:
            break
        os.write(terminal.fd, b"z")
    os.kill(terminal.pid, signal.SIGTERM)
    end, gone = time.monotonic() + DEADLINE, (0, 0)
    while not gone[0]:
        assert time.monotonic() < end, "an orphan stayed"
        select.select([], [], [], 0.05)
        gone = os.waitpid(terminal.pid, os.WNOHANG)
    assert os.waitstatus_to_exitcode(gone[1]) == 128 + signal.SIGTERM
    os.close(terminal.fd)


def test_nothing_is_sent_while_nothing_changes():
    """`q` later proves that the program was alive all the time."""
    terminal = Terminal()
    terminal.until(b"stage")
    while select.select([terminal.fd], [], [], 0.6)[0]:
        terminal.read(0.1)
    size = len(terminal.out)
    terminal.read(2.5)
    assert len(terminal.out) == size
    os.write(terminal.fd, b"q")
    assert terminal.end() == 0
    os.close(terminal.fd)


def test_no_color_sends_no_colour():
    terminal = Terminal(env={"NO_COLOR": "1"})
    terminal.until(b"stage")
    os.write(terminal.fd, b"q")
    terminal.end()
    os.close(terminal.fd)
    sequences = re.findall(rb"\x1b\[([0-9;]*)m", terminal.out)
    codes = {code for sequence in sequences for code in sequence.split(b";")}
    assert codes <= {b"", b"0", b"1", b"4", b"7"}
