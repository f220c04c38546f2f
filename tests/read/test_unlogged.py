"""Failures that no error log tells of: a site that is down must not be called well because its log goes elsewhere."""

from __future__ import annotations

import pytest

from tests.builder import ACCESS, APP, MAIN, NOW, Host, log, seen, tally
from tui502.investigate import investigate
from tui502.model.evidence import Evidence
from tui502.read.facts import read_facts

LINE = b'203.0.113.24 - - [22/Nov/2026:03:14:05 +0100] "GET /cart?token=x HTTP/1.1" 502 157 "-" "Mozilla/5.0"'


def silent(target: str) -> Host:
    host = Host()
    host.extra_files["/etc/nginx/nginx.conf"] = MAIN.replace("error_log /var/log/nginx/error.log;", f"error_log {target};").encode()
    host.service("app.service", 1872, "127.0.0.1:3001", started=NOW - 718)
    host.connect("127.0.0.1:3000", "refused")
    return host


def answered(evidence: Evidence, ago: float = 2.0) -> Evidence:
    """With an access log in which clients got 502."""
    from dataclasses import replace

    bad = tally("502", "", "", 40, NOW - 100, NOW - ago, (LINE,))
    return replace(evidence, logs={**evidence.logs, ACCESS: seen(log(ACCESS, [bad], ()))})


@pytest.mark.parametrize("target", ["syslog:server=unix:/dev/log", "stderr", "/dev/null", "/var/log/nginx/error.log crit"])
def test_a_dead_backend_behind_a_silent_log_is_an_outage(target: str) -> None:
    """If this fails, a site whose error log goes to syslog is down and called well."""
    incident = investigate(silent(target).evidence())
    assert incident.verdict != "no_fault"
    assert [outage.target.peer for outage in incident.facts.outages if outage.now] == ["127.0.0.1:3000"]


def test_the_failing_request_comes_from_the_access_log() -> None:
    """If this fails, the repair of such a site cannot be verified."""
    (found,) = read_facts(answered(silent("stderr").evidence())).outages
    assert found.request is not None
    assert (found.request.uri, found.request.host) == ("/cart", "app.example.com")


def test_an_access_log_alone_tells_too() -> None:
    """If this fails, 502 that leave no error line are overlooked while the backend is dead."""
    host = Host()
    host.connect("127.0.0.1:3000", "refused")
    assert read_facts(host.evidence()).outages == ()
    assert [outage.now for outage in read_facts(answered(host.evidence())).outages] == [True]
    assert read_facts(answered(host.evidence(), ago=900)).outages == ()


def test_a_dead_backend_that_nobody_asks_for_is_no_outage() -> None:
    """If this fails, a switched off but still configured site is treated."""
    assert APP
    host = Host()
    host.connect("127.0.0.1:3000", "refused")
    host.requests = {"200": 500}
    assert read_facts(host.evidence()).outages == ()
