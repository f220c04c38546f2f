"""Every practice outage repaired, or rightly left alone, by keys in the real program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program.terminal import Terminal
from tui502.lab.scenarios import SCENARIOS, start

MOST_KEYS = 8
"""Key presses from the start to VERIFIED."""

REPAIRED = [scenario.name for scenario in SCENARIOS if scenario.expect == "repaired"]
LEFT_ALONE = [scenario.name for scenario in SCENARIOS if scenario.expect == "left_alone"]
ASKS = r"y  yes, (apply|load it)|the rest must be seen before a yes"
OUTCOME = r"(?m)^(VERIFIED|KEPT|PUT BACK|REFUSED|NEEDS HAND) "


def _terminal(lab, tmp_path: Path) -> Terminal:  # type: ignore[no-untyped-def]
    argv = ["--conf", lab.conf, *(("--nginx", lab.nginx_exe) if not lab.master_pid else ())]
    return Terminal(*argv, env={"TUI502_STATE": str(tmp_path / "state")})


@pytest.mark.parametrize("name", REPAIRED)
def test_is_repaired_by_keys(name: str, tmp_path: Path) -> None:
    """If this fails, an outage that people practise on cannot be repaired as NEXT says."""
    with start(name) as lab, _terminal(lab, tmp_path) as terminal:
        pressed = 0

        def press(key: str, shows: str, seconds: float = 30.0) -> str:
            nonlocal pressed
            pressed += 1
            terminal.take()
            terminal.keys(key)
            return terminal.wait(shows, seconds)

        terminal.wait(r"(?m)^(PROVEN|LIKELY|BLOCKED) [\s\S]*^NEXT +s ", 45)
        press("s", "STAGED")
        screen = press("a", ASKS)
        while "the rest must be seen" in screen or "yes, load it" in screen:
            screen = press("\x1b[6~" if "the rest must be seen" in screen else "y", r"y  yes, apply|the rest must be seen")
        assert press("y", OUTCOME, 90).split("\n")[1].startswith("VERIFIED")
        assert pressed <= MOST_KEYS
        assert lab.get()[0] == 200


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_is_left_alone(name: str, tmp_path: Path) -> None:
    """If this fails, something is offered where nginx has nothing to mend."""
    with start(name) as lab, _terminal(lab, tmp_path) as terminal:
        terminal.wait(r"(?m)^(UP|RECOVERED|DOWN|DEGRADED) [\s\S]*^(PROVEN|LIKELY|POSSIBLE|UNDECIDED) ", 45)
        terminal.take(1.0)
        terminal.keys("s")
        terminal.wait("s: ")
        assert "STAGED" not in terminal.text()
