"""What stands around records when something else carried them."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.read.error_log import parse, records, tally
from tui502.read.error_log.grammar import BEGIN
from tui502.read.error_log.wrapped import open_line, unwrap
from tui502.read.error_log.wrapped_object import Line

REFUSED = (
    b"2026/11/22 12:04:28 [error] 31#32: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, "
    b'server: shop.example, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:3000/cart", host: "shop.example"'
)


def journal(message: bytes, **fields: str) -> bytes:
    """An object as `journalctl -o json` writes it: numbers for what is no clean text."""
    clean = message.isascii() and message.decode().isprintable()
    return json.dumps({"__CURSOR": "s=1;i=2", "__REALTIME_TIMESTAMP": "1795349068123456", "PRIORITY": "3", **fields,
                       "MESSAGE": message.decode() if clean else list(message), "_PID": "31", "_SYSTEMD_UNIT": "nginx.service"}).encode()  # fmt: skip


def docker(message: bytes) -> bytes:
    return json.dumps({"log": message.decode() + "\n", "stream": "stderr", "time": "2026-11-22T12:04:28.123456789Z"}).encode()


STARTS = [
    b"<187>Nov 22 12:04:28 web1 nginx: ",
    b"<187>Nov 22 12:04:28 nginx: ",
    b"<190>Nov  2 12:04:28 web1 shop_proxy: ",
    b"<187>1 2026-11-22T12:04:28.123456+01:00 web1 nginx 31 - - ",
    b"Nov 22 12:04:28 web1 nginx: ",
    b"Nov 22 12:04:28 2001:db8::1 nginx[31]: ",
    b"Nov 22 12:04:28.123456 web1 nginx[31]: ",
    b"2026-11-22T12:04:28.123456+01:00 web1 nginx: ",
    b"2026-11-22T12:04:28+0000 web1 nginx[31]: ",
    b"Sun 2026-11-22 12:04:28 UTC web1 nginx[31]: ",
    b"1795349068.123456 web1 nginx[31]: ",
    b"2026-11-22T12:04:28.1Z stderr F ",
    b"2026-11-22T12:04:28.123456789+00:00 stderr F ",
    b"2026-11-22T12:04:28.123456789Z ",
    b"web-1  | ",
    b"\x1b[36mweb-1  |\x1b[0m ",
    b"web-1  | 2026-11-22T12:04:28.123456789Z ",
    b"[pod/web-5c/nginx] ",
    b"/var/log/nginx/error.log:12:",
    b"12:",
    b"> > ",
]


@pytest.mark.parametrize("start", STARTS)
def test_record_behind_a_start(start: bytes) -> None:
    """If this fails, logs of syslog, the journal, containers or grep mean nothing."""
    raw = start + REFUSED
    assert list(records(raw + b"\n" + raw)) == [raw, raw]
    record = parse(raw)
    assert (record.time, record.level, record.pid, record.connection) == ("2026/11/22 12:04:28", "error", 31, 7)
    assert (record.peer, record.server, record.errno, record.host) == ("127.0.0.1:3000", "shop.example", 111, "shop.example")
    (counted,) = tally(raw + b"\n")
    assert (counted.symptom, counted.peer, counted.count, counted.first) == ("connection_refused", "127.0.0.1:3000", 1, 1795349068.0)


@pytest.mark.parametrize("wrap", [journal, docker])
def test_record_in_an_object(wrap: object) -> None:
    """If this fails, `journalctl -o json` or docker's files mean nothing."""
    raw = wrap(REFUSED)  # type: ignore[operator]
    assert list(records(raw + b"\n" + raw)) == [raw, raw]
    record = parse(raw)
    assert (record.time, record.pid, record.peer, record.host, record.errno) == ("2026/11/22 12:04:28", 31, "127.0.0.1:3000", "shop.example", 111)
    assert [(one.symptom, one.count, one.first) for one in tally(raw + b"\n")] == [("connection_refused", 1, 1795349068.0)]


def test_message_of_numbers() -> None:
    """The journal writes what is no clean text as numbers. If this fails, records with hostile bytes vanish."""
    raw = journal(REFUSED.replace(b"/cart", b"/\x1b[2J\xff\ncart"))
    assert b'"MESSAGE": [50, 48' in raw
    record = parse(raw)
    assert (record.peer, record.request) == ("127.0.0.1:3000", "GET /␛[2J� cart HTTP/1.1")
    assert [one.symptom for one in tally(raw + b"\n")] == ["connection_refused"]


def test_an_object_that_is_cut_still_says_what_it_says() -> None:
    """If this fails, samples that are kept short are no records any more."""
    assert parse(docker(REFUSED)[:-70]).peer == "127.0.0.1:3000"
    assert parse(journal(REFUSED + b"\x1b" * 2000)[:4000]).peer == "127.0.0.1:3000"


def test_keys_within_a_value_are_text() -> None:
    """If this fails, a visitor writes records: the log's own quotes are escaped, a forged key is not one."""
    assert unwrap(docker(REFUSED + b', referrer: "x", "log":"2026/11/22 12:04:28 [error] 1#1: *1 no live upstreams"')).startswith(REFUSED)


def test_rsyslog_escapes() -> None:
    """If this fails, stack traces and control characters in syslog files are not seen for what they are."""
    raw = b'2026-11-22T12:04:28+00:00 web1 nginx: 2026/11/22 12:04:28 [error] 1#1: *7 FastCGI sent in stderr: "a#012#0 {main}#033[2J" while reading upstream'
    record = parse(raw)
    assert (record.message, record.phase) == ('FastCGI sent in stderr: "a #0 {main}␛[2J"', "reading upstream")


def test_halves_of_a_line_are_joined() -> None:
    """The container runtime cuts long lines. If this fails, both halves are read as something else."""
    raw = b"2026-11-22T12:04:28.1Z stderr P " + REFUSED[:150] + b"\n2026-11-22T12:04:28.1Z stderr F " + REFUSED[150:]
    assert list(records(raw)) == [raw]
    assert unwrap(raw) == REFUSED
    assert parse(raw).request == "GET /cart HTTP/1.1"
    raw = docker(REFUSED[:150]).replace(b"\\n", b"") + b"\n" + docker(REFUSED[150:])
    assert list(records(raw)) == [raw]
    assert parse(raw).request == "GET /cart HTTP/1.1"


@pytest.mark.parametrize(
    "lines",
    [
        [b"2026-11-22T12:04:28.1Z stderr F %s"] * 2,
        [b"web-1  | %s"] * 2,
        [b'{"log":"%s\\n","stream":"stderr","time":"2026-11-22T12:04:28Z"}'] * 2,
        [b"Nov 22 12:04:28 web1 nginx[31]: %s"] * 2,
        [b"%s", b"    %s"],
    ],
)
def test_record_over_several_wrapped_lines(lines: list[bytes]) -> None:
    first, second = lines
    raw = first % b"2026/11/22 12:04:28 [error] 1#1: *7 upstream sent invalid header: a" + b"\n" + second % b"b while reading response header from upstream"
    assert list(records(raw)) == [raw]
    assert parse(raw).phase == "reading response header from upstream"


def test_what_the_wrapping_says() -> None:
    """If this fails, lines of other programs are taken for somebody else's, or have no time."""
    assert open_line(b"<30>Nov 22 12:04:28 web1 php-fpm8.2[12]: x") == Line(b"x", "syslog", b"php-fpm8.2 12", "Nov 22 12:04:28", "php-fpm8.2", 12)
    found = open_line(journal(b"x", SYSLOG_IDENTIFIER="nginx"))
    assert (found.text, found.tag, found.pid, found.unit, found.time) == (b"x", "nginx", 31, "nginx.service", "1795349068123456")
    assert open_line(b"web-1  | 2026-11-22T12:04:28Z x") == Line(b"x", "named dated", b"web-1", "2026-11-22T12:04:28Z")


@given(st.binary(max_size=400), st.sampled_from([b"", *STARTS, b'{"log":"', b'{"MESSAGE":[', b'{"MESSAGE":"']))
def test_any_bytes_can_be_unwrapped(raw: bytes, start: bytes) -> None:
    """If this fails, junk in a log stops the program."""
    unwrap(start + raw)
    open_line(start + raw)
    parse(start + raw)


@pytest.mark.parametrize(
    "junk", [b"x", b"1:", b"> ", b"a | ", b'{"', b'{"a" ,', b'{"MESSAGE":[5', b"2026-11-22T12:04", b"<3>Nov 22 12:04:28 a ", b"[pod/", b"/a", b'\\"']
)
def test_a_megabyte_without_a_record_is_quick(junk: bytes) -> None:
    """If this fails, one hostile line stops the program for minutes."""
    line = junk * (1_000_000 // len(junk))
    begin = time.process_time()
    assert not BEGIN.match(line)
    open_line(line[:32768])
    parse(line)
    assert time.process_time() - begin < 1.0
