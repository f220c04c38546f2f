"""Logs as hostile as a client, an application or a broken disk can make them."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.read.error_log.instances import instances, rows
from tui502.read.error_log import ErrorTallies, classify, parse, records
from tui502.read.explain import explained
from tui502.read.explain_lines import PIECE, numbered
from tui502.read.neighbours import read_event

EXAMPLES = 5000 if os.environ.get("EXAMPLES") == "new" else 150

HOSTILE = [
    b"\x00", b"\x1b[2J", b"\x1b]0;x\x07", b"\x9b31m", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", "\u202e".encode(), "\u2066".encode(), "e\u0301\u0301".encode(),
    b'", upstream: "http://6.6.6.6/', b'", host: "evil", referrer: "', b", client: 6.6.6.6, server: evil", b" while reading upstream", b"\r", b"\t",
    b"(110: x)",
    b"#012", b"\\n", b'"', b"2026/11/22 12:04:28 [error] 1#1: *7 no live upstreams", b"nginx: [emerg] x", b"\x7f", b"%s%n", b"{", b'{"log":"', b'"MESSAGE":[50',
    b"[22-Nov-2026 12:04:30] WARNING: [pool www] server reached pm.max_children setting (5)", b"kernel: Out of memory: Killed process 1 (", b"x" * 3000,
]  # fmt: skip
STARTS = [b"", b"", b"", b"Nov 22 12:04:28 web nginx: ", b"2026-11-22T12:04:28.1Z stderr P ", b"2026-11-22T12:04:28.1Z stderr F ", b"web-1 | ", b"> ",
          b'{"log":"', b'{"__REALTIME_TIMESTAMP":"1","MESSAGE":"', b"\n", b"\xff"]  # fmt: skip
KNOWN = [made.raw.encode() for row in rows() for made in instances(row)][::7]


@st.composite
def hostile_line(draw: st.DrawFn) -> bytes:
    """A record of nginx into which something was put, or something else altogether."""
    line = draw(st.sampled_from(KNOWN)) if draw(st.booleans()) else draw(st.binary(max_size=60))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(st.sampled_from(HOSTILE) | st.binary(max_size=20)) + line[at:]
    if draw(st.integers(0, 9)) == 0:
        line = line[: draw(st.integers(0, len(line)))]
    return draw(st.sampled_from(STARTS)) + line


LOGS = st.tuples(st.lists(hostile_line(), max_size=10).map(b"\n".join), st.sampled_from([b"", b"\n"])).map(b"".join)


def steers(text: str) -> bool:
    """Whether `text` holds anything that moves a cursor, draws nothing or turns text round."""
    return any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Mn", "Me") for char in text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(LOGS)
def test_no_text_can_steer(log: bytes) -> None:
    """If this fails, whoever may write a Referer steers the terminal of whoever reads the log."""
    for raw in records(log):
        record = parse(raw)
        texts = [value for field in fields(record) if isinstance(value := getattr(record, field.name), str)]
        assert not any(map(steers, texts)), raw
        classify(record)
    for line in log.split(b"\n"):
        event = read_event(line)
        assert event is None or not any(steers(text) for text in (event.line, event.name, event.detail, event.time)), line
    for words in explained(log.splitlines(keepends=True), as_json=False):
        assert not steers(words.replace("\n", "")), words


@settings(max_examples=EXAMPLES, deadline=None)
@given(LOGS, st.lists(st.integers(0, 3000), max_size=4))
def test_no_count_is_lost(log: bytes, cuts: list[int]) -> None:
    """Every whole record is counted once, under its symptom or among the others. If this fails, figures are wrong without a word."""
    counts = ErrorTallies()
    at = 0
    for cut in [*sorted(cuts), len(log)]:
        counts.feed(log[at : max(at, cut)])
        at = max(at, cut)
    whole = log[: log.rfind(b"\n") + 1]
    seen = counts.seen()
    assert sum(tally.count for tally in seen.tallies()) + seen.other == len(list(records(whole)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(LOGS, st.integers(1, 200))
def test_explain_drops_nothing(log: bytes, size: int) -> None:
    """If this fails, `explain` leaves lines out, or depends on how long the pieces are that it reads."""
    lines = log.splitlines(keepends=True) if b"\r" not in log else [line + b"\n" for line in log.split(b"\n")]
    pieces = [line[at : at + size] for line in lines for at in range(0, len(line), size)]
    found = list(numbered(pieces))
    assert b"".join(raw for _, raw in found) == b"".join(lines)
    told = [json.loads(line) for line in explained(pieces, as_json=True)]
    assert [one["line_no"] for one in told] == [number for number, _ in found]
    assert all(one["message"] is not None for one in told)


@pytest.mark.parametrize("junk", [b"\x00", b"\x1b[2J", b'"', b"\xff", b" while ", b', upstream: "', b"PHP message: ", b"(", b"a=b "])
def test_a_line_of_a_megabyte(junk: bytes) -> None:
    """If this fails, one endless line stops the program, or hides what follows it."""
    head = b"2026/11/22 12:04:28 [error] 1#1: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 1.1.1.1, server: s, request: "
    log = head + b'"GET /' + junk * (1_000_000 // len(junk)) + b"\n" + head + b'"GET / HTTP/1.1", upstream: "http://127.0.0.1:1/", host: "s"\n'
    counts = ErrorTallies()
    counts.feed(log)
    assert [(one.symptom, one.peer, one.count) for one in counts.tallies()] == [("connection_refused", peer, 1) for peer in ("", "127.0.0.1:1")]
    pieces = [log[at : at + PIECE] for at in range(0, len(log), PIECE)]
    assert list(explained(pieces, as_json=True))
