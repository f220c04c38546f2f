"""`explain`: each record and what it means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.read.explain import explained
from tui502.read.explain_lines import PIECE, numbered

REFUSED = (
    b"2026/11/22 12:04:28 [error] 31#32: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, "
    b'server: shop.example, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:3000/cart", host: "shop.example"\n'
)
LINES = [
    REFUSED,
    b'2026/11/22 12:04:29 [error] 31#32: *8 FastCGI sent in stderr: "a\n',
    b"b\x1b[2Jc\n",
    b"2026/11/22 12:04:30 [notice] 1#1: signal process started\n",
    b"[22-Nov-2026 12:04:30] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it\n",
]
KEYS = [
    "line_no", "time", "level", "pid", "symptom", "status", "phase", "peer", "upstream", "server", "client", "request", "host", "errno", "meaning",
    "first_check", "program", "event", "details", "message",
]  # fmt: skip


def test_one_object_a_record() -> None:
    """If this fails, scripts that read `explain --json` break: the keys are a contract."""
    first, second, third, fourth = (json.loads(line) for line in explained(LINES, as_json=True))
    assert list(first) == list(fourth) == KEYS
    assert first.pop("meaning").endswith(".")
    assert first.pop("first_check")
    assert first == {
        "line_no": 1,
        "time": "2026/11/22 12:04:28",
        "level": "error",
        "pid": 31,
        "symptom": "connection_refused",
        "status": "502",
        "phase": "connecting to upstream",
        "peer": "127.0.0.1:3000",
        "upstream": "http://127.0.0.1:3000/cart",
        "server": "shop.example",
        "client": "198.51.100.7",
        "request": "GET /cart HTTP/1.1",
        "host": "shop.example",
        "errno": 111,
        "program": "nginx",
        "event": None,
        "details": None,
        "message": "connect() failed (111: Connection refused)",
    }
    assert (second["line_no"], second["symptom"]) == (2, "fastcgi_stderr")
    assert (third["line_no"], third["symptom"], third["meaning"], third["program"]) == (4, None, None, "nginx")
    assert (fourth["symptom"], fourth["program"], fourth["event"], fourth["details"]) == (None, "php-fpm", "max_children", {"name": "www", "limit": 5})
    assert (fourth["time"], fourth["level"]) == ("22-Nov-2026 12:04:30", "warning")


def test_words_for_people_are_harmless_and_complete() -> None:
    """If this fails, a record vanishes or its bytes steer the terminal."""
    first, second, third, fourth = explained(LINES, as_json=False)
    assert first.splitlines() == [
        "1: connection_refused · 502 · 127.0.0.1:3000",
        "    2026/11/22 12:04:28 [error] connect() failed (111: Connection refused) while",
        "    connecting to upstream",
        "    shop.example · GET /cart HTTP/1.1",
        "    Nothing accepts connections at the address nginx dials.",
        "    First check: ss -ltnx: does anything listen on exactly that address or path;",
        "    is the application running.",
    ]
    assert "\x1b" not in second
    assert third == "4: unknown: 2026/11/22 12:04:30 [notice] signal process started"
    assert fourth.startswith("5: php-fpm max_children · www\n")
    assert max(len(line) for text in (first, second, third, fourth) for line in text.splitlines()) <= 80


def wrapped(start: bytes, *texts: bytes) -> bytes:
    return b"".join(start + text + b"\n" for text in texts)


STDERR = b'2026/11/22 12:04:29 [error] 1#1: *8 FastCGI sent in stderr: "PHP message: a'
END = b'b" while reading upstream, client: 1.1.1.1, server: s'
ACCESS = b'10.0.0.1 - - [22/Nov/2026:12:04:31 +0000] "GET / HTTP/1.1" 502 157 "-" "curl/7"'


@pytest.mark.parametrize(
    ("log", "starts"),
    [
        (wrapped(b"", STDERR, b"#0 {main}", END, ACCESS), [1, 4]),
        (wrapped(b"", STDERR, b"[22-Nov-2026 12:04:30] NOTICE: quoted", END, b"[22-Nov-2026 12:04:30] NOTICE: x"), [1, 4]),
        (wrapped(b"", REFUSED[:-1], b"nginx: [emerg] unknown directive", b"nginx: configuration file x test failed"), [1, 2, 3]),
        (wrapped(b"", b"[2026-11-22 12:04:28 +0000] [7] [ERROR] Exception in worker process", b"Traceback:", b"  File x", b"    f()", b"E: x"), [1, 2, 5]),
        (wrapped(b"", REFUSED[:-1], b"DAMN ! worker 1 (pid: 2) died, killed by signal 9 :( trying respawn ..."), [1, 2]),
        (wrapped(b"2026-11-22T12:04:28Z stderr F ", STDERR, END) + wrapped(b"2026-11-22T12:04:28Z stdout F ", b"x", b"y"), [1, 3, 4]),
        (wrapped(b"nginx-1  | ", STDERR, b"#0", END) + wrapped(b"app-1    | ", b"hello", b"world"), [1, 4, 5]),
        (wrapped(b"Nov 22 12:04:28 web nginx[1]: ", STDERR, END) + wrapped(b"Nov 22 12:04:28 web systemd[1]: ", b"x"), [1, 3]),
        (b"no line feed at the end", [1]),
        (b"\n\n" + REFUSED, [1, 2, 3]),
    ],
)
def test_where_a_record_of_a_mixed_stream_begins(log: bytes, starts: list[int]) -> None:
    """If this fails, a neighbour's line hides in a record of nginx, or a stack trace is torn out of one."""
    found = list(numbered(log.splitlines(keepends=True)))
    assert [number for number, _ in found] == starts
    assert b"".join(raw for _, raw in found) == log


def test_a_quotation_that_was_cut_does_not_swallow_the_log() -> None:
    """nginx cuts a record at 2048 bytes, the closing quote with it. If this fails, whatever follows is taken for its text."""
    long = STDERR + b"x" * 2048
    found = list(numbered([long + b"\n", b"[22-Nov-2026 12:04:30] NOTICE: x\n"]))
    assert [number for number, _ in found] == [1, 2]


@given(st.lists(st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=8))
def test_any_lines_are_explained(lines: list[bytes]) -> None:
    """If this fails, a line is dropped."""
    assert b"".join(raw for _, raw in numbered(lines)) == b"".join(lines)
    assert len(list(explained(lines, as_json=True))) == len(list(explained(lines, as_json=False)))


def test_endless_record_is_kept_short() -> None:
    """If this fails, a log without record begins or without line feeds fills the memory."""
    ((number, raw),) = numbered(REFUSED if n == 0 else b" " * 1000 + b"\n" for n in range(1000))
    assert (number, len(raw) < 2 * PIECE) == (1, True)
    first, second = numbered([b"x" * PIECE] * 100 + [b"\n", REFUSED])
    assert (first[0], len(first[1]) <= 2 * PIECE, second) == (1, True, (2, REFUSED))
