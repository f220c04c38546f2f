"""Since when an outage goes on: failures of yesterday must not be told as its beginning, a quiet minute not as its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import ACCESS, NOW, Host, log, seen
from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import Outage
from tui502.read.facts import read_facts

PEER, SERVER = "127.0.0.1:3000", "app.example.com"


def counts(
    symptom: str, steps: dict[int, int], *, phase: str = "", peer: str = "", server: str = "", first: float = 0.0, raws: tuple[bytes, ...] = ()
) -> Tally:
    """A tally whose steps of ten seconds, so many before the newest, hold so many."""
    last = int(NOW // 10) - 1
    begin = last - max(steps)
    per = tuple(steps.get(last - step, 0) for step in range(begin, last - min(steps) + 1))
    return Tally(symptom, phase, peer, server, sum(steps.values()), first or begin * 10.0, (last - min(steps)) * 10.0, per, raws)


def told(failed: dict[int, int], answered: list[Tally], *, first: float = 0.0, more: tuple[Tally, ...] = ()) -> Outage:
    host = Host()
    host.fails()
    raws = host.tallies[0].samples
    host.tallies[:] = [counts("connection_refused", failed, phase="x", peer=PEER, server=SERVER, first=first, raws=raws), *more]
    host.connect(PEER, "refused")
    evidence: Evidence = host.evidence()
    return next(
        each
        for each in read_facts(replace(evidence, logs={**evidence.logs, ACCESS: seen(log(ACCESS, answered, ()))})).outages
        if each.symptoms == ("connection_refused",)
    )


def span(first: int, last: int, each: int = 1) -> dict[int, int]:
    return dict.fromkeys(range(last, first + 1), each)


NEW = span(17, 0, 2)
OLD = span(400, 380, 2)


def began(steps: int) -> float:
    return (int(NOW // 10) - 1 - steps) * 10.0


def test_two_outages_of_a_peer_are_two():
    """The peer itself answered for an hour between them."""
    found = told(OLD | NEW, [counts("200", span(379, 18), phase="answered", peer=PEER), counts("502", NEW, phase="failed", peer=PEER)])
    assert (found.first, found.client_visible) == (began(17), 36)


def test_without_peers_in_the_log_the_number_of_good_answers_tells():
    found = told(OLD | NEW, [counts("200", span(400, 0, 9)), counts("502", OLD | NEW)])
    assert (found.first, found.client_visible) == (began(17), 36)


@pytest.mark.parametrize(
    "answered",
    [
        [],
        [counts("200", span(30, 18, 9)), counts("502", OLD | NEW)],
        [counts("200", span(379, 370), phase="answered", peer=PEER), counts("502", NEW, phase="failed", peer=PEER)],
        [counts("200", span(379, 18), phase="answered", peer="127.0.0.1:9"), counts("502", NEW, phase="failed", peer=PEER)],
    ],
    ids=["no access log", "while nobody asked", "for a minute", "by another peer"],
)
def test_a_pause_without_real_answers_is_none(answered: list[Tally]):
    """If this fails, SINCE is later than the truth, and what changed just before is looked for in the wrong hour."""
    assert told(OLD | NEW, answered).first == began(400)


def test_few_answers_are_by_chance():
    """A site that few ask for is not up because others are asked."""
    rare = {400: 1, 200: 1, 0: 1}
    assert told(rare, [counts("200", span(400, 0, 1)), counts("502", rare)]).first == began(400)


def test_a_short_pause_belongs_to_the_outage():
    short = span(60, 30) | span(15, 0)
    assert told(short, [counts("200", span(60, 0, 50), phase="answered", peer=PEER), counts("502", short, phase="failed", peer=PEER)]).first == began(60)


def test_what_failed_before_the_steps_that_are_kept_is_another_outage():
    """Only two hours are kept in steps; a failure of yesterday is known by its time alone."""
    found = told(NEW | {719: 0}, [counts("200", span(719, 18), phase="answered", peer=PEER)], first=NOW - 86400)
    assert found.first == began(17)


def test_failures_of_another_kind_fill_a_pause():
    """A backend that refuses, hangs and refuses again was not well in between."""
    hangs = counts("upstream_timeout_read", span(379, 18), phase="x", peer=PEER, server=SERVER)
    found = told(OLD | NEW, [counts("200", span(400, 0, 9)), counts("502", OLD | NEW)], more=(hangs,))
    assert found.first == began(400)


def test_the_share_counts_from_where_the_outage_began():
    """If this fails, a site that failed wholly for a minute is said to fail by a fifth."""
    young = span(5, 0, 10)
    found = told(young, [counts("200", span(300, 6, 10)), counts("502", young)])
    assert found.share == 1.0
