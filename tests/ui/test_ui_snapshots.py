"""Pictures of the screen, compared cell for cell; look at them when they change."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.test_ui_hostile import RAW
from tests.ui.ui_behind import behind, socket, watched
from tests.ui.ui_sample import (
    BEGAN,
    BLOG_LOG,
    NOW,
    FakeLog,
    FakeSession,
    drifted,
    flips,
    healthy,
    merged,
    merged_log,
    not_root,
    progress,
    several,
    several_log,
    staged,
    two_offers,
    undecided,
)  # fmt: skip
from tui502.model.facts import LogTarget
from tui502.model.findings import Incident
from tui502.model.session import LogLine
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


def asking() -> FakeSession:
    """Nothing can be replayed: a person is asked."""
    session = FakeSession()
    now = progress(staged())
    before = replace(now.change.baseline, request=None, statuses=())
    asks = "nothing can be replayed that failed before: does it work now? Keep it, or put it back"
    session.found = replace(
        now, change=replace(now.change, baseline=before), before=before, after=replace(now.after, request=None, statuses=()), ahead="PUT BACK", needed=0,
        so_far="no failure since", question=asks,
    )  # fmt: skip
    return session


def reading() -> FakeSession:
    """Older records are read; the newest have long requests."""
    session = FakeSession(several(), several_log())
    session.log.add("connection_refused", "/search?q=" + "+".join(f"word{n}" for n in range(40)))
    session.log.status = replace(session.log.status, reading=True, done=12_000_000, total=214_000_000, files=2, back_to=NOW - 11_644)
    return session


def broken() -> FakeSession:
    session = FakeSession()
    session.passes = False
    return session


def began_log() -> FakeLog:
    """Records from before and after the failures began; then the log was rotated."""
    log = FakeLog()
    log.kept = log.kept[:6]
    first = replace(log.kept[0], at=BEGAN)
    calm = LogLine(0, BEGAN - 60, "notice", "", "", "", "", b"2026/11/22 03:01:11 [notice] 1187#1187: reopening logs")
    log.read_back(calm, first, replace(first, at=BEGAN + 2))
    log.said = ("rotated: the path leads to a new file",)
    return log


def at(log: FakeLog, path: str) -> FakeLog:
    log.path = path
    return log


def unlogged() -> Incident:
    """Nothing is written of upstreams."""
    base = healthy()
    return replace(base, facts=replace(base.facts, logs=(LogTarget("/var/log/nginx/error.log", "error", "emerg", True, None),)))


POOL_FULL = b"[22-Nov-2026 03:13:40] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it"

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
    "several": (lambda: FakeSession(several(), several_log()), ["2", "end", "1"], "PAUSED"),
    "wrapped": (reading, ["z", "w"], "word39"),
    "reading": (reading, ["z", "v"], "older files not read"),
    "filtered": (lambda: FakeSession(several(), several_log()), ["z", "f", *"/post/2 +1", "enter"], "only /post/2, 1 around"),
    "lines": (lambda: FakeSession(log=began_log()), ["1", "z"], "03:02:11 began"),
    "merged": (lambda: FakeSession(merged(), merged_log()), ["1", "z"], "shop.error.log: rotated"),
    "merged_raw": (lambda: FakeSession(merged(), merged_log()), ["1", "z", "x"], "shop.error.log  2026"),
    "merged_groups": (lambda: FakeSession(merged(), merged_log()), ["1", "z", "v"], "12 lines of access.log"),
    "in_syslog": (lambda: FakeSession(merged((BLOG_LOG,)), at(several_log(), BLOG_LOG)), ["1", "z"], "1 Log  /var/log/syslog, as blog"),
    "nothing_logged": (lambda: FakeSession(unlogged(), at(FakeLog([]), "/var/log/nginx/error.log")), ["1", "z"], "closes it"),
    "other_program": (lambda: FakeSession(log=FakeLog([POOL_FULL])), ["1", "z", "enter"], "php-fpm"),
    "search": (FakeSession, ["slash", "c", "a"], "Search: ca"),
    "help": (FakeSession, ["question_mark"], "Help  1 Log"),
    "asks": (asking, [], "asks you, else PUT BACK"),
    "peer": (lambda: FakeSession(behind()), ["2", "enter"], "2 Upstreams  peer 127.0.0.1:3000"),
    "found": (lambda: FakeSession(behind()), ["2", "down", "down", "enter"], "> GET /cart"),
    "socket": (lambda: FakeSession(socket()), ["2", "down", "enter"], "as nginx's worker"),
    "watch": (watched, ["W"], "quiet for"),
}
"""What is shown (a session), the keys, and what must be on the screen before the picture is taken."""

LARGE = (
    *("verdict", "staged", "groups", "record", "several", "wrapped", "why"),
    *("undecided", "count_down", "asks", "peer", "found", "socket", "watch", "question"),
)
"""Those of which there is a picture of a large terminal too."""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", CASES)
def test_picture(snap_compare, name, size):
    take(snap_compare, name, size)


def take(snap_compare, name, size, ascii=False):
    make, keys, shows = CASES[name]
    app = Program(make(), ascii=ascii, clock=lambda: NOW)  # type: ignore[operator]

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


@pytest.mark.parametrize("name", LARGE)
def test_picture_of_a_large_terminal(snap_compare, name):
    take(snap_compare, name, (200, 60))


@pytest.mark.parametrize("name", ["question", "peer", "watch", "undecided"])
def test_picture_in_ascii(snap_compare, name):
    take(snap_compare, name, (80, 24), ascii=True)


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
