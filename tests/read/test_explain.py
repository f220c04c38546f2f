"""`explain`: each record and what it means."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tui502.read.explain import explained

LINES = [
    b"2026/11/22 12:04:28 [error] 31#32: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, "
    b'server: shop.example, request: "GET /cart HTTP/1.1", upstream: "http://127.0.0.1:3000/cart", host: "shop.example"\n',
    b'2026/11/22 12:04:29 [error] 31#32: *8 FastCGI sent in stderr: "a\n',
    b"b\x1b[2Jc\n",
    b"2026/11/22 12:04:30 [notice] 1#1: signal process started\n",
]


def test_one_object_a_record() -> None:
    """If this fails, scripts that read `explain --json` break: the keys are a contract."""
    first, second, third = (json.loads(line) for line in explained(LINES, as_json=True))
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
    }
    assert (second["line_no"], second["symptom"]) == (2, "fastcgi_stderr")
    assert (third["line_no"], third["symptom"], third["meaning"]) == (4, None, None)


def test_words_for_people_are_harmless_and_complete() -> None:
    """If this fails, a record vanishes or its bytes steer the terminal."""
    first, second, third = explained(LINES, as_json=False)
    assert "connection_refused · 502 · 127.0.0.1:3000" in first
    assert "\x1b" not in second
    assert third.endswith("unknown")


@given(st.lists(st.binary(max_size=200).map(lambda line: line + b"\n"), max_size=8))
def test_any_lines_are_explained(lines: list[bytes]) -> None:
    assert len(list(explained(lines, as_json=True))) == len(list(explained(lines, as_json=False)))


def test_endless_record_is_kept_short() -> None:
    """If this fails, a log without line begins fills the memory."""
    (only,) = explained((b"x" * 1000 + b"\n" for _ in range(100)), as_json=True)
    assert json.loads(only)["line_no"] == 1
