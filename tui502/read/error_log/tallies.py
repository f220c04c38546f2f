"""Tallies of an error log per symptom × phase × peer × server.

Two ways lead to the same counts. The quick one is one expression anchored at the `[` of the level: it takes plain records whose message, client and
server hold no comma and whose request holds no quote, and remembers what such parts mean. Everything else is taken apart by the full grammar.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from tui502.model.evidence import Tally
from tui502.read import own
from tui502.read.counts import MOST, OLDEST, SAMPLES, Count, Counts, Key, Tallies, newest_of
from tui502.read.error_log.classify import classify, meaning_of
from tui502.read.error_log.fields import split
from tui502.read.error_log.grammar import BEGIN, HEAD, RECORD_CAP, epoch, first_begin
from tui502.read.error_log.messages import unheard, unheard_record
from tui502.read.error_log.record import dialled_peer, parse
from tui502.read.error_log.stream import RecordStream, begins_backwards
from tui502.text import neutral

_QUICK = re.compile(
    rb"(?m)\[(?<=^\d\d\d\d/\d\d/\d\d \d\d:\d\d:\d\d \[)(emerg|alert|crit|error|warn|notice|info|debug)\] \d{1,10}#\d{1,10}: \*\d{1,20} "
    rb'([^,\n]{0,2100}), client: [^,\n]{0,200}, server: ([^,\n]{0,1100}), request: "[^"\n]{0,2100} HTTP/\d\.\d"'
    rb'(?:, upstream: "([^"/\n]{0,50}//'
    rb'(?:unix:[^":\n]{0,200}:(?:"(?=, host: ")|(?=/))|unix:[^":\n]{0,900}(?=", host: ")|(?!unix:)[^"/\n]{0,900}(?=/|", host: ")))|, host: ")'
    rb"[^\n]*(?:\n|\Z)"
)
"""A plain record with the whole of its line. The counts of characters keep what is looked at within RECORD_CAP."""

_TIME = 20
"""What stands before the `[`: the time and a blank."""

_MEMO = 20000
"""So many plain records' parts are remembered."""

_UNKNOWN: Key = ("", "", "", "")
"""What records that are none of the known messages are kept under while a block is counted."""

_Parts = tuple[bytes, ...]
_Spots = dict[Key, list[int]]
"""The offsets in a block at which records begin, by what they are counted under."""


class ErrorTallies(Tallies):
    """`utc_offset`: what the log's local times are behind UTC by, in seconds. `sockets`: paths of sockets in the configuration, see `peer_of`.
    Records of our own requests are counted nowhere (they stay among the newest)."""

    def __init__(self, utc_offset: int = 0, sockets: Collection[str] = ()) -> None:
        super().__init__()
        self._sockets = tuple(sockets)
        self._spots: _Spots = {_UNKNOWN: []}
        self._memo: dict[_Parts, list[int] | None] = {}
        self._epoch = lru_cache(maxsize=4096)(lambda time: epoch(time, utc_offset))

    def stream(self) -> RecordStream:
        return RecordStream()

    def begin(self, data: bytes) -> int:
        return first_begin(data)

    def into(self, counts: Counts, block: bytes) -> None:
        self._quick(block)
        self._settle(counts, block)
        counts.newest.extend(newest_of(begins_backwards(block), block, RECORD_CAP))

    def _quick(self, block: bytes) -> None:
        """Find what the records of `block` are: plain records here, what lies between them by the full grammar."""
        memo = self._memo
        slow: list[tuple[int, int]] = []
        marked = _marked(block)
        at = 0
        for found in _QUICK.finditer(block):
            parts = found.groups()
            try:
                here = memo[parts]
            except KeyError:
                here = self._spots_of(parts)
            start = found.start() - _TIME
            if here is None or (marked and start in marked):
                continue
            if start > at:
                slow.append((at, start))
            here.append(start)
            at = found.end()
        slow.append((at, len(block)))
        for begin, end in slow:
            raw = block[begin:end]
            if raw.find(b"\n") == len(raw) - 1 and begin not in marked and unheard_record(raw):
                self._spots[_UNKNOWN].append(begin)
            else:
                self._slow(block, begin, end)

    def _spots_of(self, parts: _Parts) -> list[int] | None:
        """Where the spots of a plain record with these parts go; None where they do not decide alone (open quotation, socket path without colon)."""
        if len(self._memo) > _MEMO:
            self._memo.clear()
        if parts[0] != b"emerg" and unheard(parts[1]):
            return self._spots[_UNKNOWN]
        key = _quick_key(parts, self._sockets)
        self._memo[parts] = here = None if key is None else self._spots.setdefault(key, [])
        return here

    def _slow(self, block: bytes, at: int, end: int) -> None:
        """Find what the records of block[at:end] are by the full grammar. Lines at its start that begin no record belong to the one before, except at 0."""
        while at < end:
            after = _record_end(block, at, end)
            if at == 0 or BEGIN.match(block, at):
                key = self._key(block[at:after])
                if key is not None:
                    self._spots.setdefault(key, []).append(at)
            at = after

    def _key(self, raw: bytes) -> Key | None:
        """What one record is counted under, None when it is of a request of ours."""
        marked = own.RAW_MARK in raw
        if not marked and unheard_record(raw):
            return _UNKNOWN
        record = parse(raw, 0, self._sockets)
        if marked and own.is_ours(record.referrer):
            return None
        symptom = classify(record).symptom
        return (symptom, record.phase, record.peer, record.server) if symptom else _UNKNOWN

    def _settle(self, counts: Counts, block: bytes) -> None:
        """Turn the spots of a block into counts, times and samples."""
        unknown = self._spots[_UNKNOWN]
        counts.other += len(unknown)
        unknown.clear()
        for count, here in self._found(counts):
            here.sort()
            count.count += len(here)
            count.at(self._moments(block, here))
            count.samples.extend([_record(block, spot) for spot in here[-SAMPLES:]])
            if len(count.oldest) < OLDEST:
                count.oldest = (*count.oldest, *[_record(block, spot) for spot in here[: OLDEST - len(count.oldest)]])
            here.clear()
        if len(self._spots) > MOST:
            self._memo.clear()
            self._spots = {_UNKNOWN: []}

    def _found(self, counts: Counts) -> list[tuple[Count, list[int]]]:
        """The counts of which records were found, with their spots. While there is room for all, the order in which they come does not matter."""
        found = [(key, here) for key, here in self._spots.items() if here]
        if len(counts.by) + sum(key not in counts.by for key, _ in found) < MOST:
            return [(counts.of(key), here) for key, here in found]
        together: dict[int, tuple[Count, list[int]]] = {}
        for key, here in sorted(found, key=lambda item: min(item[1])):
            count = counts.of(key)
            together.setdefault(id(count), (count, []))[1].extend(here)
            here.clear()
        return list(together.values())

    def _moments(self, block: bytes, spots: list[int]) -> dict[float, int]:
        """How many records at each time. Where something stands before the time, the head is read."""
        moments: dict[float, int] = {}
        for spot in spots:
            moment = self._epoch(block[spot : spot + 19])
            if moment is None and (head := HEAD.match(block, spot)) and head["time"]:
                moment = self._epoch(head["time"])
            if moment is not None:
                moments[moment] = moments.get(moment, 0) + 1
        return moments


def _quick_key(parts: _Parts, sockets: Collection[str]) -> Key | None:
    """The key for the parts of a plain record, by the same steps as the full grammar takes."""
    level, text, server, upstream = parts
    if text.count(b'"') % 2 or (upstream and upstream.endswith(b":") and text.startswith(b"upstream timed out")):
        return None
    upstream = (upstream or b"").removesuffix(b'"')
    message, phase, _ = split(text.strip().removeprefix(b"**"))
    words = neutral(message)
    symptom = meaning_of(words, phase, level.decode("ascii"), False).symptom
    return (symptom, phase, dialled_peer(words, phase, neutral(upstream), False, sockets), neutral(server.rstrip())) if symptom else _UNKNOWN


def _marked(block: bytes) -> frozenset[int]:
    """Where the lines begin in which our mark stands."""
    found = set()
    at = block.find(own.RAW_MARK)
    while at >= 0:
        found.add(block.rfind(b"\n", 0, at) + 1)
        at = block.find(own.RAW_MARK, at + 1)
    return frozenset(found)


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
