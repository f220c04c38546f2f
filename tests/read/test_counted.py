"""What failed before a change is what the logs count, in a window whose length is known."""

from __future__ import annotations

import pytest

from tests.builder import ACCESS, NOW, Host, moved, tally
from tui502.read.counted import Counted, counted, visible
from tui502.read.facts import read_facts

KEY = "connection_refused 127.0.0.1:3000 app.example.com"
OTHER = "connection_refused 127.0.0.1:3100 app.example.com"


def of(host: Host, seconds: float = 300.0) -> Counted:
    evidence = host.evidence()
    return counted(evidence, read_facts(evidence).logs, seconds)


def test_only_what_stands_in_the_log_is_counted() -> None:
    """If this fails, a receipt gives figures that nobody counted."""
    host = Host()
    host.tallies.append(tally("connection_refused", "127.0.0.1:3000", "app.example.com", 7, NOW - 42, NOW - 1, ()))
    found = of(host)
    assert found.tries == {KEY: 7}
    assert found.requests is None
    assert 42 <= found.window < 52, "the log begins there: nothing is known of the time before"


def test_a_long_log_is_counted_for_the_last_minutes() -> None:
    """If this fails, the failures of the whole day stand for those of five minutes."""
    host = Host()
    host.tallies.append(tally("connection_refused", "127.0.0.1:3000", "app.example.com", 720, NOW - 7195, NOW - 1, ()))
    found = of(host)
    assert 290 <= found.window <= 300
    assert found.tries[KEY] == pytest.approx(found.window / 10, abs=1)


def test_the_access_log_tells_how_many_were_asked() -> None:
    """If this fails, the decision compares counts although the traffic has changed."""
    host = Host()
    host.tallies.append(tally("connection_refused", "127.0.0.1:3000", "app.example.com", 7, NOW - 42, NOW - 1, ()))
    host.requests = {"200": 7160, "502": 716}
    found = of(host)
    assert found.bad == pytest.approx((found.requests or 0) / 11, abs=5)
    assert found.window < 52


def test_a_host_without_logs_has_no_window() -> None:
    assert of(Host()) == Counted(0.0, {}, None, None)
    assert of(moved(), 300.0).window > 0
    host = moved()
    host.requests = {}
    assert ACCESS in host.evidence().logs
    assert of(host).requests is None


def test_what_another_peer_saved_reached_nobody() -> None:
    """If this fails, a degraded group looks as if its clients had failed, and a flap of one peer takes a good change back."""
    assert visible({KEY: 60, OTHER: 5}, 5, ("127.0.0.1:3000",)) == {KEY: 0, OTHER: 5}
    assert visible({KEY: 60}, 12, ("127.0.0.1:3000",)) == {KEY: 12}
    assert visible({KEY: 60}, None, ("127.0.0.1:3000",)) == {KEY: 60}, "no access log tells: tries are all that is known"
    assert visible({KEY: 60}, 0, ()) == {KEY: 60}, "nobody else could have answered"
