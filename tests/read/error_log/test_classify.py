"""What records mean."""

from __future__ import annotations

import re

import pytest

from tui502.read.error_log import classify, parse
from tui502.read.error_log.meanings import explain, symptoms
from tui502.read.error_log.messages import TEMPLATES

CONNECT, HEADER, BODY, SEND, TLS = (
    "connecting to upstream",
    "reading response header from upstream",
    "reading upstream",
    "sending request to upstream",
    "SSL handshaking to upstream",
)
UPSTREAM = 'upstream: "http://127.0.0.1:3000/"'

CASES = [
    ("error", "connect() failed (111: Connection refused)", CONNECT, "connection_refused", "502"),
    ("error", "connect() failed (113: Host is unreachable)", CONNECT, "no_route", "502"),
    ("crit", "connect() to unix:/run/a b.sock failed (2: No such file or directory)", CONNECT, "socket_missing", "502"),
    ("crit", "connect() to unix:/run/a.sock failed (13: Permission denied)", CONNECT, "socket_permission", "502"),
    ("error", "connect() to unix:/run/a.sock failed (11: Resource temporarily unavailable)", CONNECT, "listen_queue_full", "502"),
    ("alert", "connect() failed (5: Input/output error)", CONNECT, "connect_other", "502"),
    ("error", "connect() failed (110: Operation timed out)", CONNECT, "upstream_timeout_connect", "502"),
    ("error", "upstream timed out (110: Operation timed out)", CONNECT, "upstream_timeout_connect", "504"),
    ("error", "upstream timed out (110: Connection timed out)", SEND, "upstream_timeout_send", "504"),
    ("error", "upstream timed out (110: Connection timed out)", HEADER, "upstream_timeout_read", "504"),
    ("error", "upstream timed out (110: Connection timed out)", BODY, "upstream_timeout_read", "truncated"),
    ("error", "upstream timed out (60: Operation timed out)", HEADER, "upstream_timeout_read", "504"),
    ("error", "WSARecv() failed (10054: An existing connection was forcibly closed)", HEADER, "connection_reset", "502"),
    ("error", "recv() failed (104: Connection reset by peer)", HEADER, "connection_reset", "502"),
    ("info", "recv() failed (104: Connection reset by peer)", "waiting for request", "client_side", "none"),
    ("info", "writev() failed (32: Broken pipe)", "", "client_side", "none"),
    ("error", "writev() failed (32: Broken pipe)", SEND, "connection_reset", "502"),
    ("crit", "SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share)", "SSL handshaking", "client_side", "none"),
    ("error", "peer closed connection in SSL handshake (104: Connection reset by peer)", TLS, "tls_handshake", "502"),
    ("error", "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)", TLS, "protocol_mismatch", "502"),
    ("error", "SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::ssl/tls alert handshake failure:SSL alert number 40)", TLS, "tls_handshake", "502"),
    ("error", "upstream SSL certificate verify error: (10:certificate has expired)", TLS, "tls_verify", "502"),
    ("error", "upstream prematurely closed connection", HEADER, "premature_close", "502"),
    ("error", "upstream prematurely closed connection", "sending to client", "premature_close", "truncated"),
    ("info", "client prematurely closed connection, so upstream connection is closed too", SEND, "client_abort", "499"),
    ("info", "epoll_wait() reported that client prematurely closed connection", HEADER, "client_abort", "499"),
    ("error", "upstream sent too big header", HEADER, "header_too_big", "502"),
    ("error", "upstream sent invalid header: \"X-A: b\\x0ac...\"", HEADER, "invalid_header", "502"),
    ("error", "upstream sent no valid HTTP/1.0 header", HEADER, "protocol_mismatch", "009"),
    ("error", 'FastCGI sent in stderr: "Primary script unknown"', HEADER, "fastcgi_script_missing", "404"),
    ("error", 'FastCGI sent in stderr: "PHP message: (2: x)"', HEADER, "fastcgi_stderr", ""),
    ("error", "upstream sent unexpected http2 frame: 4", HEADER, "http2_protocol_error", "502"),
    ("error", "upstream sent unexpected http2 frame: 4", BODY, "http2_protocol_error", "truncated"),
    ("error", "no live upstreams", CONNECT, "no_live_upstream", "502"),
    ("warn", "upstream server temporarily disabled", CONNECT, "peer_marked_down", ""),
    ("error", "api.example could not be resolved (3: Host not found)", "", "host_not_found", "502"),
    ("error", "api.example could not be resolved (110: Operation timed out)", "", "resolver", "502"),
    ("error", "recv() failed (111: Connection refused)", "resolving", "resolver", "none"),
    ("error", "send() failed (111: Connection refused)", "logging to syslog", "log_dropped", "none"),
    ("alert", "512 worker_connections are not enough", CONNECT, "worker_connections", "500"),
    ("alert", "socket() failed (24: No file descriptors available)", CONNECT, "fd_limit", "500"),
    ("error", 'no host in upstream ":80"', "", "config_error", "500"),
    ("error", 'open() "/var/www/favicon.ico" failed (2: No such file or directory)', "", "informational", "404"),
    ("crit", 'open() "/var/lib/nginx/proxy/1" failed (13: Permission denied)', BODY, "local_disk", "truncated"),
    ("error", 'access forbidden by rule', "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("level", "message", "phase", "symptom", "status"), CASES)
def test_symptom_and_status(level: str, message: str, phase: str, symptom: str, status: str) -> None:
    """If this fails, a failure is shown as another one."""
    while_ = f" while {phase}" if phase else ""
    raw = f'2026/11/22 12:04:28 [{level}] 1#1: *7 {message}{while_}, client: 198.51.100.7, server: s, request: "GET / HTTP/1.1", {UPSTREAM}, host: "s"'
    meaning = classify(parse(raw.encode()))
    assert (meaning.symptom, meaning.phase, meaning.status) == (symptom, phase, status)
    assert bool(meaning.meaning) == bool(meaning.first_check) == bool(symptom)


@pytest.mark.parametrize(
    ("raw", "symptom", "status"),
    [
        (b'2026/11/22 12:04:28 [emerg] 1#1: host not found in upstream "web:80" in /etc/nginx/a.conf:3', "host_not_found", "no start"),
        (b'nginx: [emerg] "fastcgi_busy_buffers_size" must be less than the size of all "fastcgi_buffers" minus one buffer', "config_error", "no start"),
        (b"2026/11/22 12:04:28 [alert] 1#1: worker process 12 exited on signal 11 (core dumped)", "worker_crash", ""),
        (b"2026/11/22 12:04:28 [crit] 1#1: accept4() failed (24: Too many open files)", "fd_limit", "dropped"),
        (b"2026/11/22 12:04:28 [notice] 1#1: signal process started", "", ""),
    ],
)  # fmt: skip
def test_records_without_a_request(raw: bytes, symptom: str, status: str) -> None:
    meaning = classify(parse(raw))
    assert (meaning.symptom, meaning.status) == (symptom, status)


def test_timeout_of_the_stream_module_gives_no_504() -> None:
    raw = b'2026/11/22 12:04:28 [error] 1#1: *7 upstream timed out (110: x) while connecting to upstream, client: 1.1.1.1, server: 0.0.0.0:443, upstream: "10.0.0.1:443", bytes from/to client:0/0, bytes from/to upstream:0/0'  # noqa: E501
    assert classify(parse(raw)).status == "502"


def test_every_template_has_a_symptom_that_is_explained() -> None:
    """If this fails, a message is recognised and then nothing can be said about it."""
    assert {template.symptom for template in TEMPLATES} == set(symptoms())
    for symptom in symptoms():
        meaning, check = explain(symptom, "")
        assert meaning.endswith(".")
        assert len(meaning) < 110
        assert check


def test_no_template_hides_another() -> None:
    """Each template, filled in, is recognised as its own symptom. If this fails, a longer or looser one takes its messages."""
    other_side = {"resolving", "logging to syslog", "logging request"}
    for template in TEMPLATES:
        phase = "" if template.phases[0] == "*" else template.phases[0]
        if phase in other_side:
            continue
        text = re.sub(r"%(errno|n|pid)(?![a-z])", "5", template.text).replace("%urlerr", "no host").replace("%hex", "0A")
        text = re.sub(r"%[a-z_]+(?<!_)", "word", text)
        while_ = f" while {phase}" if phase else ""
        level = "emerg" if template.status == "no start" else "crit"
        assert classify(parse(f"2026/11/22 12:04:28 [{level}] 1#1: *7 {text}{while_}".encode())).symptom == template.symptom, template.text
