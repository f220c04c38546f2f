"""tls_name: a server name is written into the configuration, so it must be seen to work; verification is never touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import answers
from tests.answers import PEER, certificate_for, ok, struck
from tests.builder import Host
from tests.small_servers import NAME
from tui502.causes import tls_expected, tls_name, tls_unexpected
from tui502.fix.edits import apply_edits
from tui502.fix.forbidden import forbidden
from tui502.read.facts import read_facts

GROUP = f"upstream pool {{ server {PEER}; }}\n"
VERIFY = "proxy_pass https://pool;\n        proxy_ssl_verify on;\n        proxy_ssl_trusted_certificate /ca.pem;"
OTHER = "api.internal.acme.org"


def judged(host: Host, cause=tls_name):  # type: ignore[no-untyped-def]
    evidence = host.evidence()
    return cause.judge(evidence, read_facts(evidence)).findings


def after(host: Host, fix) -> str:  # type: ignore[no-untyped-def]
    data = host.sites["app"].encode()
    assert not forbidden(fix, {edit.file: data for edit in fix.edits})
    return apply_edits(data, fix.edits).decode()


def says(host: Host, text: str) -> Host:
    """The log's own words for these failures."""
    refused = b"connect() failed (111: Connection refused)"
    host.tallies[:] = [replace(tally, samples=tuple(raw.replace(refused, text.encode()) for raw in tally.samples)) for tally in host.tallies]
    return host


NO_MATCH = 'upstream SSL certificate does not match "pool"'


def mismatched(certificate: bytes = certificate_for(OTHER), directives: str = VERIFY, words: str = NO_MATCH) -> Host:
    host = says(struck(directives, "tls_verify", before=GROUP), words)
    answers.https(host, ok(), certificate=certificate)
    answers.handshake(host, OTHER, certificate=certificate)
    return host


@pytest.mark.parametrize("alert", [40, 112])
def test_a_backend_that_wants_a_name(alert):
    host = struck("proxy_pass https://pool;", "tls_handshake", before=GROUP, server=f"    server_name {NAME};\n")
    answers.https(host, alert=alert)
    answers.handshake(host, alert=alert)
    answers.handshake(host, NAME)
    (finding,) = judged(host)
    assert finding.certainty == "proven"
    assert f"TLS to {PEER} fails: it wants a name ({NAME}, alert {alert})" in finding.summary
    assert f"proxy_pass https://pool;\n        proxy_ssl_server_name on;\n        proxy_ssl_name {NAME};\n" in after(host, finding.fixes[0])


def test_where_the_pass_names_the_host_only_the_switch_is_needed():
    host = struck(f"proxy_pass https://{NAME}:3000;", "tls_handshake")
    host.tallies.clear()
    peer = f"{NAME}:3000"
    host.fails(peer, symptom="tls_handshake")
    answers.https(host, alert=112, peer=peer)
    answers.handshake(host, NAME, peer=peer)
    (fix,) = judged(host)[0].fixes
    assert f"proxy_pass https://{NAME}:3000;\n        proxy_ssl_server_name on;\n    }}" in after(host, fix)


def test_a_certificate_for_another_name():
    host = mismatched()
    (finding,) = judged(host)
    assert finding.certainty == "likely"
    assert f"TLS to {PEER} fails: wrong name ({OTHER}, not pool)" in finding.summary
    (fix,) = finding.fixes
    assert f"proxy_pass https://pool;\n        proxy_ssl_name {OTHER};\n        proxy_ssl_verify on;" in after(host, fix)
    assert "be sure that this is the name of your backend" in fix.risk


def test_a_name_that_is_set_is_replaced_where_it_stands():
    host = mismatched(directives=VERIFY + "\n        proxy_ssl_name old.example.com;")
    assert f"proxy_ssl_name {OTHER};" in after(host, judged(host)[0].fixes[0])
    assert "old.example.com" not in after(host, judged(host)[0].fixes[0])


@pytest.mark.parametrize("words", ["(20:unable to get local issuer certificate)", "(10:certificate has expired)", "(18:self-signed certificate)"])
def test_an_untrusted_certificate_is_another_matter(words):
    """The symptom is the same; nginx's words are not."""
    assert judged(mismatched(words=f"upstream SSL certificate verify error: {words}")) == ()


def test_a_name_that_fits_is_silent():
    assert judged(mismatched(directives=VERIFY + f"\n        proxy_ssl_name {OTHER};")) == ()


def test_without_verification_no_name_can_be_wrong():
    assert judged(mismatched(directives="proxy_pass https://pool;")) == ()


def test_an_alert_that_no_name_helps_is_silent():
    """No common cipher, or a certificate wanted from nginx."""
    host = struck("proxy_pass https://pool;", "tls_handshake", before=GROUP)
    answers.https(host, alert=40)
    for name in ("", "pool", "app.example.com"):
        answers.handshake(host, name, alert=40)
    for cause in (tls_name, tls_unexpected, tls_expected):
        assert judged(host, cause) == ()


def test_a_handshake_for_a_name_that_its_certificate_lacks_proves_nothing():
    host = struck("proxy_pass https://pool;", "tls_handshake", before=GROUP)
    answers.https(host, alert=40)
    answers.handshake(host, "app.example.com", certificate=certificate_for(OTHER))
    assert judged(host) == ()


def test_a_plain_port_is_silent():
    host = mismatched()
    answers.https(host, plain=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert judged(host) == ()


def test_yesterday_is_silent():
    host = mismatched()
    host.tallies.clear()
    host.exchanges = {key: seen for key, seen in host.exchanges.items() if not key.startswith("replay")}
    host.fails(symptom="tls_verify", ago=80000.0)
    assert judged(host) == ()
