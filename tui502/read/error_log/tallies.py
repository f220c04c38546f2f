"""Tallies of an error log per symptom × phase × peer × server.

Two ways lead to the same counts. The quick one is one expression anchored at the `[` of the level: it takes plain records whose message, client and
server hold no comma and whose request holds no quote, and remembers what such parts mean. Everything else is taken apart by the full grammar.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

from tui502.model.evidence import Tally
from tui502.read import own
from tui502.read.counts import OLDEST, SAMPLES, Count, Counts, Key, Tallies, newest_of
from tui502.read.error_log.classify import classify, meaning_of
from tui502.read.error_log.fields import split
from tui502.read.error_log.grammar import BEGIN, HEAD, RECORD_CAP, epoch, first_begin
from tui502.read.error_log.messages import unheard
from tui502.read.error_log.record import Record, dialled_peer, parse
from tui502.read.error_log.stream import RecordStream, begins_backwards
from tui502.text import neutral

_QUICK = re.compile(
    rb"(?m)\[(?<=^\d\d\d\d/\d\d/\d\d \d\d:\d\d:\d\d \[)(emerg|alert|crit|error|warn|notice|info|debug)\] \d+#\d+: \*\d+ "
    rb'([^,]*), client: [^,]*, server: ([^,]*), request: "[^"]* HTTP/\d\.\d"'
    rb'(?:, upstream: "([^"/]*//(?:unix:[^":]*:(?=/|", host: ")|unix:[^":]*(?=", host: ")|(?!unix:)[^"/]*(?=/|", host: ")))|, host: ")'
)
_TIME = 20
"""What stands before the `[`: the time and a blank."""

_LOOK_AHEAD = 16

_MEMO = 20000
"""So many plain records' parts are remembered."""

_Parts = tuple[bytes, ...]


class ErrorTallies(Tallies):
    """`utc_offset`: what the log's local times are behind UTC by, in seconds. `sockets`: paths of sockets in the configuration, see `peer_of`.
    Records of our own requests are counted nowhere (they stay among the newest)."""

    def __init__(self, utc_offset: int = 0, sockets: Collection[str] = ()) -> None:
        super().__init__()
        self._utc_offset = utc_offset
        self._sockets = tuple(sockets)
        self._keys: dict[_Parts, Key | None] = {}
        self._epoch = lru_cache(maxsize=4096)(lambda time: epoch(time, utc_offset))

    def stream(self) -> RecordStream:
        return RecordStream()

    def begin(self, data: bytes) -> int:
        return first_begin(data)

    def into(self, counts: Counts, block: bytes) -> None:
        touched: list[Count] = []
        self._quick(counts, block, touched)
        self._settle(block, touched)
        counts.newest.extend(newest_of(begins_backwards(block), block, RECORD_CAP))

    def _quick(self, counts: Counts, block: bytes, touched: list[Count]) -> None:
        """Count `block`: plain records here, what lies between them by the full grammar."""
        memo: dict[_Parts, Count] = {}
        get = memo.get
        line_end = block.find
        at = 0
        ours = own.RAW_MARK in block
        for found in _QUICK.finditer(block):
            bracket, stop = found.span()
            start = bracket - _TIME
            end = line_end(b"\n", bracket)
            if start < at or 0 <= end < stop or stop - start > RECORD_CAP - _LOOK_AHEAD:
                continue
            if ours and line_end(own.RAW_MARK, stop, end if end >= 0 else len(block)) >= 0:
                continue
            parts = found.groups()
            count = get(parts)
            if count is None:
                key = self._known(parts)
                if key is None:
                    continue
                count = memo[parts] = counts.of(key)
            if start > at:
                self._slow(counts, block, at, start, touched)
            if not count.spots:
                touched.append(count)
            count.spots.append(start)
            at = end + 1 if end >= 0 else len(block)
        self._slow(counts, block, at, len(block), touched)

    def _known(self, parts: _Parts) -> Key | None:
        """The key for the parts of a plain record; None where they do not decide alone (open quotation, socket path without colon), or mean nothing."""
        if parts in self._keys:
            return self._keys[parts]
        if len(self._keys) > _MEMO:
            self._keys.clear()
        self._keys[parts] = key = _quick_key(parts, self._sockets)
        return key

    def _slow(self, counts: Counts, block: bytes, at: int, end: int, touched: list[Count]) -> None:
        """Count the records of block[at:end] by the full grammar. Lines at its start that begin no record belong to the one before, except at 0."""
        while at < end:
            after = _record_end(block, at, end)
            if at == 0 or BEGIN.match(block, at):
                self._one(counts, block[at:after], at, touched)
            at = after

    def _one(self, counts: Counts, raw: bytes, at: int, touched: list[Count]) -> None:
        """Count one record, which stands at `at` in its block."""
        marked = own.RAW_MARK in raw
        if not marked and unheard(raw):
            counts.other += 1
            return
        record = parse(raw, 0, self._sockets)
        if marked and own.is_ours(record.referrer):
            return
        key = _key(record)
        if key is None:
            counts.other += 1
            return
        count = counts.of(key)
        if not count.spots:
            touched.append(count)
        count.spots.append(at)

    def _settle(self, block: bytes, touched: list[Count]) -> None:
        """Turn the spots of a block into counts, times and samples."""
        for count in touched:
            spots, count.spots = count.spots, []
            count.count += len(spots)
            moment = self._epoch(block[spots[0] : spots[0] + 19]) if len(spots) == 1 else None
            count.at(self._moments(block, spots) if moment is None else {moment: 1})
            count.samples.extend(_record(block, spot) for spot in spots[-SAMPLES:])
            if len(count.oldest) < OLDEST:
                count.oldest = (*count.oldest, *(_record(block, spot) for spot in spots[: OLDEST - len(count.oldest)]))

    def _moments(self, block: bytes, spots: list[int]) -> Counter[float]:
        """How many records at each time. Where something stands before the time, the head is read."""
        moments: Counter[float] = Counter()
        for time, n in Counter([block[spot : spot + 19] for spot in spots]).items():
            moment = self._epoch(time)
            if moment is not None:
                moments[moment] += n
                continue
            for spot in spots:
                if block.startswith(time, spot) and (head := HEAD.match(block, spot)) and head["time"] and (moment := self._epoch(head["time"])) is not None:
                    moments[moment] += 1
        return moments


def _quick_key(parts: _Parts, sockets: Collection[str]) -> Key | None:
    """`_known` worked out, by the same steps as the full grammar takes."""
    level, text, server, upstream = parts
    if text.count(b'"') % 2 or (upstream and upstream.endswith(b":") and text.startswith(b"upstream timed out")):
        return None
    message, phase, _ = split(text.strip().removeprefix(b"**"))
    words = neutral(message)
    symptom = meaning_of(words, phase, level.decode("ascii"), False).symptom
    return (symptom, phase, dialled_peer(words, phase, neutral(upstream or b""), False, sockets), neutral(server.rstrip())) if symptom else None


def _key(record: Record) -> Key | None:
    """What a record is counted under, None when it is none of the known messages."""
    symptom = classify(record).symptom
    return (symptom, record.phase, record.peer, record.server) if symptom else None


def _record(block: bytes, at: int) -> bytes:
    return block[at : _record_end(block, at, len(block))].removesuffix(b"\n")[:RECORD_CAP]


def _record_end(block: bytes, at: int, end: int) -> int:
    """Where the record that begins at `at` ends: at the next line that begins one."""
    while at < end:
        at = block.find(b"\n", at, end) + 1 or end
        if at == end or BEGIN.match(block, at):
            break
    return at


def tally(data: bytes, utc_offset: int = 0) -> tuple[Tally, ...]:
    """The tallies of a whole error log."""
    counts = ErrorTallies(utc_offset)
    counts.feed(data)
    return counts.tallies()
