"""Statuses counted from an access log."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.host.http import USER_AGENT
from tui502.read import own
from tui502.read.access_log import AccessTallies, moment, status

COMBINED = b'198.51.100.7 - - [22/Nov/2026:12:04:28 +0100] "GET /cart HTTP/1.1" 502 157 "-" "Mozilla/5.0"'


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        (COMBINED, "502"),
        (b'shop.example 198.51.100.7 - - [22/Nov/2026:12:04:28 +0100] "GET / HTTP/1.1" 200 5 "http://x/?a=\\x22 404 " "-" 0.004', "200"),
        (b'198.51.100.7 [22/Nov/2026:12:04:28 +0000] "GET / HTTP/1.1" "504" 0.1', "504"),
        (b'198.51.100.7 - - [22/Nov/2026:12:04:28 +0000] "\\x16\\x03\\x01" 400 157 "-" "-"', "400"),
        (b'{"time":"2026-11-22T12:04:28+01:00","status":"502","request":"GET / HTTP/1.1"}', "502"),
        (b'{"time":"2026-11-22T12:04:28+01:00","status": 499}', "499"),
        (b'198.51.100.7 - - [22/Nov/2026:12:04:28 +0100] "GET / HTTP/1.1" 009 5', "009"),
        (b"no status here 502", ""),
        (b"", ""),
    ],
)
def test_status_stands_behind_the_request(line: bytes, answered: str) -> None:
    """If this fails, the share of failing requests is counted from some other number."""
    assert status(line) == answered


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (COMBINED, 1795345468.0),
        (b"2026-11-22T12:04:28+01:00 x", 1795345468.0),
        (b"2026-11-22T11:04:28.123Z x", 1795345468.0),
        (b"[99/Foo/2026:12:04:28 +0100]", None),
        (b"2026-11-22T12:04:29.123+01:00 web-03 nginx: " + COMBINED, 1795345468.0),
        (COMBINED.replace(b"/cart", b"/[24/Nov/2099:16:00:00 +0000]"), None),
        (b"/2099-11-24T16:00:00Z " + COMBINED, None),
        (b"x", None),
    ],
)
def test_time_has_its_own_zone(line: bytes, at: float | None) -> None:
    """If this fails, failures move by hours against the error log, or by as much as a client likes that writes a time of its own."""
    assert moment(line) == at


def test_tallies_per_status() -> None:
    """If this fails, "502 since, how many a minute" is wrong; our own requests must not appear in it."""
    counts = AccessTallies()
    later = COMBINED.replace(b"12:04:28", b"12:04:41")
    ours = COMBINED.replace(b"Mozilla/5.0", b"tui502/1.0 (+diagnosis)")
    fine = COMBINED.replace(b" 502 ", b" 200 ")
    counts.feed(b"\n".join([COMBINED, fine, ours, b"junk", later, later, b""]))
    bad, good = counts.tallies()
    assert (bad.symptom, bad.count, bad.first, bad.last, bad.per_10s) == ("502", 3, 1795345468.0, 1795345481.0, (1, 0, 2))
    assert (bad.phase, bad.peer, bad.server, bad.samples) == ("", "", "", (COMBINED, later, later))
    assert (good.symptom, good.count) == ("200", 1)
    assert counts.seen().other == 1


def test_a_time_to_come_moves_nothing() -> None:
    """If this fails, one line with a time of its sender's choice takes hours of real failures out of what is counted."""
    untimed = b'198.51.100.7 "GET /[24/Nov/2099:16:00:00 +0000] HTTP/1.1" 502 157'
    both = b"/[24/Nov/2099:16:00:00 +0000] " + COMBINED
    counts = AccessTallies((), lambda: 1795345500.0)
    counts.feed(b"\n".join([COMBINED, untimed, both, COMBINED.replace(b"12:04:28", b"12:04:41"), b""]))
    (bad,) = counts.tallies()
    assert (bad.count, bad.first, bad.last, bad.per_10s) == (4, 1795345468.0, 1795345481.0, (1, 0, 1))


@pytest.mark.parametrize("written", [b"GET /(+diagnosis) HTTP/1.1", b"GET /tui502/1%20(+diagnosis) HTTP/1.1"])
def test_nobody_else_is_taken_for_us(written: bytes) -> None:
    """If this fails, the mark in an address hides the failures of visitors."""
    counts = AccessTallies()
    counts.feed(COMBINED.replace(b"GET /cart HTTP/1.1", written) + b"\n")
    assert [found.count for found in counts.tallies()] == [1]


def test_our_user_agent_is_known() -> None:
    """If this fails, our own requests are counted as visitors'."""
    assert own.is_answer(COMBINED.replace(b"Mozilla/5.0", USER_AGENT.encode()))
    assert own.is_answer(b'{"status":"502","ua":"' + USER_AGENT.encode() + b'"}')


@given(st.lists(st.sampled_from([COMBINED, COMBINED.replace(b"502", b"200"), b"junk", b"", b"\xff\x00"])), st.lists(st.integers(0, 900), max_size=5))
def test_counts_do_not_depend_on_how_the_log_arrives(lines: list[bytes], cuts: list[int]) -> None:
    log = b"\n".join(lines)
    whole, pieces = AccessTallies(), AccessTallies()
    whole.feed(log)
    edges = [0, *sorted(cuts), max([len(log), *cuts])]
    for start, end in itertools.pairwise(edges):
        pieces.feed(log[start:end])
    assert pieces.tallies() == whole.tallies()
    assert pieces.seen().other == whole.seen().other


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_counted(log: bytes) -> None:
    AccessTallies().feed(log + b"\n")
