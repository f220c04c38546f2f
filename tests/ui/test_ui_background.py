"""What a terminal says of its background."""

from __future__ import annotations

import os
import pty
import termios
import threading

import pytest

from tui502.ui import background


@pytest.mark.parametrize(
    ("said", "theme"),
    [
        (b"\x1b]11;rgb:1111/1111/1111\x1b\\\x1b[?62c", "dark"),
        (b"\x1b]11;rgb:fdfd/f6f6/e3e3\x07\x1b[?1;2c", "light"),
        (b"\x1b]11;rgba:ff/ff/ff/80\x07", "light"),
        (b"\x1b[?62;22c", ""),
        (b"", ""),
    ],
)
def test_luminance_decides(said, theme):
    assert background.theme(said) == theme


def test_only_terminals_with_colours_are_asked():
    assert background.wanted({"TERM": "xterm-256color"})
    assert background.wanted({"TERM": "xterm", "COLORTERM": "truecolor"})
    assert not background.wanted({"TERM": "xterm"})
    assert not background.wanted({"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert not background.wanted({"TERM": "linux", "COLORTERM": "truecolor"})


def test_the_answer_is_taken_whole_and_silence_ends_the_wait():
    ours, theirs = pty.openpty()

    def terminal() -> None:
        os.read(ours, 100)
        os.write(ours, b"\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;22c")

    modes = termios.tcgetattr(theirs)
    thread = threading.Thread(target=terminal)
    thread.start()
    asked = background.ask(theirs, theirs)
    thread.join()
    assert background.answer(theirs, asked) == ("dark", True)
    assert not termios.tcgetattr(theirs)[3] & termios.ECHO
    assert background.answer(theirs, asked) == ("", False)
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    os.close(ours)
    os.close(theirs)
