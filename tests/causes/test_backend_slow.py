"""backend_slow: a longer time-out mends only what works and is slow; for what hangs or is overloaded it makes things worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import answers
from tests.answers import PEER, SITE, ok, script_answer, struck
from tests.builder import ACCESS, ERRORS, Host, without
from tui502.causes import backend_closes_early, backend_slow
from tui502.fix.edits import apply_edits
from tui502.fix.forbidden import forbidden
from tui502.read import keys
from tui502.read.facts import read_facts

PASS = f"proxy_pass http://{PEER};"


def opinion(host: Host):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return backend_slow.judge(evidence, read_facts(evidence))


def after(host: Host, fix) -> str:  # type: ignore[no-untyped-def]
    data = host.sites["app"].encode()
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return apply_edits(data, fix.edits).decode()


def slow(directives: str = f"{PASS}\n        proxy_read_timeout 2s;", needs: float = 4.1, **more: str) -> Host:
    host = struck(directives, "upstream_timeout_read", **more)
    answers.http(host, ok(), after=needs)
    answers.http(host, ok(), uri="/", after=0.01)
    return host


def test_an_answer_after_the_time_out_and_a_fast_page_are_proof():
    (finding,) = opinion(slow()).findings
    assert finding.certainty == "proven"
    assert finding.summary == "app.example.com times out on /cart: the backend needs 4.1 s, nginx waits 2 s"
    assert [clue.text for clue in finding.clues][:3] == [
        "GET /cart asked directly answers after 4.1 s", "GET / answers after 0.0 s", "proxy_read_timeout is 2s",
    ]  # fmt: skip
    assert finding.outages == (f"upstream_timeout_read {PEER} app.example.com",)


def test_the_one_time_out_in_that_location_is_raised():
    host = slow()
    assert after(host, opinion(host).findings[0].fixes[0]) == host.sites["app"].replace("proxy_read_timeout 2s", "proxy_read_timeout 10s")
    host = slow(PASS, server="    proxy_read_timeout 2s;\n")
    assert after(host, opinion(host).findings[0].fixes[0]) == host.sites["app"].replace(PASS, f"{PASS}\n        proxy_read_timeout 10s;")


@pytest.mark.parametrize(("needs", "value"), [(2.5, "10s"), (7.4, "15s"), (14.0, "30s"), (29.0, "60s")])
def test_the_new_time_leaves_room(needs, value):
    assert f"proxy_read_timeout {value}" in opinion(slow(needs=needs)).findings[0].fixes[0].title


def test_the_family_of_the_pass_decides():
    host = struck(
        f"fastcgi_pass {PEER};\n        fastcgi_read_timeout 1500ms;", "upstream_timeout_read",
        server="    root /srv;\n    fastcgi_param SCRIPT_FILENAME $document_root/index.php;\n",
    )  # fmt: skip
    answers.fastcgi(host, script_answer(), script="/srv/index.php", after=3.0)
    answers.fastcgi(host, script_answer(), script="/srv/index.php", uri="/", after=0.01)
    assert "fastcgi_read_timeout 10s;" in after(host, opinion(host).findings[0].fixes[0])


def test_where_nginx_may_ask_for_another_page_it_is_not_proven():
    """If this fails, the time that one page needs proves something of another."""
    (finding,) = opinion(slow(f"if (-f /srv/busy) {{ rewrite ^ /busy break; }} {PASS} proxy_read_timeout 2s;")).findings
    assert finding.certainty == "likely"
    assert [clue.text for clue in finding.clues_of("against") if "another URI" in clue.text]


def test_without_another_page_it_is_less_certain():
    evidence = without(slow().evidence(), keys.http_key(PEER, "GET", "app.example.com", "/"))
    (finding,) = backend_slow.judge(evidence, read_facts(evidence)).findings
    assert finding.certainty == "likely"
    assert finding.decider is not None


def test_a_backend_of_which_no_page_answers_is_silent():
    host = slow()
    answers.http(host, end="timeout", uri="/")
    found = opinion(host)
    assert found.findings == ()
    assert "other pages" in found.ruled_out[0].why


def test_a_backend_that_is_slow_everywhere_is_silent():
    host = slow()
    answers.http(host, ok(), uri="/", after=1.9)
    assert opinion(host).findings == ()


def test_another_page_that_waited_a_little_leaves_it_likely():
    """If this fails, our own questions to a backend of two workers make a slow page look like a slow backend."""
    host = slow()
    answers.http(host, ok(), uri="/", after=1.2)
    (finding,) = opinion(host).findings
    assert finding.certainty == "likely"
    assert [clue.text for clue in finding.clues_of("against")] == ["another page was not fast either, if much faster: all of the backend may be busy"]


def test_a_queue_of_connections_is_another_cause():
    host = slow()
    host.listeners[:] = [replace(item, queue=17) for item in host.listeners]
    found = opinion(host)
    assert found.findings == ()
    assert "queue" in found.ruled_out[0].why


def test_no_answer_while_other_pages_are_fast_is_likely_at_most():
    """If this fails, a page that takes longer than we wait is never named, or called proven."""
    host = slow()
    answers.http(host, end="timeout", after=35.0)
    (finding,) = opinion(host).findings
    assert finding.certainty == "likely"
    assert finding.summary == "app.example.com times out on /cart: the backend needs more than 35 s, nginx waits 2 s"
    assert "proxy_read_timeout 60s;" in after(host, finding.fixes[0])
    assert finding.fixes[0].waits == 60.0


def test_where_the_usual_time_is_granted_already_no_number_is_made_up():
    host = slow(PASS)
    answers.http(host, end="timeout", after=61.0)
    (finding,) = opinion(host).findings
    assert [fix.kind for fix in finding.fixes] == ["advice"]
    assert "faster" in finding.fixes[0].title


def test_a_silence_shorter_than_the_time_out_says_nothing():
    host = slow(PASS)
    answers.http(host, end="timeout", after=35.0)
    assert opinion(host).findings == ()


def record(uri: str, second: int) -> bytes:
    return (
        f"2026/11/22 03:10:{second:02d} [error] 1204#1204: *88123 upstream timed out (110: Connection timed out) while reading response header from upstream, "
        f'client: 203.0.113.24, server: {SITE}, request: "GET {uri} HTTP/1.1", upstream: "http://{PEER}{uri}", host: "{SITE}"'
    ).encode()


def busy(*oldest: bytes, newest: tuple[str, ...] = ("/", "/cart"), queue: int = 28) -> Host:
    """Every page times out by now; the failures began with `oldest`. The backend accepts, and gives nothing."""
    host = slow()
    answers.http(host, end="timeout", after=35.0)
    answers.http(host, end="timeout", uri="/", after=5.0)
    host.tallies[:] = [replace(each, oldest=oldest, samples=(record("/", 59),)) for each in host.tallies]
    host.newest = tuple(record(uri, 59) for uri in newest)
    host.listeners[:] = [replace(item, queue=queue) for item in host.listeners]
    host.requests = {"200": 400, "504": 451}
    return host


BEGAN = (record("/cart", 1), record("/cart?id=4", 3), record("/cart", 5), record("/", 6), record("/cart", 7))


def test_where_all_pages_fail_by_now_the_one_that_failed_first_is_likely():
    """If this fails, the page that keeps all workers busy is not told from those that wait behind it."""
    host = busy(*BEGAN)
    (finding,) = opinion(host).findings
    assert finding.certainty == "likely"
    assert finding.summary == "app.example.com times out on /cart: it is slow and keeps the backend busy; nginx waits 2 s"
    assert [clue.text for clue in finding.clues][:5] == [
        "the first 3 time-outs were GET /cart, other pages only since 03:10:06", "other requests were answered meanwhile",
        "28 connections wait until 127.0.0.1:3000 accepts them", "GET /cart asked directly gives nothing in 35 s", "proxy_read_timeout is 2s",
    ]  # fmt: skip
    assert after(host, finding.fixes[0]) == host.sites["app"].replace("proxy_read_timeout 2s", "proxy_read_timeout 60s")
    assert "faster page" in finding.fixes[0].risk


def test_a_page_that_is_answered_late_behind_a_queue_is_likely_and_not_measured():
    """If this fails, the time in the queue is taken for the time that the page needs."""
    host = busy(*BEGAN)
    answers.http(host, ok(), after=13.0)
    (finding,) = opinion(host).findings
    assert finding.certainty == "likely"
    assert "proxy_read_timeout 60s" in finding.fixes[0].title


def test_before_the_page_was_answered_directly_the_log_says_it():
    host = busy(*BEGAN)
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("http ")}
    (finding,) = opinion(host).findings
    assert finding.certainty == "likely"
    assert finding.decider is not None
    assert finding.decider.args[4] == "/cart"
    assert [fix.kind for fix in finding.fixes] == ["advice"], "nobody knows yet what it needs"


@pytest.mark.parametrize(
    ("what", "host"),
    [
        ("two alike are chance", busy(record("/cart", 1), record("/cart", 3), record("/", 5))),
        ("all pages failed from the start", busy(record("/", 1), record("/cart", 2), record("/x", 3), record("/", 4))),
        ("that page fails no more", busy(*BEGAN, newest=("/",))),
        ("no other page is known", busy(*[record("/cart", n) for n in range(8)])),
        ("nothing is known of its beginning", busy()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_busy_backend_whose_failures_began_with_no_page_is_silent(what, host):
    """If this fails, a longer time-out is offered for what is overloaded."""
    assert opinion(host).findings == ()


def test_without_an_access_log_a_busy_page_is_only_possible():
    evidence = without(busy(*BEGAN).evidence(), ACCESS)
    assert [finding.certainty for finding in backend_slow.judge(evidence, read_facts(evidence)).findings] == ["possible"]


def test_a_log_that_was_not_read_from_its_beginning_says_nothing_of_the_beginning():
    evidence = busy(*BEGAN).evidence()
    log = evidence.logs[ERRORS]
    evidence = replace(evidence, logs={**evidence.logs, ERRORS: replace(log, value=replace(log.value, start=4096))})
    assert backend_slow.judge(evidence, read_facts(evidence)).findings == ()


def test_an_answer_in_time_is_silent():
    assert opinion(slow(needs=1.2)).findings == ()


def test_an_error_after_a_long_time_is_silent():
    host = slow()
    answers.http(host, ok(500), after=4.0)
    assert opinion(host).findings == ()


def test_a_close_after_a_long_time_is_silent():
    """The backend's own limit: a longer time-out of nginx changes nothing."""
    host = slow()
    answers.http(host, after=4.0)
    assert opinion(host).findings == ()


@pytest.mark.parametrize("symptom", ["premature_close", "upstream_timeout_connect", "upstream_timeout_send"])
def test_other_symptoms_are_other_causes(symptom):
    host = slow()
    host.tallies.clear()
    host.fails(symptom=symptom)
    assert opinion(host).findings == ()


def test_the_longer_time_is_never_given_to_a_time_out_of_another_cause():
    """If this fails, forbidden.py lets a time-out be raised for something that is down."""
    host = slow()
    fix = replace(opinion(host).findings[0].fixes[0], cause=backend_closes_early.ID)
    assert forbidden(fix, {edit.file: host.sites["app"].replace("2s", "100s").encode() for edit in fix.edits})
