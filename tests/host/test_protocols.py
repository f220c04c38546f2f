"""Peers asked in TLS and FastCGI, by real servers: what they say must come back as it was, and no protocol may be taken for another."""

from __future__ import annotations

import socket
import struct
import threading
import time

import pytest

from tests import small_servers as servers
from tests.small_servers import NAME, serving
from tui502.collect.exchange import ask_of, exchanges
from tui502.host import fastcgi
from tui502.host.talk import RECEIVED_CAP
from tui502.model.evidence import Exchange, Look, Seen
from tui502.read.exchanges import fastcgi as read
from tui502.read.exchanges import protocol, tls
from tui502.read.exchanges.certificate import certificate
from tui502.read.hosted import status_of


def ask(peer: str, speak: str, method: str = "GET", host: str = "app.example.com", uri: str = "/x", *more: str, deadline: float = 5.0) -> Exchange:
    found: list[Seen[Exchange]] = []
    exchanges([Look("key", "exchange", (peer, speak, method, host, uri, *more), 0, deadline, None, "")], None, lambda _, seen: found.append(seen))
    assert found[0].value is not None, found[0].gap
    return found[0].value


def test_a_handshake_is_seen_with_its_certificate() -> None:
    """If this fails, a TLS port is not recognised, or not for which name its certificate was made."""
    with serving(servers.tls()) as peer:
        seen = ask(peer, "tls", "", "", "")
    assert (seen.end, seen.sent, seen.received[:2]) == ("answered", b"", b"\x16\x03")
    assert seen.tls is not None
    assert (seen.tls.name, seen.tls.failure) == ("", "")
    assert seen.tls.version.startswith("TLSv1.")
    made_for = certificate(seen.tls.certificate)
    assert made_for is not None
    assert made_for.names == (NAME,)
    assert made_for.own
    assert made_for.not_before < time.time() < made_for.not_after


def test_a_server_that_wants_a_name() -> None:
    """If this fails, a missing server name (alert 112) is not told from a port that speaks no TLS."""
    with serving(servers.tls(needs=NAME)) as peer:
        without, other, right = (ask(peer, "tls", "", name, "") for name in ("", "other.example.com", NAME))
    for refused in (without, other):
        assert refused.tls is not None
        assert (refused.tls.version, tls.alert(refused.received), protocol.found(refused)) == ("", 112, "TLS")
    assert right.tls is not None
    assert (right.tls.name, right.tls.failure, protocol.as_asked(right)) == (NAME, "", True)


def test_a_request_inside_tls() -> None:
    """If this fails, an https backend cannot be asked what it answers."""
    with serving(servers.tls(needs=NAME)) as peer:
        seen = ask(peer, "https", "GET", "app.example.com", "/cart", NAME)
    assert (seen.end, status_of(seen), protocol.as_asked(seen)) == ("answered", 200, True)
    assert seen.sent.startswith(b"GET /cart HTTP/1.1\r\nHost: app.example.com\r\n")
    assert seen.received.endswith(b"fine")
    assert 0 < seen.head < len(seen.received)
    assert seen.first_byte is not None
    assert seen.ended is not None


def test_tls_to_a_plain_port_brings_what_it_said() -> None:
    """If this fails, a plain HTTP port behind https:// is not told from a broken handshake."""
    with serving(servers.http) as peer:
        seen = ask(peer, "https", "GET", "app.example.com", "/", "")
    assert (seen.end, protocol.found(seen), protocol.as_asked(seen)) == ("answered", "HTTP", False)
    assert seen.received.startswith(b"HTTP/1.1 400")


def test_a_fastcgi_answer_is_whole_with_its_last_record() -> None:
    """If this fails, PHP-FPM is waited for until the deadline, or its status is not read."""
    with serving(servers.fastcgi) as peer:
        seen = ask(peer, "fastcgi", "GET", "app.example.com", "/a", "SCRIPT_FILENAME=/srv/a.php")
        ping = ask(peer, "fastcgi")
    assert (seen.end, status_of(seen), protocol.as_asked(seen), read.stderr(seen.received)) == ("answered", 200, True, b"a word to the log")
    assert b"SCRIPT_FILENAME/srv/a.php" in seen.sent
    assert (read.status(ping.received), status_of(ping), protocol.found(ping)) == (404, None, "FastCGI")


@pytest.mark.parametrize("speak", ["http", "https", "tls", "fastcgi"])
def test_a_peer_that_hangs_up_is_closed_in_every_protocol(speak: str) -> None:
    """If this fails, an application that closes without an answer seems to speak something."""
    with serving(servers.closes) as peer:
        seen = ask(peer, speak, "GET" if speak != "tls" else "", "app.example.com", "/")
    assert seen.end in ("closed", "reset")
    assert (seen.received, protocol.found(seen), protocol.as_asked(seen)) == (b"", "", False)
    assert seen.ended is not None


def test_http_to_fastcgi_is_closed_and_fastcgi_to_http_is_answered_in_http() -> None:
    """If this fails, a wrong *_pass is not told from a crash."""
    with serving(servers.fastcgi) as php, serving(servers.http) as web:
        assert (ask(php, "http").end, protocol.found(ask(web, "fastcgi"))) == ("closed", "HTTP")
        assert not protocol.as_asked(ask(web, "fastcgi"))


def test_a_banner_in_another_protocol_is_not_waited_for() -> None:
    """If this fails, every look at an SSH or mail port takes until its deadline."""

    def banner(client: socket.socket) -> None:
        client.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        client.recv(65536)
        client.recv(65536)

    with serving(banner) as peer:
        started = time.monotonic()
        seen = ask(peer, "http", deadline=20.0)
    assert (protocol.found(seen), seen.end) == ("SSH", "answered")
    assert time.monotonic() - started < 10


def test_an_answer_beyond_the_cap_is_cut_in_tls_too() -> None:
    """If this fails, one peer can fill our memory."""

    def large(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (RECEIVED_CAP * 3))

    with serving(servers.tls(inside=large)) as peer:
        seen = ask(peer, "https", "GET", "app.example.com", "/", "")
    assert (seen.cut, len(seen.received)) == (True, RECEIVED_CAP)


def test_a_tls_peer_that_never_answers_ends_at_its_deadline() -> None:
    """If this fails, a silent port holds up the looks behind it."""
    with serving(lambda client: client.recv(65536) and client.recv(65536) and None) as peer:
        started = time.monotonic()
        seen = ask(peer, "tls", "", "", "", deadline=0.3)
        assert time.monotonic() - started < 5
    assert (seen.end, seen.received, seen.tls and seen.tls.version) == ("timeout", b"", "")


def test_the_fastcgi_request_is_written_as_the_specification_has_it() -> None:
    """If this fails, a FastCGI backend is asked in words that it does not read."""
    raw = fastcgi.request("GET", "app.example.com", "/a b?c=d", {"SCRIPT_FILENAME": "/srv/" + "x" * 200})
    found = {}
    records = list(read.records(raw))
    assert [kind for kind, _ in records] == [1, 4, 4, 5]
    assert records[0][1] == struct.pack(">HB5x", 1, 0)
    params, at = records[1][1], 0
    while at < len(params):
        sizes = []
        for _ in range(2):
            size = params[at]
            if size > 127:
                size, at = struct.unpack_from(">I", params, at)[0] & 0x7FFFFFFF, at + 3
            sizes.append(size)
            at += 1
        found[params[at : at + sizes[0]]] = params[at + sizes[0] : at + sum(sizes)]
        at += sum(sizes)
    assert found[b"SCRIPT_FILENAME"] == b"/srv/" + b"x" * 200
    assert (found[b"REQUEST_URI"], found[b"QUERY_STRING"], found[b"SCRIPT_NAME"]) == (b"/a%20b?c=d", b"c=d", b"/a%20b")
    assert b"(+diagnosis)" in found[b"HTTP_USER_AGENT"]


@pytest.mark.parametrize(
    "args",
    [
        ("fastcgi", "POST", "a", "/"), ("fastcgi", "GET", "a\r\nb", "/"), ("fastcgi", "GET", "a", "/", "SCRIPT_FILENAME=" + "x" * 70000),
        ("https", "GET", "a", "/", "a b"), ("https", "POST", "a", "/", ""), ("tls", "", "a..b", ""), ("tls", "", ".a", ""), ("tls", "", "é", ""),
    ],
)  # fmt: skip
def test_what_is_never_sent_is_refused(args: tuple[str, ...]) -> None:
    """If this fails, a hostile log line makes us send what its author likes."""
    with pytest.raises(ValueError):
        ask_of(Look("key", "exchange", ("127.0.0.1:1", *args), 0, 1.0, None, ""))


def test_a_slow_peer_holds_up_no_other() -> None:
    """If this fails, one slow page delays the verdict about everything else."""
    release = threading.Event()

    def slow(client: socket.socket) -> None:
        client.recv(65536)
        release.wait(10)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    ended: list[str] = []

    def note(look: Look, _: Seen[Exchange]) -> None:
        ended.append(look.key)
        if look.key == "quick":
            release.set()

    with serving(slow) as one, serving(servers.http) as two:
        looks = [Look(key, "exchange", (peer, "http", "GET", "a", "/"), 0, 20.0, None, "") for key, peer in (("slow", one), ("quick", two))]
        exchanges(looks, None, note)
    assert ended == ["quick", "slow"]
