"""The screen in strange surroundings: it is drawn and left in order, or says in a line why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.incidents.record import HERE
from tests.program.terminal import Terminal

RECORDED = str(HERE / "wrong-port" / "evidence.tui502")


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": ""}, {"HOME": "/proc/1"}, {"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}, {"NO_COLOR": "1"}, {"TERM": "x"}, {"TERM": "vt100"},
        {"COLUMNS": "1", "LINES": "1"}, {"COLUMNS": "x", "LINES": "-4"}, {"TEXTUAL_PRESS": "q", "TEXTUAL_COLOR_SYSTEM": "x", "TEXTUAL_DRIVER": "none"},
    ],
    ids=lambda env: " ".join(env),
)  # fmt: skip
def test_it_is_drawn_all_the_same(env: dict[str, str]) -> None:
    """If this fails, an exported variable takes the screen away, or even presses keys on it."""
    with Terminal("replay", RECORDED, columns=80, rows=24, env=env) as terminal:
        terminal.wait("PROVEN[^$]*NEXT")
        terminal.keys("q")
        assert terminal.ended() == 0
        assert terminal.restored()


@pytest.mark.parametrize(
    ("argv", "env", "said"),
    [
        ((), {"TERM": "dumb"}, "TERM is dumb"), ((), {"TERM": ""}, "TERM is not set"), (("--log-file", "/dev/full"), {}, "/dev/full: No space left on device"),
        (("--log-file", "/"), {}, "/: Is a directory"), (("--log-file", "/none/x"), {}, "/none/x: No such file or directory"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_being_drawn_is_told(argv: tuple[str, ...], env: dict[str, str], said: str) -> None:
    """If this fails, a terminal is left with a half-drawn screen, or a traceback."""
    with Terminal("replay", RECORDED, *argv, env=env) as terminal:
        assert terminal.ended() == 2
        assert f"tui502: {said}" in terminal.text()
        assert b"\x1b[?1049h" not in terminal.raw


def test_a_mistake_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    """If this fails, a mistyped option flashes a screen and is gone."""
    with Terminal("--conf", str(tmp_path / "none"), columns=160) as terminal:
        assert terminal.ended() == 2
        assert "there is no such file" in terminal.text()
        assert b"\x1b[?1049h" not in terminal.raw
