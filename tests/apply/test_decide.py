"""The decision table: every rule, and the neighbours where it must not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui502.apply.decide import Decision, Observed, comes_to, decide, figures, needed, outlook, question, standing, what_is_worse
from tui502.model.changes import Baseline, FileChange, StagedChange
from tui502.model.facts import Request
from tui502.model.findings import Command, Fix

REQUEST = Request("GET", "http", "127.0.0.1", 80, "", "shop.test", "/")
KEY = "connection_refused 127.0.0.1:3000 shop.test"
OTHER = "connection_refused 127.0.0.1:9000 wiki.test"
DOWN = Baseline(REQUEST, (502, 502, 502), {KEY: 60, OTHER: 0}, None, 300.0)
SOMETIMES = replace(DOWN, statuses=(200, 502, 200, 200))
POSTS = replace(DOWN, request=None, statuses=())
WORKED = replace(DOWN, statuses=(200, 200, 200))
SAVED = replace(WORKED, peer=False)


@pytest.fixture
def a_change() -> StagedChange:
    """One file, and a reload of nginx, whose running text is known."""
    fix = Fix("f" * 12, "wrong_port", "", "", "", "config", (), (), ())
    file = FileChange("/etc/nginx/shop.conf", "/etc/nginx/shop.conf", b"old", b"new", "")
    return StagedChange("c", None, "nginx", (), (fix,), (file,), (), DOWN, {}, True, True, "", (), 60.0)


def seen(*statuses: int, window: float = 10.0, failures: dict[str, int] | None = None, left: float = 50.0, **more: object) -> Observed:
    after = Baseline(REQUEST, statuses, failures or {}, None, window)
    return Observed(after=after, in_streak=dict(failures or {}), left=left, mends=(KEY,), **more)  # type: ignore[arg-type]


def unseen(*statuses: int, bad: int | None = None, left: float = 50.0) -> Observed:
    """No error log can be read."""
    found = seen(*statuses, left=left)
    return replace(found, after=replace(found.after, uncounted=True, bad=bad))


TABLE: tuple[tuple[str, Baseline, Observed, tuple[str, bool, bool] | None], ...] = (
    ("five good replays in a row verify", DOWN, seen(*[200] * 5), ("verified", True, False)),
    ("a redirect is good too", DOWN, seen(*[302] * 5), ("verified", True, False)),
    ("four are not enough", DOWN, seen(*[200] * 4), None),
    ("a failure begins the row anew", DOWN, seen(200, 200, 200, 200, 502, 200), None),
    ("a real failure of the old kind in the row", DOWN, seen(*[200] * 6, failures={KEY: 1}), None),
    ("set aside by another worker, then quiet", DOWN, seen(*[200] * 40, failures={KEY: 3}, good_since=20, quiet=10.0), ("verified", True, False)),
    ("quiet for too short a time", DOWN, seen(*[200] * 40, failures={KEY: 3}, good_since=20, quiet=9.0), None),
    ("quiet, with too few good replays", DOWN, seen(*[200] * 40, failures={KEY: 3}, good_since=4, quiet=11.0), None),
    ("other peers saved it, and the dead one answers now", SAVED, seen(*[200] * 5, peer=True, asks=True), ("verified", True, False)),
    ("other peers saved it, and the dead one is as dead", SAVED, seen(*[200] * 9, peer=False, asks=True), None),
    ("and stays so", SAVED, seen(*[200] * 9, peer=False, asks=True, left=0), ("unchanged", False, True)),
    ("it worked before and nobody knows of a dead peer", WORKED, seen(*[200] * 9, peer=True, left=0), ("unproven", False, True)),
    ("good replays, and nothing tells of failures", DOWN, unseen(*[200] * 9), None),
    ("and nobody decides", DOWN, unseen(*[200] * 9, left=0), ("unproven", False, True)),
    ("no error log, but an access log without a bad answer", DOWN, unseen(*[200] * 9, bad=0), ("verified", True, False)),
    ("no error log, and an access log with a bad answer", DOWN, unseen(*[200] * 9, bad=1), None),
    ("the backend that must answer does not", DOWN, seen(*[200] * 6, peer=False, asks=True), None),
    ("whether the backend answers is not known yet", DOWN, seen(*[200] * 6, asks=True), None),
    ("the backend that must answer does", DOWN, seen(*[200] * 6, peer=True, asks=True), ("verified", True, False)),
    ("the backend cannot be asked from here", DOWN, seen(*[200] * 6), ("verified", True, False)),
    ("one of four failed before: twelve are needed", SOMETIMES, seen(*[200] * 11), None),
    ("twelve are there", SOMETIMES, seen(*[200] * 12), ("verified", True, False)),
    ("a 502 that became a 404 is not verified", DOWN, seen(*[404] * 9), None),
    ("and goes back at the end", DOWN, seen(*[404] * 9, left=0), ("progress", False, True)),
    ("another hop fails: hold", DOWN, seen(*[504] * 4), None),
    ("another hop fails until the end", DOWN, seen(*[504] * 4, left=0), ("progress", False, True)),
    ("unchanged: wait", DOWN, seen(*[502] * 9, failures={KEY: 9}), None),
    ("unchanged at the end: edits go back", DOWN, seen(*[502] * 9, left=0), ("unchanged", False, True)),
    ("unchanged at the end: a command is not undone", DOWN, seen(*[502] * 9, left=0, edits=False, commands=True), ("unchanged", False, False)),
    ("unchanged at the end: edit plus command stays", DOWN, seen(*[502] * 9, left=0, commands=True), ("unchanged", False, False)),
    ("nothing to replay: wait for a person", POSTS, seen(), None),
    ("nothing to replay at the end", POSTS, seen(left=0), ("unproven", False, True)),
    ("did not fail before: never verified", WORKED, seen(*[200] * 30), None),
    ("did not fail before, at the end", WORKED, seen(*[200] * 30, left=0), ("unproven", False, True)),
    ("a person keeps", DOWN, seen(502, asked="keep"), ("kept", True, False)),
    ("a person takes back what is good", DOWN, seen(*[200] * 9, asked="put_back"), ("asked", False, True)),
    ("no living workers", DOWN, seen(workers=False), ("worse", False, True)),
    ("worse with a command: edits go back all the same", DOWN, seen(workers=False, commands=True), ("worse", False, True)),
    ("a listen went silent", DOWN, seen(*[200] * 9, silent=("127.0.0.1:443",)), ("worse", False, True)),
    ("worse beats a person's keep", DOWN, seen(workers=False, asked="keep"), ("worse", False, True)),
    ("a healthy site fails three times", DOWN, seen(*[200] * 9, failures={OTHER: 3}), ("worse", False, True)),
    ("twice is not enough", DOWN, seen(502, failures={OTHER: 2}), None),
    ("a noisy site goes on as before", replace(DOWN, failures={OTHER: 300}), seen(502, failures={OTHER: 12}), None),
    ("a noisy site three times as noisy", replace(DOWN, failures={OTHER: 300}), seen(502, window=60.0, failures={OTHER: 181}), ("worse", False, True)),
    ("a site that failed before has a burst", replace(DOWN, failures={OTHER: 30}), seen(*[200] * 2, window=1.0, failures={OTHER: 3}), None),
    ("it fails on as before", replace(DOWN, failures={OTHER: 30}), seen(*[200] * 5, window=2.0, failures={OTHER: 4}), ("verified", True, False)),
    ("it is really worse, at once", replace(DOWN, failures={OTHER: 30}), seen(*[200] * 2, window=2.0, failures={OTHER: 10}), ("worse", False, True)),
    ("the site that was down fails on, with another error", DOWN, seen(502, failures={"premature_close 127.0.0.1:3001 shop.test": 40}), None),
    ("the site that failed sometimes fails much more", SOMETIMES, seen(502, failures={KEY: 40}), ("worse", False, True)),
    ("somebody else interfered", DOWN, seen(*[200] * 9, foreign="reloaded by somebody"), ("foreign", False, False)),
    ("interference beats worse: nothing is touched", DOWN, seen(workers=False, foreign="restarted"), ("foreign", False, False)),
    ("an undo is done when nginx took it", DOWN, seen(502, undoes=True), ("undone", True, False)),
    ("an undo after which nothing lives", DOWN, seen(undoes=True, workers=False), ("worse", False, True)),
)


@pytest.mark.parametrize(("what", "before", "after", "wanted"), TABLE, ids=[row[0] for row in TABLE])
def test_table(what: str, before: Baseline, after: Observed, wanted: tuple[str, bool, bool] | None) -> None:
    """If a row fails, changes are kept or put back by another rule than the one a person was told."""
    decision = decide(before, after)
    found = (decision.rule, decision.stays, decision.put_back) if decision else None
    assert found == wanted, decision


def test_by_requests_where_they_are_counted() -> None:
    """If this fails, a site is called worse only because more visitors came."""
    before = replace(DOWN, failures={OTHER: 10}, requests=1000)
    after = seen(502, failures={OTHER: 12})
    assert decide(before, replace(after, after=replace(after.after, requests=1000))) is None
    assert isinstance(decide(before, replace(after, after=replace(after.after, requests=10))), Decision)


def test_a_person_is_asked_what_only_he_can_know() -> None:
    """If this fails, nobody is asked about a change that cannot prove itself."""
    assert "nothing can be replayed" in question(POSTS, seen())
    assert "another one shows" in question(DOWN, seen(504))
    assert question(DOWN, seen(502)) == ""
    assert standing(DOWN, seen(*[200] * 5)) == "verified"


def test_rarer_failures_need_more_replays() -> None:
    """If this fails, luck looks like a repair."""
    assert [needed(replace(DOWN, statuses=(502,) + (200,) * n)) for n in (0, 1, 2, 9)] == [5, 6, 9, 30]


AHEAD: tuple[tuple[str, Baseline, Observed, str], ...] = (
    ("nothing was answered yet", DOWN, seen(), ""),
    ("whether the backend answers is not known yet", DOWN, seen(200, asks=True), ""),
    ("the first good answer, and more will come", DOWN, seen(200), "verified"),
    ("good answers, and failures that go on", DOWN, seen(*[200] * 20, failures={KEY: 9}, good_since=1, quiet=0.2), "unchanged"),
    ("good answers, and failures that have ended a moment ago", DOWN, seen(*[200] * 20, failures={KEY: 3}, good_since=9, quiet=3.0), "verified"),
    ("the same, too late to become quiet", DOWN, seen(*[200] * 20, failures={KEY: 3}, good_since=9, quiet=3.0, left=2.0), "unchanged"),
    ("as before", DOWN, seen(502), "unchanged"),
    ("another failure", DOWN, seen(504), "progress"),
    ("nothing to replay", POSTS, seen(), "unproven"),
    ("a person has said it", DOWN, seen(502, asked="keep"), "kept"),
)


@pytest.mark.parametrize(("what", "before", "after", "wanted"), AHEAD, ids=[row[0] for row in AHEAD])
def test_what_it_comes_to_is_decided_by_the_same_rules(what: str, before: Baseline, after: Observed, wanted: str) -> None:
    """If a row fails, the count-down promises another outcome than the deadline brings."""
    ahead = outlook(before, after)
    assert (ahead.rule if ahead else "") == wanted


@pytest.mark.parametrize("after", [row[2] for row in TABLE if not row[2].foreign], ids=[row[0] for row in TABLE if not row[2].foreign])
@pytest.mark.parametrize("before", [DOWN, SOMETIMES, POSTS, WORKED, SAVED], ids=["down", "sometimes", "posts", "worked", "saved"])
def test_at_the_deadline_it_is_what_was_told(before: Baseline, after: Observed) -> None:
    """If this fails, `then:` says something else in the last second than what is decided a moment later on the same figures."""
    now = replace(after, left=0.0)
    assert outlook(before, now) in (None, decide(before, now))


def test_an_outcome_is_no_better_than_what_can_be_undone(a_change: StagedChange) -> None:
    """If this fails, the count-down promises PUT BACK where a command stays, or where nobody knows what nginx ran."""
    back = Decision("unchanged", False, True, "")
    assert comes_to(back, a_change) == "PUT BACK"
    assert comes_to(replace(back, put_back=False), a_change) == "NEEDS HAND"
    assert comes_to(back, replace(a_change, foreign={"/etc/nginx/x": "+ y"}, exact=False)) == "NEEDS HAND"
    command = Command(("true",), "", "", "", None, None)
    ran = replace(a_change, fixes=tuple(replace(fix, commands=(command,)) for fix in a_change.fixes))
    assert comes_to(back, ran) == "NEEDS HAND"
    assert comes_to(replace(back, rule="asked"), ran) == "PUT BACK"
    assert comes_to(Decision("kept", True, False, ""), ran) == "KEPT"


SHARES = replace(DOWN, statuses=(200, 200, 200), failures={"premature_close 127.0.0.1:1 blog.test": 4}, requests=4000, window=300.0, bad=4)


@pytest.mark.parametrize(("failures", "requests", "worse"), [(8, 3000, False), (12, 300, True), (2, 10, False), (4, 4000, False)])
def test_failures_are_compared_as_shares_of_the_requests(failures: int, requests: int, worse: bool) -> None:
    """If this fails, more traffic makes a site look worse, or less of it hides that it is."""
    now = replace(seen(window=60.0), after=Baseline(REQUEST, (), {"premature_close 127.0.0.1:1 blog.test": failures}, requests, 60.0))
    assert bool(what_is_worse(SHARES, now)) == worse


def test_what_is_worse_is_told_with_what_was_counted() -> None:
    """If this fails, the reason gives a figure that nobody counted."""
    now = replace(seen(), after=Baseline(REQUEST, (), {"premature_close 127.0.0.1:1 blog.test": 12}, 300, 60.0))
    assert what_is_worse(SHARES, now) == "blog.test fails now: 12 of 300 requests in 60 s, before it was 4 of 4000 requests in 300 s"
    unknown = replace(now, after=replace(now.after, requests=None))
    assert what_is_worse(replace(SHARES, requests=None), unknown) == "blog.test fails now: 12 in 60 s, before it was 4 in 300 s"


def test_what_waits_at_the_backend_is_told() -> None:
    """If this fails, nobody learns why a longer time-out does not show its effect yet."""
    assert "28 connections wait at the backend" in (decide(DOWN, seen(504, left=0.0, queued=28)) or Decision("kept", True, False, "")).why


def test_what_could_not_be_counted_is_not_called_none() -> None:
    """If this fails, a host whose error log nobody can read reports that nothing fails any more."""
    found = unseen(*[200] * 9, left=0)
    assert "failures not counted: no error log can be read" in figures(DOWN, found)
    assert "no failure" not in figures(DOWN, found)
    assert question(DOWN, found).startswith("the replays are good, but failures cannot be counted")
