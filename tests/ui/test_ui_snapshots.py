"""Pictures of the screen, compared cell for cell; look at them when they change."""

from __future__ import annotations

import time

import pytest
from textual.pilot import Pilot

from tests.ui.test_ui_hostile import RAW
from tests.ui.ui_sample import NOW, FakeLog, FakeSession, drifted, flips, healthy, not_root, progress, staged, two_offers, undecided
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


def broken() -> FakeSession:
    session = FakeSession()
    session.passes = False
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
    "groups": (FakeSession, ["z", "v"], "before it began"),
    "record": (FakeSession, ["z", "enter"], "record 14 of 14"),
    "drift": (lambda: FakeSession(drifted()), ["3", "z", "d"], "on disk, not loaded"),
    "hops": (FakeSession, ["2", "z"], "proxy_pass http://app"),
    "events": (lambda: FakeSession(flips()), ["2", "E"], "events, newest first"),
    "two_offers": (lambda: FakeSession(two_offers()), [], "these are alternatives"),
    "undecided": (lambda: FakeSession(undecided()), ["0"], "2 explanations, 1 look decides"),
    "nothing_wrong": (lambda: FakeSession(healthy(), FakeLog([])), ["0"], "looked at"),
    "not_root": (lambda: FakeSession(not_root(), FakeLog([], not_root().gaps[0])), [], "closes it"),
    "broken_test": (broken, ["s", "t"], "TEST FAILED"),
    "palette": (FakeSession, ["colon"], "Every action"),
    "search": (FakeSession, ["slash", "c", "a"], "Search: ca"),
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


@pytest.mark.parametrize("size", [(60, 15), (52, 12)], ids=["60x15", "52x12"])
def test_picture_of_a_small_terminal(snap_compare, size):
    app = Program(FakeSession(), clock=lambda: NOW)

    async def ready(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.moment.incident is not None)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ready)


def screen(app: Program) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], what) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, screen(pilot.app)
        await pilot.pause(0.01)
