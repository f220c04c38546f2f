"""Tallies: how often what failed, and since when."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tui502.model.evidence import Tally
from tui502.read.counts import MOST, OLDEST, SAMPLES
from tui502.read.error_log import ErrorTallies, records, tally
from tui502.read.error_log.messages import TEMPLATES

MESSAGES = st.sampled_from(
    [
        "connect() failed (111: Connection refused) while connecting to upstream",
        "upstream timed out (110: Connection timed out) while reading response header from upstream",
        'FastCGI sent in stderr: "PHP message: a, client: b, server: c" while reading response header from upstream',
        'FastCGI sent in stderr: "a, client: b, server: c, request: "GET / HTTP/1.1", upstream: "http://6.6.6.6/" while reading response header from upstream',
        'FastCGI sent in stderr: "a\n#0 b\n2026/" while reading response header from upstream',
        "recv() failed (104: Connection reset by peer) while keepalive",
        "no word of this is known",
        "something new while doing something else",
        "api.example could not be resolved (3: Host not found)",
        'upstream sent invalid header: "X\\x0a..." while reading response header from upstream',
    ]
)
UPSTREAMS = st.sampled_from(
    [
        ', upstream: "http://127.0.0.1:3000/a"',
        ', upstream: "http://unix:/run/a.sock:/a"',
        ', upstream: "http://unix:/run/a.sock/a"',
        ', upstream: "fastcgi://unix:/run/b.sock:"',
        ', upstream: "fastcgi://[::1]:9000"',
        ', upstream: "http://a"b/"',
        ', upstream: "http://gr?x/y"',
        ', subrequest: "/auth", upstream: "http://10.0.0.1:80/auth"',
        ', upstream: "http://127.0.0.1:30',
        "",
    ]
)
REQUESTS = st.sampled_from(
    ["GET / HTTP/1.1", 'GET /", upstream: "http://6.6.6.6/ HTTP/1.1', "GET /", "POST /x,y HTTP/2.0", 'GET /a"b HTTP/1.1', "GET / HTTP/1.1\nx"]
)
SERVERS = st.sampled_from(["s.example", "", "a, b", "*.example\x1b"])
TAILS = st.sampled_from(
    [
        ', host: "s", referrer: "http://s/?tui502+diagnosis"',
        ', host: "s"',
        "",
        ', host: "s", referrer: "http://x/", upstream: "http://6.6.6.6/"',
        ', referrer: "r"',
        ', host: "a" HTTP/1.1", host: "b"',
    ]
)
BEFORE = st.sampled_from(["", "", "", "Nov 22 12:00:00 web nginx: ", "2026-11-22T12:00:00Z stderr F ", "junk\n", "#0 trace\n", "\x00\xff\n"])
LEVELS = st.sampled_from(["error", "info", "crit", "nonsense"])
SECONDS = st.integers(0, 59)


@st.composite
def record(draw: st.DrawFn) -> bytes:
    second = draw(SECONDS)
    text = (
        f"{draw(BEFORE)}2026/11/22 12:{second % 7:02d}:{second:02d} [{draw(LEVELS)}] 1#1: *{second} {draw(MESSAGES)}, "
        f'client: 198.51.100.7, server: {draw(SERVERS)}, request: "{draw(REQUESTS)}"{draw(UPSTREAMS)}{draw(TAILS)}\n'
    )
    cut = draw(st.integers(40, 2000))
    return text.encode()[:cut].removesuffix(b"\n") + b"\n"


LOGS = st.lists(record(), max_size=12).map(b"".join)


class _Full(ErrorTallies):
    """Takes every record apart by the full grammar."""

    def _quick(self, block: bytes) -> None:
        self._slow(block, 0, len(block))


def _seen(counts: ErrorTallies) -> tuple[tuple[Tally, ...], int, list[bytes]]:
    seen = counts.seen()
    return seen.tallies(), seen.other, list(seen.newest)


@settings(max_examples=300, deadline=None)
@given(LOGS)
def test_quick_way_and_full_grammar_count_the_same(log: bytes) -> None:
    """If this fails, what is counted depends on how fast it was counted."""
    quick, full = ErrorTallies(), _Full()
    quick.feed(log)
    full.feed(log)
    assert _seen(quick) == _seen(full)


def test_every_template_is_counted_the_same_in_both_ways() -> None:
    """If this fails, the cheap test before the grammar throws a known message away."""
    for template in TEMPLATES:
        text = re.sub(r"%[a-z_]+(?<!_)", "word", re.sub(r"%(errno|n|pid)(?![a-z])", "5", template.text).replace("%urlerr", "no host").replace("%hex", "0A"))
        for tail in ("", ', client: 1.1.1.1, server: s, request: "GET / HTTP/1.1", host: "s"'):
            log = f"2026/11/22 12:04:28 [error] 1#1: *7 {text}{tail}\n2026/11/22 12:04:29 [error] 1#1: {text}{tail}\n".encode()
            quick, full = ErrorTallies(), _Full()
            quick.feed(log)
            full.feed(log)
            assert _seen(quick) == _seen(full), template.text


@settings(max_examples=150, deadline=None)
@given(LOGS, st.lists(st.integers(0, 4000), max_size=6))
def test_counts_do_not_depend_on_how_the_log_arrives(log: bytes, cuts: list[int]) -> None:
    """If this fails, a follower that reads in other steps counts something else."""
    whole, pieces = ErrorTallies(), ErrorTallies()
    whole.feed(log)
    at = 0
    for cut in sorted(cuts):
        pieces.feed(log[at : max(at, cut)])
        at = max(at, cut)
    pieces.feed(log[at:])
    assert _seen(pieces) == _seen(whole)


@settings(max_examples=100, deadline=None)
@given(LOGS, st.integers(0, 12))
def test_history_added_afterwards_counts_like_history_read_first(log: bytes, split: int) -> None:
    """If this fails, the figures depend on where the log was opened."""
    parts = [raw + b"\n" for raw in records(log)]
    forwards, backwards = ErrorTallies(), ErrorTallies()
    forwards.feed(b"".join(parts))
    backwards.feed(b"".join(parts[split:]))
    if parts[:split]:
        backwards.older(b"".join(parts[:split]))
    assert _seen(backwards) == _seen(forwards)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_can_be_counted(log: bytes) -> None:
    ErrorTallies().feed(log)
    tally(log)


def _refused(second: int, peer: str = "127.0.0.1:3000") -> bytes:
    return (
        f"2026/11/22 12:00:{second:02d} [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 1.1.1.1, "
        f'server: s, request: "GET /{second} HTTP/1.1", upstream: "http://{peer}/{second}", host: "s"\n'
    ).encode()


def test_count_times_steps_and_samples() -> None:
    """If this fails, since-when and failures a minute are wrong."""
    log = [_refused(second) for second in (3, 4, 4, 31)]
    (found,) = tally(b"".join(log), utc_offset=60)
    assert (found.symptom, found.phase, found.peer, found.server) == ("connection_refused", "connecting to upstream", "127.0.0.1:3000", "s")
    noon = 1795348800.0 + 60
    assert (found.count, found.first, found.last) == (4, noon + 3, noon + 31)
    assert found.per_10s == (3, 0, 0, 1)
    assert found.samples == tuple(raw.removesuffix(b"\n") for raw in log[-SAMPLES:])
    assert found.oldest == tuple(raw.removesuffix(b"\n") for raw in log)


def test_the_oldest_records_stay_however_many_come() -> None:
    """If this fails, nobody can tell with which page an outage began."""
    log = [_refused(second) for second in range(50)]
    (found,) = tally(b"".join(log))
    assert found.oldest == tuple(raw.removesuffix(b"\n") for raw in log[:OLDEST])


def test_a_record_counts_before_the_next_one_begins() -> None:
    """If this fails, the newest failure shows only when another one follows."""
    counts = ErrorTallies()
    counts.feed(_refused(1))
    assert [found.count for found in counts.tallies()] == [1]
    counts.feed(_refused(2)[:-5])
    assert [found.count for found in counts.tallies()] == [1]
    counts.feed(_refused(2)[-5:])
    assert [found.count for found in counts.tallies()] == [2]


OURS = _refused(2).replace(b'host: "s"', b'host: "s", referrer: "http://s/?tui502+diagnosis"')


def test_our_own_requests_are_counted_nowhere() -> None:
    """If this fails, looking at a failure makes it larger, and it never ends."""
    counts = ErrorTallies()
    counts.feed(_refused(1) + OURS + _refused(3) + OURS.replace(b"connect() failed (111: Connection refused)", b"something new"))
    (found,) = counts.tallies()
    assert (found.count, found.last - found.first, counts.seen().other) == (2, 2, 0)
    assert len(counts.seen().newest) == 4


def test_nobody_else_is_taken_for_us() -> None:
    """If this fails, the mark in an address hides the failures of visitors."""
    counts = ErrorTallies()
    for written in (b"GET /?tui502+diagnosis HTTP/1.1", b'GET /?tui502+diagnosis" HTTP/1.1'):
        counts.feed(_refused(2).replace(b"GET /2 HTTP/1.1", written))
    counts.feed(OURS.replace(b"+diagnosis", b"+diagnosis&x"))
    assert [found.count for found in counts.tallies()] == [3]


def test_made_up_peers_cannot_fill_the_memory() -> None:
    """If this fails, requests that choose the peer can exhaust the host while we watch."""
    log = b"".join(_refused(1, f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}:1") for n in range(MOST + 50))
    found = tally(log)
    assert len(found) == MOST + 1
    assert sum(one.count for one in found) == MOST + 50
