"""backend_slow: a longer time-out mends only what works and is slow; for what hangs or is overloaded it makes things worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import answers
from tests.answers import PEER, ok, script_answer, struck
from tests.builder import Host, without
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


def test_a_queue_of_connections_is_another_cause():
    host = slow()
    host.listeners[:] = [replace(item, queue=17) for item in host.listeners]
    found = opinion(host)
    assert found.findings == ()
    assert "queue" in found.ruled_out[0].why


def test_no_answer_at_all_proves_nothing():
    host = slow()
    answers.http(host, end="timeout")
    assert opinion(host).findings == ()


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
