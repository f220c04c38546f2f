"""Which protocol bytes prove: the proof must hold for others' servers, and garbage must prove nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.model.evidence import Exchange, Handshake, Seen
from tui502.read.exchanges import fastcgi, tls
from tui502.read.exchanges.protocol import as_asked, found, spoken
from tui502.read.exchanges.telling import another, proven, telling


@pytest.mark.parametrize(
    ("received", "name"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "HTTP"),
        (b"HTTP/1.0 200 OK\r\n", "HTTP"),
        (b"\x16\x03\x03\x00\x7a\x02\x00", "TLS"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "TLS"),
        (b"\x01\x06\x00\x01\x00\x05\x03\x00hello", "FastCGI"),
        (b"\x01\x0b\x00\x00\x00\x08\x00\x00", "FastCGI"),
        (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03", "HTTP/2"),
        (b"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "HTTP/2"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH"),
        (b"220 mail.example.org ESMTP\r\n", "SMTP"),
        (b"-ERR unknown command\r\n", "Redis"),
        (b"ERROR\r\n", "memcached"),
        (b"J\0\0\0\x0a8.0.36\0", "MySQL"),
    ],
)
def test_first_bytes_name_their_protocol(received: bytes, name: str) -> None:
    assert spoken(received) == name


@pytest.mark.parametrize(
    "received",
    [
        b"", b"H", b"HTTP", b"HTTP/1.1 abc", b"<!DOCTYPE html>", b"\x15\x03", b"\x16\x07\x01\x00\x05hello", b"\x01\x06\x00",
        b"\x01\x01\x00\x01\x00\x08\x00\x00",
        b"\x01\x06\x00\x07\x00\x05\x03\x00hello", b"GET / HTTP/1.1\r\n", b"\0" * 20, b"\xff" * 20,
    ],
)  # fmt: skip
def test_what_proves_nothing(received: bytes) -> None:
    """If this fails, a pass is rewritten for a target whose protocol is not known."""
    assert spoken(received) == ""


@given(st.binary(max_size=80))
def test_no_bytes_break_a_reader(received: bytes) -> None:
    """If this fails, a hostile backend ends the diagnosis."""
    spoken(received)
    list(tls.records(received))
    tls.alert(received)
    list(fastcgi.records(received))
    fastcgi.status(received)


def exchange(speak: str, received: bytes = b"", *, end: str = "answered", tls_: Handshake | None = None) -> Exchange:
    return Exchange("127.0.0.1:1", speak, b"", received, False, 0.1, None, end, None, tls=tls_)


DONE = Handshake("", "TLSv1.3", "X", b"", "")
BROKEN = Handshake("", "", "", b"", "WRONG_VERSION_NUMBER")


def test_the_alert_that_is_not_encrypted_is_read() -> None:
    assert tls.alert(b"\x15\x03\x03\x00\x02\x02\x70") == 112
    assert tls.alert(b"\x16\x03\x03\x00\x01\x02\x15\x03\x03\x00\x02\x02\x28") == 40
    assert tls.alert(b"HTTP/1.1 400") is None
    assert tls.alert_text(112) == "alert 112, unrecognized name"


def test_a_port_that_asks_for_tls_in_plain_words_speaks_tls() -> None:
    """If this fails, the 400 of a TLS port counts as an answer in HTTP."""
    plain = exchange("http", b"HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port")
    assert (found(plain), as_asked(plain)) == ("TLS", False)


def test_tls_beats_what_a_tls_port_says_to_others() -> None:
    """If this fails, a TLS port whose server answers plain requests with a 400 is given http://."""
    odd = exchange("http", b"HTTP/1.1 400 Bad Request\r\n\r\nno")
    assert proven([odd, exchange("tls", b"\x15\x03\x03\x00\x02\x02\x70", tls_=BROKEN)]) == "TLS"
    assert proven([odd]) == "HTTP"
    assert proven([exchange("http", end="closed")]) == ""


def test_a_good_answer_in_the_own_protocol_leaves_no_other() -> None:
    """If this fails, a port that serves HTTP and TLS at once is called wrong."""
    good = Seen(1.0, 0.0, exchange("http", b"HTTP/1.1 200 OK\r\n\r\n"))
    assert another([good, Seen(2.0, 0.0, exchange("tls", b"\x16\x03\x03\x00\x01\x02", tls_=DONE))], ["http"]) == ""
    closed = Seen(1.0, 0.0, exchange("http", end="closed"))
    assert another([closed, Seen(2.0, 0.0, exchange("tls", b"\x16\x03\x03\x00\x01\x02", tls_=DONE))], ["http"]) == "TLS"
    assert another([closed], ["http"]) == ""


def test_what_is_told_of_a_peer_is_what_nginx_gets() -> None:
    """If this fails, an answer in another protocol makes a peer look healthy."""
    closed, other = Seen(1.0, 0.0, exchange("fastcgi", end="closed")), Seen(5.0, 0.0, exchange("http", b"HTTP/1.1 200 OK\r\n\r\n"))
    connected = Seen(30.0, 0.0, exchange("connect", end="connected"))
    assert telling([closed, other], ["fastcgi"]) is closed
    assert telling([closed, other, connected], ["fastcgi"]) is connected
    assert telling([other], ["fastcgi"]) is other
    assert telling([], ["http"]) is None


def test_masked_headers_do_not_hide_the_status() -> None:
    """If this fails, a recorded FastCGI answer with cookies loses its status."""
    raw = b"\x01\x06\x00\x01\x01\x00\x00\x00Status: 503 Busy\r\nSet-Cookie:***\r\n\r\nbody"
    assert fastcgi.status(raw) == 503
    assert fastcgi.status(b"\x01\x06\x00\x01\x01\x00\x00\x00Set-Cookie:***\r\n\r\nbody") == 200
    assert fastcgi.status(b"\x01\x06\x00\x01\x01\x00\x00\x00Set-Cookie:***") is None
