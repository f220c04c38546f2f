"""The person's editor on a file and on what is staged: in a real pty, with real programs in the place of an editor."""

from __future__ import annotations

import os
import select
import signal
import stat
import time
from pathlib import Path

import pyte
import pytest

from tests.ui.test_ui_ways_out import DEADLINE, LEFT, Terminal
from tests.ui.ui_sample import FIXED, FakeSession, progress, staged
from tui502.ui import editor

PROGRAM = """
import sys
sys.path.insert(0, {here!r})
from tests.ui.ui_sample import NOW, FakeSession
from tui502.ui import program
from tui502.ui.app import run
program.Program.clock = lambda _: NOW
session = FakeSession()
if "refused" in sys.argv:
    session.refuses = "your text was not staged: line 3: it says nothing"
    session.stage = lambda fixes: type(session).stage(FakeSession(), fixes)
code = run(session, ascii=False, mouse=True)
print("ended", code, session.calls, session.text, flush=True)
"""
SIZE = (80, 24)


class Screen(Terminal):
    """A terminal that is drawn, and that answers where its cursor is."""

    def __init__(self, *args: str, **env: str) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = 0
        super().__init__(*args, env={"VISUAL": "", **env}, program=PROGRAM)

    def read(self, seconds: float) -> bool:
        alive = super().read(seconds)
        fresh, self._fed = self.out[self._fed :], len(self.out)
        self._stream.feed(fresh.replace(b"\x1b[<u", b"").replace(b"\x1b[>25u", b""))
        for _ in range(fresh.count(b"\x1b[6n")):
            os.write(self.fd, b"\x1b[1;1R")
        return alive

    def shows(self, *texts: str) -> None:
        end = time.monotonic() + DEADLINE
        while not all(text in "\n".join(self.screen.display) for text in texts):
            assert self.read(0.05) or time.monotonic() < end, self.screen.display
            assert time.monotonic() < end, "\n".join(self.screen.display)

    def calm(self) -> list[str]:
        """The screen once nothing more comes."""
        while select.select([self.fd], [], [], 0.6)[0]:
            self.read(0.1)
        return list(self.screen.display)

    def key(self, text: str) -> None:
        os.write(self.fd, text.encode())


@pytest.fixture
def script(tmp_path: Path):
    """A program that stands for an editor: a shell script of these lines; its last argument is the file."""

    def make(*lines: str) -> str:
        path = tmp_path / "an editor"
        path.write_text("\n".join(("#!/bin/sh", f'exec 9>>"{tmp_path}/seen"', 'echo "$@" >&9', "for f; do :; done", *lines, "")))
        path.chmod(0o755)
        return f"'{path}'"

    return make


def ended(terminal: Screen) -> str:
    terminal.key("q")
    terminal.end()
    os.close(terminal.fd)
    return terminal.out[terminal.out.rindex(b"ended") :].decode()


def test_the_staged_text_is_edited_and_staged_anew(script, tmp_path):
    """If this fails, an own repair cannot be staged, or the screen does not come back whole."""
    terminal = Screen(EDITOR=script('stat -c "%a %n" "$f" "$(dirname "$f")" >&9', 'sed -i "s/3001/3002/" "$f"', 'printf "\\033[31mleft \\033[2J"'))
    terminal.shows("SINCE", "stage")
    terminal.key("s")
    terminal.shows("A is staged, not tested")
    terminal.key("e")
    terminal.shows("your own text is staged, not tested", "nobody but you has judged this text", "SINCE", "━━ 4 Fix", "? help")
    assert "left" not in "\n".join(terminal.calm())
    said = ended(terminal)
    assert "'stage_text 0'" in said
    assert "127.0.0.1:3002" in said
    first, *modes = (tmp_path / "seen").read_text().splitlines()
    path = Path(first.split(" ", 1)[-1] if first.startswith("+") else first)
    assert (path.name, path.exists(), path.parent.exists()) == ("app.example.com", False, False)
    assert [mode.split()[0] for mode in modes] == ["600", "700"], "nobody else can read or change it meanwhile"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((":",), "e: the text was not changed; what is staged stays"),
        (('echo x >> "$f"', "exit 3"), "e: the editor ended with 3; what is staged stays"),
        (('rm "$f"',), "e: No such file or directory; what is staged stays"),
    ],
)
def test_what_is_staged_stays_when_nothing_comes_back(script, lines, says):
    terminal = Screen(EDITOR=script(*lines))
    terminal.shows("stage")
    terminal.key("s")
    terminal.shows("A is staged, not tested")
    terminal.key("e")
    terminal.shows(says, "A is staged, not tested")
    assert "stage_text" not in ended(terminal)


def test_a_refusal_is_told_and_the_staged_change_stays(script):
    terminal = Screen("refused", EDITOR=script('sed -i "s/3001/3002/" "$f"'))
    terminal.shows("stage")
    terminal.key("s")
    terminal.shows("A is staged, not tested")
    terminal.key("e")
    terminal.shows("REFUSED", "line 3: it says nothing", "A is staged, not tested")
    ended(terminal)


def test_the_screen_is_the_same_after_the_editor(script):
    """Cell for cell, whatever the editor left on its screen."""
    terminal = Screen(EDITOR=script("stty sane", "clear", "seq 200"))
    terminal.shows("SINCE", "stage")
    terminal.key("3")
    terminal.shows("[3 Config]")
    before = terminal.calm()
    terminal.key("e")
    terminal.shows("e: the files are read again")
    terminal.until(LEFT)
    end = time.monotonic() + DEADLINE
    while terminal.calm()[:-1] != before[:-1]:
        assert time.monotonic() < end, "\n".join(terminal.screen.display)
    terminal.key("j")
    terminal.shows("▸")
    assert "'probe'" in ended(terminal)


def test_the_screen_is_whole_after_the_shell_had_the_terminal():
    """ctrl+z, and fg later: if this fails, only what changes is drawn, on a screen that is not ours any more."""
    terminal = Screen()
    terminal.shows("SINCE", "stage")
    before = terminal.calm()
    terminal.key("\x1a")
    stopped = 0
    end = time.monotonic() + DEADLINE
    while not stopped:
        terminal.read(0.05)
        stopped, status = os.waitpid(terminal.pid, os.WUNTRACED | os.WNOHANG)
        assert time.monotonic() < end
    assert os.WIFSTOPPED(status)
    terminal.calm()
    assert LEFT in terminal.out
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.shows("SINCE", "stage")
    while terminal.calm() != before:
        assert time.monotonic() < end, "\n".join(terminal.screen.display)
    ended(terminal)


def test_keys_that_end_a_program_reach_the_editor_only(script):
    """If this fails, ctrl+c in an editor takes the whole program with it."""
    terminal = Screen(EDITOR=script('trap "exit 7" INT', "echo waits", "while :; do sleep 0.05; done"))
    terminal.shows("stage")
    terminal.key("3")
    terminal.key("e")
    terminal.until(b"waits")
    terminal.key("\x03")
    terminal.shows("e: the editor ended with 7", "SINCE")
    assert ended(terminal).startswith("ended 0")


def test_an_editor_that_is_not_there_is_said(tmp_path):
    terminal = Screen(EDITOR="no-such-editor -w")
    terminal.shows("stage")
    terminal.key("e")
    terminal.shows("e: no-such-editor is not there: set VISUAL or EDITOR")
    ended(terminal)


def nowhere(name: str) -> None:
    return None


@pytest.mark.parametrize(
    ("env", "argv"),
    [
        ({"VISUAL": "nvim -u NONE", "EDITOR": "nano"}, ["nvim", "-u", "NONE", "+7", "/etc/a b"]),
        ({"EDITOR": "nano"}, ["nano", "+7", "/etc/a b"]),
        ({"EDITOR": "/usr/bin/vim.basic"}, ["/usr/bin/vim.basic", "+7", "/etc/a b"]),
        ({"VISUAL": "code -w"}, ["code", "-w", "-g", "/etc/a b:7"]),
        ({"EDITOR": "sed -i s/x/y/"}, ["sed", "-i", "s/x/y/", "/etc/a b"]),
        ({"EDITOR": "'my editor' --x"}, ["my editor", "--x", "/etc/a b"]),
        ({}, ["vi", "+7", "/etc/a b"]),
        ({"EDITOR": "'broken"}, ["vi", "+7", "/etc/a b"]),
    ],
)
def test_the_editor_is_the_persons_and_opens_at_the_line_where_it_can(env, argv):
    """A word that an editor does not know would be a file to it."""
    assert editor.argv(env, "/etc/a b", 7, nowhere) == argv


def test_without_a_wish_it_is_what_the_system_has():
    assert editor.argv({}, "/etc/a", 1, lambda name: f"/usr/bin/{name}") == ["sensible-editor", "+1", "/etc/a"]


def test_the_line_is_that_of_the_change():
    assert editor.first_difference(b"a\nb\nc\n", b"a\nB\nc\n") == 2
    assert editor.first_difference(b"a\n", b"a\nb\n") == 2
    assert editor.first_difference(b"", b"x") == 1


def test_the_text_lies_where_only_this_account_can_read_it():
    def look(words: list[str]) -> int:
        file = Path(words[-1])
        assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
        assert file.read_bytes() == FIXED
        file.write_bytes(b"mine")
        return 0

    assert editor.edited(FIXED, "/etc/nginx/x.conf", 3, {}, look) == (b"mine", 0)


async def test_e_says_what_it_cannot_edit(shown):
    async with shown() as ui:
        await ui.press("s", "e")
        await ui.sees("A is staged", "e: not on this terminal")
    session = FakeSession()
    session.found = progress(staged())
    async with shown(session) as ui:
        await ui.sees("38 s left")
        await ui.press("e")
        await ui.sees("e: a change is under way")


def test_ctrl_c_goes_back_from_the_plain_text():
    """If this fails, whoever has read the plain text and presses ctrl+c has left the program, in the middle of a count-down too."""
    terminal = Screen()
    terminal.shows("SINCE", "stage")
    terminal.key("D")
    terminal.shows("enter goes back to tui502")
    terminal.key("\x03")
    terminal.shows("SINCE", "? help")
    assert ended(terminal).startswith("ended 0")
