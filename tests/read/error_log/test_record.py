"""Records of the error log taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.read.error_log import parse, records

REFUSED = (
    b"2026/11/22 12:04:28 [error] 31#32: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, "
    b'server: shop.example, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:3000/cart", host: "shop.example"'
)


def _with_upstream(upstream: str, message: str = "recv() failed (104: Connection reset by peer)") -> bytes:
    return (
        f"2026/11/22 12:04:28 [error] 1#1: *1 {message} while reading response header from upstream, client: 127.0.0.1, "
        f'server: a, request: "GET / HTTP/1.1", upstream: "{upstream}", host: "a"'
    ).encode()


def test_every_part_of_a_plain_record_is_found() -> None:
    """If this fails, tallies and the log pane name a wrong peer, server or time."""
    record = parse(REFUSED, utc_offset=-3600)
    assert (record.time, record.level, record.pid, record.tid, record.connection) == ("2026/11/22 12:04:28", "error", 31, 32, 7)
    assert (record.message, record.errno, record.phase) == ("connect() failed (111: Connection refused)", 111, "connecting to upstream")
    assert (record.client, record.server, record.request, record.host) == ("198.51.100.7", "shop.example", "GET /cart HTTP/1.1", "shop.example")
    assert (record.upstream, record.peer) == ("http://127.0.0.1:3000/cart", "127.0.0.1:3000")
    assert record.at == 1795349068.0 - 3600


@pytest.mark.parametrize(
    ("upstream", "peer"),
    [
        ("http://[::1]:80/x", "[::1]:80"),
        ("http://unix:/run/a.sock:/uri?t=12:30", "unix:/run/a.sock"),
        ("fastcgi://unix:/run/php/pool.sock:", "unix:/run/php/pool.sock"),
        ("uwsgi://127.0.0.1:9000", "127.0.0.1:9000"),
        ("http://backend/uri", "backend"),
        ("172.21.0.2:443", "172.21.0.2:443"),
        ("grpcs://10.0.0.1:443", "10.0.0.1:443"),
    ],
)
def test_peer_is_what_the_configuration_calls_it(upstream: str, peer: str) -> None:
    """If this fails, failures of one peer are counted under several names, or not found in the configuration."""
    assert parse(_with_upstream(upstream)).peer == peer


@pytest.mark.parametrize("upstream", ["http://unix:/run/a.sock/uri:8", "fastcgi://unix:/run/a.sock", "http://unix:/run/a.sock:/uri"])
def test_socket_peer_without_its_colon_in_a_timeout(upstream: str) -> None:
    """nginx leaves the colon out in this one message: if this fails, time-outs of a socket count for another peer than its refusals."""
    assert parse(_with_upstream(upstream, "upstream timed out (110: Connection timed out)")).peer == "unix:/run/a.sock"


def test_known_sockets_tell_where_the_path_ends() -> None:
    record = parse(_with_upstream("http://unix:/run/app/main/uri", "upstream timed out (110: x)"), sockets=("/run/app", "/run/app/main", "/run/other"))
    assert record.peer == "unix:/run/app/main"


def test_forged_upstream_in_the_referrer_is_not_believed() -> None:
    """If this fails, a visitor can make any peer look broken."""
    forged = REFUSED + b', referrer: "http://x/", upstream: "http://10.9.9.9:1/", host: "evil"'
    assert parse(forged).peer == "127.0.0.1:3000"
    no_upstream = (
        b"2026/11/22 12:04:28 [error] 1#1: *7 api.example could not be resolved (3: Host not found), client: 198.51.100.7, server: s, "
        b'request: "GET / HTTP/1.1", host: "s", referrer: "", upstream: "http://10.9.9.9:1/"'
    )
    record = parse(no_upstream)
    assert (record.peer, record.upstream, record.errno) == ("", "", None)


def test_forged_upstream_in_the_request_is_not_believed() -> None:
    forged = REFUSED.replace(b"GET /cart HTTP/1.1", b'GET /", upstream: "http://10.9.9.9:1/ HTTP/1.1')
    assert parse(forged).peer == "127.0.0.1:3000"


def test_fields_within_quoted_text_of_an_application_are_text() -> None:
    """If this fails, an application's error text chooses the peer and server its record is counted for."""
    raw = (
        b'2026/11/22 12:04:28 [error] 1#1: *7 FastCGI sent in stderr: "PHP message: x, client: 1.1.1.1, server: evil\nStack trace:\n#0 {main}" '
        b'while reading response header from upstream, client: 198.51.100.7, server: s, request: "GET / HTTP/1.1", upstream: "fastcgi://127.0.0.1:9000"'
    )
    record = parse(raw)
    assert (record.client, record.server, record.peer, record.errno) == ("198.51.100.7", "s", "127.0.0.1:9000", None)


def test_record_cut_within_the_address_names_no_peer() -> None:
    """nginx cuts a record at 2048 bytes: half an address is none."""
    assert parse(REFUSED[: REFUSED.index(b":3000") + 3]).peer == ""
    assert parse(REFUSED[: REFUSED.index(b"art HTTP")]).request == "GET /c"


def test_dialled_address_stands_in_for_a_cut_field() -> None:
    message = b"2026/11/22 12:04:28 [crit] 1#1: *7 connect() to unix:/run/a.sock failed (2: No such file or directory) while connecting to upstream"
    raw = message + b', client: 1.1.1.1, server: s, request: "GET /aaa'
    assert parse(raw).peer == "unix:/run/a.sock"


@pytest.mark.parametrize(
    "raw",
    [
        b"Nov 22 12:04:28 web1 nginx: " + REFUSED,
        b"2026-11-22T12:04:28.1Z stderr F " + REFUSED,
        b"web-1  | " + REFUSED,
        b"<187>Nov 22 12:04:28 web1 nginx: " + REFUSED,
        b'{"log":"' + REFUSED.replace(b'"', b'\\"') + b'\\n","stream":"stderr","time":"2026-11-22T12:04:28Z"}',
    ],
)
def test_wrapped_records_read_like_plain_ones(raw: bytes) -> None:
    """If this fails, logs of containers and syslog files mean nothing."""
    assert list(records(raw)) == [raw]
    record = parse(raw)
    assert (record.peer, record.server, record.errno, record.time) == ("127.0.0.1:3000", "shop.example", 111, "2026/11/22 12:04:28")


def test_lines_that_begin_no_record_belong_to_the_one_before() -> None:
    first = b'2026/11/22 12:04:28 [error] 1#1: *7 FastCGI sent in stderr: "a\nb\n#0 c'
    assert list(records(first + b"\n" + REFUSED + b"\n")) == [first, REFUSED]
    assert list(records(b"junk\n" + REFUSED)) == [b"junk", REFUSED]


def test_control_characters_become_harmless() -> None:
    """If this fails, a log line can move the cursor."""
    record = parse(REFUSED.replace(b"shop.example", b"shop\x1b[2J.example"))
    assert "\x1b" not in record.server + record.host
    assert record.raw.count(b"\x1b") == 2


@given(st.binary(max_size=600))
def test_any_bytes_are_a_record(raw: bytes) -> None:
    """If this fails, junk in a log stops the program."""
    parse(raw)
    parse(REFUSED[: len(raw)] + raw)
    assert b"\n".join(records(raw)) in (raw, raw.removesuffix(b"\n"))
