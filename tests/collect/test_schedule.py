"""When each look is due."""

from __future__ import annotations

import dataclasses

from tui502.collect.schedule import Schedule, concerning, patience
from tui502.model.evidence import Look


def look(key: str, kind: str = "file", every: float | None = None, args: tuple[str, ...] = (), deadline: float = 2.0) -> Look:
    return Look(key, kind, args or (key,), 0, deadline, every, "")  # type: ignore[arg-type]


def carried(schedule: Schedule, now: float, took: float = 0.1) -> list[str]:
    """Start and answer all that is due; their keys."""
    due = schedule.due(now)
    for one in due:
        schedule.started(one, now)
    for one in due:
        assert schedule.answered(one, now + took)
    return [one.key for one in due]


def test_a_look_is_due_once_or_at_its_interval() -> None:
    """If this fails, a file is read in a loop, or a listener is never looked at again."""
    schedule = Schedule()
    looks = [look("once"), look("often", every=1.0)]
    schedule.want(looks, 0.0)
    assert carried(schedule, 0.0) == ["once", "often"]
    schedule.want(looks, 0.5)
    assert schedule.due(1.0) == []
    assert schedule.next_event(0.5) == 0.1 + 1.0 - 0.5
    assert carried(schedule, 1.2) == ["often"]
    assert schedule.open() == [looks[1]]


def test_a_table_that_takes_long_to_read_is_read_seldom() -> None:
    """If this fails, a tenth of a core goes into looking on a host with ten thousand listening sockets, or nothing is noticed there for minutes."""
    for took, due in ((0.001, 1.0), (0.1, 4.0), (3.0, 5.0)):
        schedule = Schedule()
        schedule.want([look("listeners", "listeners", every=1.0)], 0.0)
        schedule.started(schedule.due(0.0)[0], 0.0)
        assert schedule.answered(look("listeners", "listeners", every=1.0), 0.0, took)
        assert schedule.next_event(0.0) == due


def test_another_question_under_the_same_key_is_asked_anew() -> None:
    """If this fails, `nginx -t` is not repeated after an edit, or a master that was replaced is still looked at."""
    schedule = Schedule()
    schedule.want([look("t", args=("a",))], 0.0)
    carried(schedule, 0.0)
    schedule.want([dataclasses.replace(look("t", args=("a",)), reason="other text on disk")], 1.0)
    assert carried(schedule, 1.0) == ["t"]
    schedule.want([dataclasses.replace(look("t", args=("a",)), view=7)], 2.0)
    assert carried(schedule, 2.0) == ["t"]


def test_a_look_more_is_due_at_once_and_again_when_it_is_wished_again() -> None:
    """If this fails, the look that a person takes is not carried out, or only once."""
    schedule = Schedule()
    planned, more = look("planned"), look("more")
    schedule.want([planned], 0.0)
    carried(schedule, 0.0)
    schedule.also(more, 1.0)
    assert carried(schedule, 1.0) == ["more"]
    schedule.also(planned, 2.0)
    schedule.also(more, 2.0)
    assert carried(schedule, 2.0) == ["planned", "more"]
    schedule.started(more, 3.0)
    schedule.also(more, 3.1)
    assert schedule.answered(more, 3.2)
    assert schedule.due(3.3) == [more], "one under way is asked once more after its answer"


def test_an_answer_to_a_question_that_changed_is_worth_nothing() -> None:
    """If this fails, the answer of a dead master is shown for the new one."""
    schedule = Schedule()
    old, new = look("t", args=("old",)), look("t", args=("new",))
    schedule.want([old], 0.0)
    schedule.started(old, 0.0)
    schedule.want([new], 0.1)
    assert schedule.due(0.2) == []
    assert schedule.answered(old, 0.3) is False
    assert schedule.due(0.3) == [new]


def test_what_is_no_longer_wanted_is_no_longer_looked_at() -> None:
    """If this fails, peers that left the configuration are probed for ever."""
    schedule = Schedule()
    schedule.want([look("a", every=1.0)], 0.0)
    carried(schedule, 0.0)
    schedule.want([], 1.0)
    assert schedule.due(9.0) == []
    assert schedule.next_event(9.0) == float("inf")


def test_a_hung_look_is_told_once_and_not_started_again() -> None:
    """If this fails, every hung look of every round takes another thread."""
    schedule = Schedule()
    hung = look("nfs", every=1.0)
    schedule.want([hung], 0.0)
    schedule.started(hung, 0.0)
    assert schedule.overdue(patience(hung)) == []
    assert schedule.overdue(patience(hung) + 0.01) == [hung]
    assert schedule.overdue(99.0) == []
    assert schedule.open() == []
    assert schedule.due(99.0) == []
    assert schedule.answered(hung, 100.0)
    assert schedule.due(101.0) == [hung]


def test_one_connection_at_a_time_to_a_peer() -> None:
    """If this fails, our own probes press on an ailing backend."""
    schedule = Schedule()
    first, second = look("connect p", "exchange", args=("p",)), look("http p", "exchange", args=("p",))
    schedule.want([first], 0.0)
    schedule.started(first, 0.0)
    schedule.want([first, second], 0.1)
    assert schedule.due(0.2) == []
    assert schedule.next_event(0.2) > 1
    schedule.answered(first, 0.3)
    assert schedule.due(0.3) == [second]


def test_probe_now_makes_due_what_it_names() -> None:
    """If this fails, `r` shows old results, or runs nginx -t again and again."""
    schedule = Schedule()
    looks = [look("connect p", "exchange", args=("p",)), look("connect q", "exchange", args=("q",)), look("nginx -t", "test"), look("file")]
    schedule.want(looks, 0.0)
    carried(schedule, 0.0)
    schedule.again(concerning(""), 1.0)
    assert carried(schedule, 1.0) == ["connect p", "connect q", "file"]
    schedule.again(concerning("p"), 2.0)
    assert carried(schedule, 2.0) == ["connect p"]
    schedule.again(concerning("connect"), 3.0)
    assert carried(schedule, 3.0) == ["connect p", "connect q"]
    schedule.again(concerning("nginx -t"), 4.0)
    assert carried(schedule, 4.0) == ["nginx -t"]


def test_probe_now_during_a_look_asks_once_more() -> None:
    """If this fails, the answer shown after `r` may be from before it."""
    schedule = Schedule()
    one = look("a")
    schedule.want([one], 0.0)
    schedule.started(one, 0.0)
    schedule.again(concerning(""), 0.5)
    schedule.answered(one, 1.0)
    assert schedule.due(1.0) == [one]


def test_new_replays_of_a_live_run_are_few() -> None:
    """If this fails, a site on which every failure is of another page gets a request from us for each of them."""
    schedule = Schedule(paced=True)
    for n in range(100):
        schedule.want([look(f"replay /{n}", "replay"), look(f"file {n}")], float(n) / 10)
        carried(schedule, float(n) / 10, 0.01)
    fresh = [look("replay /new", "replay")]
    schedule.want(fresh, 11.0)
    assert schedule.due(11.0) == []
    assert schedule.due(60.0) == fresh, "it is only put off"
    schedule.again(concerning(""), 12.0)
    assert schedule.due(12.0) == fresh, "a person who asks is not kept waiting"


def test_what_was_wanted_once_may_become_wanted_again_and_again() -> None:
    """If this fails, a request that was fine and fails now is not asked again."""
    schedule = Schedule()
    schedule.want([look("a")], 0.0)
    carried(schedule, 0.0)
    schedule.want([look("a", every=5.0)], 1.0)
    schedule.want([look("a", every=5.0)], 2.0)
    assert schedule.due(5.9) == []
    assert carried(schedule, 6.0) == ["a"]
