"""backend_closes_early: nothing in nginx is to blame, so every other reason for the same line must have been looked for."""

from __future__ import annotations

import pytest

from tests import answers
from tests.answers import PEER, ok, struck
from tests.builder import NOW, Host
from tui502.causes import backend_closes_early, protocol_mismatch, tls_expected
from tui502.read.facts import read_facts


def judged(host: Host, cause=backend_closes_early):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return cause.judge(evidence, read_facts(evidence)).findings


def closing(symptom: str = "premature_close") -> Host:
    host = struck(f"proxy_pass http://{PEER};", symptom)
    answers.http(host)
    answers.http(host, ok(), uri="/")
    answers.handshake(host, received=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    return host


def looked_after(host: Host) -> Host:
    """The process table was read after the question was asked."""
    host.exchanges = {key: type(seen)(NOW - 5, seen.took, seen.value) for key, seen in host.exchanges.items()}
    return host


@pytest.mark.parametrize("symptom", ["premature_close", "connection_reset"])
def test_a_page_that_is_closed_on_a_direct_request_too(symptom):
    (finding,) = judged(closing(symptom))
    assert finding.certainty == "likely"
    assert finding.summary == f"app.example.com fails on /cart: {PEER} accepts and closes without an answer"
    (fix,) = finding.fixes
    assert (fix.kind, fix.edits, fix.commands) == ("advice", (), ())
    assert fix.title == "read what app.service logs when it is asked GET /cart"


def test_processes_as_old_as_before_make_it_proven():
    (finding,) = judged(looked_after(closing()))
    assert finding.certainty == "proven"
    assert finding.summary.endswith("; nothing crashed")


def test_what_may_be_another_page_than_nginx_asks_for_proves_nothing():
    host = looked_after(closing())
    host.sites["app"] = answers.site(f"if (-f /srv/busy) {{ rewrite ^ /busy break; }} proxy_pass http://{PEER};")
    (finding,) = judged(host)
    assert finding.certainty == "likely"
    assert [clue.text for clue in finding.clues_of("against") if "another URI" in clue.text]


def test_a_worker_that_was_started_since_may_replace_one_that_crashed():
    host = looked_after(closing())
    host.process(1999, "node", ppid=1872, started=NOW - 4)
    (finding,) = judged(host)
    assert finding.certainty == "possible"
    assert "crashed" not in finding.summary


def test_a_close_after_a_while_may_be_a_limit_of_its_own():
    host = looked_after(closing())
    answers.http(host, after=2.0)
    assert judged(host)[0].certainty == "possible"


def test_where_every_page_is_closed_it_may_be_an_allow_list():
    host = closing()
    answers.http(host, uri="/")
    host.exchanges.pop(next(key for key in host.exchanges if key.endswith("app.example.com/")))
    answers.handshake(host, received=b"what is this\n")
    answers.fastcgi(host, b"")
    (finding,) = judged(host)
    assert finding.certainty == "possible"
    assert finding.summary == f"app.example.com is down: {PEER} accepts and closes without an answer"


def test_before_the_other_protocols_were_tried_it_is_silent():
    host = closing()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("tls")}
    assert judged(host) == ()


def test_a_kept_connection_that_was_closed_is_another_cause():
    """The same line; asked on a fresh connection it answers."""
    host = closing()
    answers.http(host, ok())
    assert judged(host) == ()


@pytest.mark.parametrize("speaks", ["tls", "fastcgi"])
def test_another_protocol_is_another_cause(speaks):
    host = closing()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.endswith("app.example.com/")}
    if speaks == "tls":
        answers.handshake(host)
    else:
        answers.hung_up_on(host)
        answers.fastcgi(host, answers.script_answer(404))
    assert judged(host) == ()
    assert len(judged(host, tls_expected if speaks == "tls" else protocol_mismatch)) == 1


def test_an_answer_that_breaks_off_is_no_early_close():
    host = closing()
    answers.http(host, b"HTTP/1.1 200 OK\r\nContent-Le")
    assert judged(host) == ()


def test_a_page_that_only_post_fails_on_is_silent():
    """It cannot be asked again without doing what it does."""
    host = closing()
    host.tallies.clear()
    host.fails(symptom="premature_close", method="POST")
    assert judged(host) == ()
