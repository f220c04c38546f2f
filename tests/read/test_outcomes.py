"""What clients got of failed tries: told by the access log, or not told."""

from __future__ import annotations

from tests.builder import ACCESS, APP, NOW, Host, tally, without
from tui502.model.evidence import Evidence
from tui502.read.answers import since
from tui502.read.facts import read_facts

GROUP = "upstream app { server 127.0.0.1:3000; server 127.0.0.1:3100; }\n" + APP[APP.index("server {") :]
WIKI = "server { listen 80; server_name wiki.example.com; location / { proxy_pass http://127.0.0.1:9000; } }\n"


def two(**answered: int) -> Host:
    """A group of which one peer answers."""
    host = Host(sites={"app": GROUP, "wiki": WIKI}, requests={name.removeprefix("s"): count for name, count in answered.items()})
    host.service("app.service", 31, "127.0.0.1:3100")
    host.connect("127.0.0.1:3100", "connected")
    host.connect("127.0.0.1:3000", "refused")
    return host


def outcomes(evidence: Evidence) -> dict[str, tuple[int, int | None]]:
    return {outage.target.peer: (outage.client_visible, outage.saved) for outage in read_facts(evidence).outages}


def test_a_retry_that_was_answered_is_no_failure():
    host = two(s200=500)
    host.fails(count=40)
    assert outcomes(host.evidence()) == {"127.0.0.1:3000": (0, 40)}


def test_failures_of_another_site_are_not_taken_for_those_of_the_group():
    """A noisy site that is down must not turn saved requests of the next one into an outage."""
    host = two(s200=500, s502=100)
    host.fails(count=40)
    host.fails("127.0.0.1:9000", server="wiki.example.com", host="wiki.example.com", count=100)
    assert outcomes(host.evidence()) == {"127.0.0.1:3000": (0, 40), "127.0.0.1:9000": (100, 0)}


def test_what_is_left_over_was_seen_by_clients():
    host = two(s200=500, s502=110, s504=5)
    host.fails(count=40)
    host.fails("127.0.0.1:9000", server="wiki.example.com", host="wiki.example.com", count=100)
    assert outcomes(host.evidence())["127.0.0.1:3000"] == (15, 25)


def test_without_an_access_log_it_is_not_known():
    host = two()
    host.fails(count=40)
    assert outcomes(without(host.evidence(), ACCESS)) == {"127.0.0.1:3000": (0, None)}


def test_the_only_peer_saves_nobody():
    host = Host(requests={"200": 9})
    host.fails(count=40)
    assert outcomes(host.evidence()) == {"127.0.0.1:3000": (40, 0)}


def test_only_what_came_since_counts():
    """A tally of a whole day must not be held against an outage of this minute."""
    day = tally("502", "", "", 720, NOW - 7199, NOW - 1, ())
    assert since(day, NOW - 7199) == 720
    assert 0 < since(day, NOW - 600) <= 61
    assert since(day, NOW + 100) == 0
