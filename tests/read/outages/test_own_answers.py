"""502 and 504 behind which no failed try stands: who made them must be told truly, and only where it is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import ACCESS, MAIN, NOW, Host, log, seen, tally
from tui502.investigate import investigate
from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import Outage
from tui502.read.facts import read_facts
from tui502.report import rate, site

PEER = "127.0.0.1:3000"
FORMAT = """log_format tried '$time_iso8601 "$request" $status "$upstream_status" "$upstream_addr"';
    access_log /var/log/nginx/access.log tried;"""
LINE = b'2026-11-22T03:14:05+01:00 "GET /cart?token=x HTTP/1.1" 502 "502" "127.0.0.1:3000"'


def answers(phase: str, *, peer: str = PEER, status: str = "502", count: int = 40, ago: float = 2.0) -> Tally:
    return replace(tally(status, peer, "", count, NOW - 200 - ago, NOW - ago, (LINE,)), phase=phase)


def host_of(level: str = "") -> Host:
    host = Host()
    text = MAIN.replace("access_log /var/log/nginx/access.log;", FORMAT).replace("error.log;", f"error.log {level};")
    host.extra_files["/etc/nginx/nginx.conf"] = text.encode()
    host.service("app.service", 1872, PEER)
    host.connect(PEER, "connected")
    return host


def with_log(host: Host, *tallies: Tally) -> Evidence:
    evidence = host.evidence()
    return replace(evidence, logs={**evidence.logs, ACCESS: seen(log(ACCESS, list(tallies), ()))})


def outages(host: Host, *tallies: Tally) -> tuple[Outage, ...]:
    return read_facts(with_log(host, *tallies)).outages


@pytest.mark.parametrize("phase", ["answered", "tried"])
def test_the_application_itself_answers_502(phase: str):
    """If this fails, nginx or its configuration is blamed for what the application does, or the site is called well."""
    incident = investigate(with_log(host_of(), answers(phase), answers("answered", status="200", count=60)))
    (found,) = incident.facts.outages
    assert (found.symptoms, found.client_visible, found.now, found.saved) == (("backend_answers_502",), 40, True, 0)
    assert (found.target.server, found.target.location, found.target.peer) == ("app.example.com", "/", PEER)
    assert found.share == pytest.approx(0.4)
    assert found.request
    assert found.request.uri == "/cart"
    assert incident.verdict == "undecided"
    assert "the application itself answered 502 (127.0.0.1:3000)" in site.sentence(incident)
    assert rate.last_minute(incident) > 0


def test_nginx_answers_502_and_asks_nobody():
    (found,) = outages(host_of(), answers("unasked", peer=""))
    assert (found.symptoms, found.client_visible, found.target.peer) == (("nginx_answers_502",), 40, "")


def test_a_failure_that_the_error_log_has_is_told_once():
    """The status of a failed try stands in the access log too; without a time of headers it looks as an answer does."""
    host = host_of()
    host.fails(count=40, lasting=200.0)
    assert [each.symptoms for each in outages(host, answers("tried"))] == [("connection_refused",)]
    assert [each.symptoms for each in outages(host, answers("failed"))] == [("connection_refused",)]


def test_a_name_that_is_not_found_is_no_answer_of_nginx_itself():
    """No backend is asked then either, and the error log says why."""
    host = host_of()
    host.fails("", symptom="host_not_found", count=40)
    assert [each.symptoms for each in outages(host, answers("unasked", peer=""))] == [("host_not_found",)]


def test_who_made_it_is_not_known_while_the_error_log_is_silent():
    """A level that hides failures of nginx must not make them those of the application."""
    (found,) = outages(host_of("crit"), answers("tried"))
    assert (found.symptoms, found.target.peer, found.client_visible) == ((), PEER, 40)


def test_failures_behind_a_silent_error_log_are_counted():
    """If this fails, it is not known how many failed, and since when, although the access log has it."""
    host = host_of("crit")
    host.connect(PEER, "refused")
    (found,) = outages(host, answers("failed"), replace(answers("failed", status="504"), count=2))
    assert (found.symptoms, found.client_visible, found.first) == (("connection_refused",), 42, NOW - 202)


def test_what_is_history_is_no_outage():
    assert outages(host_of(), answers("answered", ago=901.0)) == ()


def test_a_good_answer_since_ends_it():
    host = host_of()
    host.replay(200, ago=1.0)
    assert [each.now for each in outages(host, answers("answered"))] == [False]


def test_a_group_is_not_called_partly_down_for_what_an_application_says():
    host = host_of()
    host.sites["app"] = host.sites["app"].replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000; server 127.0.0.1:3005;")
    host.service("other.service", 1873, "127.0.0.1:3005")
    host.connect("127.0.0.1:3005", "connected")
    assert investigate(with_log(host, answers("answered"))).findings == ()
