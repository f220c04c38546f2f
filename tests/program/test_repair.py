"""From 502 to 200 by keys, in the real program on a real broken site."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.program.terminal import Terminal
from tests.real_nginx import eventually
from tui502.lab import scenarios

OUTCOMES = r"(?m)^(VERIFIED|KEPT|PUT BACK|REFUSED|NEEDS HAND) "
"""The word of the state, top left; the rules of the count-down name outcomes too."""

SIZES = [(120, 40), (80, 24)]


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    """Where the journal of this test lies."""
    return {"TUI502_STATE": str(tmp_path / "state")}


def receipts(state: dict[str, str]) -> list[str]:
    """The outcomes that stand in the journals, oldest first."""
    return [json.loads(file.read_text())["outcome"] for file in sorted(Path(state["TUI502_STATE"]).glob("*/receipt.json"))]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
@pytest.mark.parametrize("scenario", ["wrong-port", "backend-stopped"])
def test_three_keys_repair_the_demo(scenario: str, columns: int, rows: int, state: dict[str, str]) -> None:
    """If this fails, the way that the README promises does not lead to a working site."""
    with Terminal("demo", scenario, columns=columns, rows=rows, env=state) as terminal:
        terminal.wait(r"PROVEN[\s\S]*NEXT +s  stage the fix")
        terminal.keys("s")
        terminal.wait("STAGED")
        terminal.keys("a")
        terminal.wait(r"Apply\?[\s\S]*y  yes, apply")
        terminal.take()
        terminal.keys("y")
        assert "VERIFIED" in terminal.wait(OUTCOMES, 60)
        assert receipts(state) == ["VERIFIED"]
        terminal.keys("q")
        terminal.keys("q")
        assert terminal.ended() == 0
        assert terminal.restored()


def test_nothing_is_offered_where_nothing_is_wrong(state: dict[str, str]) -> None:
    """If this fails, a healthy site gets advice."""
    with Terminal("demo", "healthy", env=state) as terminal:
        screen = terminal.wait("nothing is wrong here")
        assert "NEXT      nothing to do" in screen
        terminal.keys("s")
        terminal.wait("s: nothing is offered")
        terminal.keys("q")
        assert terminal.ended() == 0


def test_any_other_key_is_no(state: dict[str, str]) -> None:
    """If this fails, a key hit by accident changes a host."""
    with scenarios.start("wrong-port") as lab, Terminal("--conf", lab.conf, env=state) as terminal:
        terminal.wait(r"NEXT +s  stage the fix")
        terminal.keys("sa")
        terminal.wait("Apply")
        terminal.keys("\r")
        terminal.wait(r"NEXT +a  ")
        assert lab.get()[0] == 502
        assert not list(Path(state["TUI502_STATE"]).glob("2*/state"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, None])
def test_a_lost_terminal_after_the_yes_changes_nothing(how: int | None, state: dict[str, str]) -> None:
    """If this fails, a lost SSH session leaves a half repaired site: the runner must decide alone."""
    with scenarios.start("wrong-port") as lab, Terminal("--conf", lab.conf, env=state) as terminal:
        terminal.wait(r"NEXT +s  stage the fix")
        terminal.keys("s")
        terminal.wait("STAGED")
        terminal.keys("a")
        terminal.wait("y  yes, apply")
        terminal.take()
        terminal.keys("y")
        terminal.wait("applying|(?m:^CHECKING |^VERIFIED )")
        if how is None:
            terminal.hang_up()
        else:
            os.kill(terminal.pid, how)
        assert eventually(lambda: receipts(state) == ["VERIFIED"], 60)
        assert lab.get()[0] == 200


def test_undo_brings_the_old_file_back(state: dict[str, str]) -> None:
    """If this fails, `u` does not take back what was applied."""
    with scenarios.start("wrong-port") as lab, Terminal("--conf", lab.conf, env=state) as terminal:
        files = {path: path.read_bytes() for path in Path(lab.conf).parent.rglob("*") if path.is_file()}
        terminal.wait(r"NEXT +s  stage the fix")
        for key, shows in (("s", "STAGED"), ("a", "y  yes, apply"), ("y", "(?m)^VERIFIED ")):
            terminal.take()
            terminal.keys(key)
            terminal.wait(shows, 60)
        assert lab.get()[0] == 200
        terminal.keys("u")
        terminal.wait("y  yes")
        terminal.take()
        terminal.keys("y")
        terminal.wait("(?m)^KEPT ", 60)
        assert {path: path.read_bytes() for path in files} == files
