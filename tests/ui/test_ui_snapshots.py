"""Pictures of the screen, compared cell for cell; look at them when they change."""

from __future__ import annotations

import time

import pytest
from textual.pilot import Pilot

from tests.ui.test_ui_hostile import RAW
from tests.ui.ui_sample import NOW, FakeLog, FakeSession, healthy, progress, staged
from tui502.ui.program import Program
from tui502.ui.screens.question import QuestionScreen


def done(outcome: str) -> FakeSession:
    session = FakeSession()
    session.found = progress(staged(), "done", outcome)  # type: ignore[arg-type]
    return session


def counting() -> FakeSession:
    session = FakeSession()
    session.found = progress(staged())
    return session


CASES = {
    "verdict": (FakeSession, [], "1 down"),
    "staged": (FakeSession, ["s"], "A is staged, not tested"),
    "question": (FakeSession, ["s", "a"], "Apply to web-03?"),
    "count_down": (counting, [], "38 s left at most"),
    "verified": (lambda: done("VERIFIED"), [], "receipt"),
    "put_back": (lambda: done("PUT BACK"), [], "receipt"),
    "healthy": (lambda: FakeSession(healthy(), FakeLog([])), [], "4 of 4 up"),
    "hostile_log": (lambda: FakeSession(log=FakeLog(RAW)), [], "FOLLOW"),
    "why": (FakeSession, ["0"], "ruled out"),
    "help": (FakeSession, ["question_mark"], "Help  1 Log"),
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", CASES)
def test_picture(snap_compare, name, size):
    make, keys, shows = CASES[name]
    app = Program(make(), clock=lambda: NOW)  # type: ignore[operator]

    async def ready(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.moment.incident is not None)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not app.moment.busy)
        await until(pilot, lambda: shows in screen(app))
        if name == "question":
            await until(pilot, lambda: isinstance(app.screen, QuestionScreen) and app.screen.armed)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ready)


def screen(app: Program) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], what) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, screen(pilot.app)
        await pilot.pause(0.01)
