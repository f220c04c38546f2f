"""tls_expected and tls_unexpected: the scheme is rewritten, so the port must be seen to speak what the new one says. The same log lines have other causes."""

from __future__ import annotations

import pytest

from tests import answers
from tests.answers import PEER, ok, struck
from tests.builder import Host, without
from tui502.causes import backend_closes_early, managed, protocol_mismatch, tls_expected, tls_unexpected
from tui502.fix.edits import apply_edits
from tui502.fix.forbidden import forbidden
from tui502.read import keys
from tui502.read.facts import read_facts


def judged(host: Host, cause=tls_expected):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return cause.judge(evidence, read_facts(evidence)).findings


def after(host: Host, fix) -> str:  # type: ignore[no-untyped-def]
    data = host.sites["app"].encode()
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return apply_edits(data, fix.edits).decode()


def wants_tls(directives: str = f"proxy_pass http://{PEER};", symptom: str = "premature_close", **more: str) -> Host:
    host = struck(directives, symptom, **more)
    answers.http(host)
    answers.handshake(host)
    answers.https(host, ok())
    return host


@pytest.mark.parametrize("symptom", ["premature_close", "connection_reset", "invalid_header", "protocol_mismatch"])
def test_a_port_that_answers_a_handshake_and_no_http_is_proven(symptom):
    (finding,) = judged(wants_tls(symptom=symptom))
    assert (finding.cause, finding.certainty) == ("tls_expected", "proven")
    assert finding.summary == f"app.example.com is down: nginx speaks HTTP to {PEER}, which speaks TLS"
    assert [clue.text for clue in finding.clues][:2] == [f"{PEER} closes without a byte when asked in HTTP", f"{PEER} answers 200 over TLSv1.3"]
    assert finding.outages == (f"{symptom} {PEER} app.example.com",)
    (fix,) = finding.fixes
    assert (fix.kind, fix.there) == ("config", "GET /cart answers 200 over TLS")


def test_the_scheme_changes_and_nothing_else():
    host = wants_tls(f"proxy_pass 'http://{PEER}/v1/'; # to the app")
    assert after(host, judged(host)[0].fixes[0]) == host.sites["app"].replace("http://", "https://")


def test_the_default_port_is_written_out():
    """https:// without a port would dial 443."""
    host = wants_tls("proxy_pass http://127.0.0.1/v1;")
    host.tallies.clear()
    host.exchanges.clear()
    peer = "127.0.0.1:80"
    host.fails(peer, symptom="premature_close")
    answers.http(host, peer=peer)
    answers.handshake(host, peer=peer)
    assert "proxy_pass https://127.0.0.1:80/v1;" in after(host, judged(host)[0].fixes[0])


def test_a_group_is_one_finding_and_its_scheme_is_changed():
    second = "127.0.0.1:3001"
    host = wants_tls("proxy_pass http://pool;", before=f"upstream pool {{ server {PEER}; server {second}; }}\n")
    host.listen(second)
    host.fails(second, symptom="premature_close")
    answers.http(host, peer=second)
    answers.handshake(host, peer=second)
    (finding,) = judged(host)
    assert len(finding.outages) == 2
    assert "proxy_pass https://pool;" in after(host, finding.fixes[0])


def test_a_group_of_two_kinds_gets_advice():
    """https:// would break the server that speaks plain HTTP."""
    second = "127.0.0.1:3001"
    host = wants_tls("proxy_pass http://pool;", before=f"upstream pool {{ server {PEER}; server {second}; }}\n")
    host.listen(second)
    answers.http(host, ok(), peer=second)
    (fix,) = judged(host)[0].fixes
    assert (fix.kind, fix.edits) == ("advice", ())
    assert second in fix.title


def test_where_a_name_is_needed_it_is_staged_too():
    host = struck("proxy_pass http://pool;", "premature_close", before=f"upstream pool {{ server {PEER}; }}\n")
    answers.http(host)
    answers.handshake(host, alert=112)
    answers.handshake(host, "pool", alert=112)
    answers.handshake(host, "app.example.com")
    text = after(host, judged(host)[0].fixes[0])
    assert "proxy_pass https://pool;\n        proxy_ssl_server_name on;\n        proxy_ssl_name app.example.com;" in text


def test_a_managed_file_gets_advice():
    host = wants_tls(before="# Ansible managed: do not edit\n")
    (fix,) = managed.advised(host.evidence(), judged(host)[0]).fixes
    assert (fix.kind, fix.title.startswith("in ansible: ")) == ("advice", True)


def test_a_port_that_answers_http_is_silent():
    """It may serve both; the premature close has another cause, such as a kept connection."""
    host = wants_tls()
    answers.http(host, ok())
    for cause in (tls_expected, protocol_mismatch, backend_closes_early):
        assert judged(host, cause) == ()


def test_a_port_that_refuses_tls_is_silent():
    host = wants_tls()
    host.exchanges.pop(keys.https_key(PEER, "GET", "app.example.com", "/cart", ""))
    answers.handshake(host, received=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert judged(host) == ()


def test_before_the_handshake_was_tried_it_is_silent():
    host = wants_tls()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith(("tls", "https"))}
    assert judged(host) == ()
    assert judged(host, backend_closes_early) == ()


def test_yesterdays_failures_are_silent():
    host = wants_tls()
    host.tallies.clear()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("replay")}
    host.fails(symptom="premature_close", ago=80000.0)
    assert judged(host) == ()


def test_without_the_plain_answer_it_is_less_certain():
    host = wants_tls()
    evidence = without(host.evidence(), keys.http_key(PEER, "GET", "app.example.com", "/cart"))
    (finding,) = tls_expected.judge(evidence, read_facts(evidence)).findings
    assert finding.certainty == "likely"


def is_plain(directives: str = f"proxy_pass https://{PEER};", symptom: str = "protocol_mismatch", **more: str) -> Host:
    host = struck(directives, symptom, **more)
    answers.https(host, plain=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    answers.http(host, ok())
    return host


def test_a_port_that_answers_plain_http_is_proven():
    host = is_plain()
    (finding,) = judged(host, tls_unexpected)
    assert finding.certainty == "proven"
    assert finding.summary == f"app.example.com is down: nginx speaks TLS to {PEER}, which speaks plain HTTP"
    assert after(host, finding.fixes[0]) == host.sites["app"].replace("https://", "http://")
    assert finding.fixes[0].there == "GET /cart answers 200 in plain HTTP"


def test_a_plain_port_that_hangs_up_on_tls_is_proven_too():
    host = is_plain(symptom="tls_handshake")
    answers.https(host)
    assert judged(host, tls_unexpected)[0].certainty == "proven"


def test_a_remote_backend_is_said_to_be_readable_on_the_way():
    peer = "192.0.2.7:8443"
    host = struck(f"proxy_pass https://{peer};", "protocol_mismatch")
    host.tallies.clear()
    host.fails(peer, symptom="protocol_mismatch")
    answers.https(host, plain=b"HTTP/1.1 400 Bad Request\r\n\r\n", peer=peer)
    answers.http(host, ok(), peer=peer)
    assert "read on its way" in judged(host, tls_unexpected)[0].fixes[0].risk


def test_a_tls_port_that_says_400_to_plain_requests_is_silent():
    """The handshake failed for another reason: an alert is TLS too."""
    host = is_plain(symptom="tls_handshake")
    answers.https(host, alert=40)
    answers.http(host, ok(400))
    assert judged(host, tls_unexpected) == ()
    assert judged(host, protocol_mismatch) == ()


def test_a_handshake_that_works_is_silent():
    host = is_plain()
    answers.https(host, ok())
    assert judged(host, tls_unexpected) == ()
