"""Tallies of a log, kept while it is read: how often, first and last, per ten seconds, and the newest samples."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from tui502.model.evidence import Tally

Key = tuple[str, str, str, str]
"""Symptom (or status), phase, peer, server."""

STEP = 10.0
"""Seconds of a step in which failures are counted together: what is told of rates changes no oftener."""

STEPS = 720
"""Steps that are kept: two hours."""

SAMPLES = 3
OLDEST = 8
"""Records with which a tally began, kept to tell what failed first."""

NEWEST = 200
AT_ONCE = 1024 * 1024
"""So many bytes wait at the most before they are counted."""

MOST = 4096
"""So many tallies are kept apart; what comes on top (peers made up by requests, say) is counted without peer and server."""


@dataclass(slots=True)
class Count:
    """What is counted of one key."""

    count: int = 0
    first: float = math.inf
    last: float = -math.inf
    steps: Counter[int] = field(default_factory=Counter)
    samples: deque[bytes] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    oldest: tuple[bytes, ...] = ()

    def at(self, moments: Mapping[float, int]) -> None:
        """Take in records by their time (epoch → how many)."""
        for moment, n in moments.items():
            self.steps[int(moment) // 10] += n
            self.first = min(self.first, moment)
            self.last = max(self.last, moment)
        self._forget()

    def _forget(self) -> None:
        """Let go of steps that are older than what is kept."""
        if len(self.steps) > 2 * STEPS:
            newest = int(self.last) // 10
            self.steps = Counter({step: n for step, n in self.steps.items() if step > newest - STEPS})

    def add(self, other: Count, older: bool) -> None:
        """Take in what was counted apart, in a part of the log that is older or newer than all of this."""
        self.count += other.count
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        self.steps.update(other.steps)
        self._forget()
        both = (*other.samples, *self.samples) if older else (*self.samples, *other.samples)
        self.samples = deque(both, maxlen=SAMPLES)
        self.oldest = ((*other.oldest, *self.oldest) if older else (*self.oldest, *other.oldest))[:OLDEST]

    def tally(self, key: Key) -> Tally:
        known = self.last > -math.inf
        newest = int(self.last) // 10 if known else 0
        oldest = max(min(self.steps, default=newest), newest - STEPS + 1)
        per_10s = tuple(self.steps.get(step, 0) for step in range(oldest, newest + 1)) if known else ()
        return Tally(*key, self.count, self.first if known else 0.0, self.last if known else 0.0, per_10s, tuple(self.samples), self.oldest)


class Counts:
    """The counts of all keys of one log, the number of records of no key, of those that had to be guessed at, and the newest records."""

    def __init__(self) -> None:
        self.by: dict[Key, Count] = {}
        self.other = 0
        self.guessed = 0
        self.newest: deque[bytes] = deque(maxlen=NEWEST)

    def of(self, key: Key) -> Count:
        """The count of `key`, or that without peer and server once there are too many."""
        found = self.by.get(key)
        if found is None:
            if len(self.by) >= MOST:
                key = (key[0], key[1], "", "")
            found = self.by.setdefault(key, Count())
        return found

    def add(self, others: Counts, older: bool) -> None:
        for key, count in others.by.items():
            self.of(key).add(count, older)
        self.other += others.other
        self.guessed += others.guessed
        both = (*others.newest, *self.newest) if older else (*self.newest, *others.newest)
        self.newest = deque(both, maxlen=NEWEST)

    def with_newer(self, newer: Counts) -> Counts:
        """Both together. What `newer` tells nothing of is shared with these counts, which stay as they are."""
        both = Counts()
        both.by = dict(self.by)
        for key, count in newer.by.items():
            at = key if key in both.by or len(both.by) < MOST else (key[0], key[1], "", "")
            fresh = Count()
            for part in filter(None, (both.by.get(at), count)):
                fresh.add(part, older=False)
            both.by[at] = fresh
        both.other, both.guessed = self.other + newer.other, self.guessed + newer.guessed
        both.newest = deque((*self.newest, *newer.newest), maxlen=NEWEST)
        return both

    def tallies(self) -> tuple[Tally, ...]:
        """The most frequent first."""
        return tuple(count.tally(key) for key, count in sorted(self.by.items(), key=lambda item: (-item[1].count, item[0])))


class Stream(Protocol):
    """Bytes of a log in any pieces, out of which come whole records."""

    def feed(self, chunk: bytes) -> bytes:
        """The records that `chunk` completes."""

    def pending(self) -> bytes:
        """The newest record where more lines may still belong to it, b"" when there is none."""


class Tallies:
    """The tallies of one log. A kind of log says how its records are cut (`stream`, `begin`) and counted (`into`). `server_by` is the variable of nginx by
    which servers are told apart, '' where it is no variable."""

    server_by = ""

    def __init__(self) -> None:
        self._counts = Counts()
        self._stream = self.stream()
        self._waiting: list[bytes] = []
        self._bytes = 0

    def stream(self) -> Stream:
        """A fresh cutter of records."""
        raise NotImplementedError

    def begin(self, data: bytes) -> int:
        """The offset in `data`, a piece out of the middle of a log, at which a record begins; -1 for none."""
        raise NotImplementedError

    def into(self, counts: Counts, block: bytes) -> None:
        """Count the records of `block`, which holds whole ones only."""
        raise NotImplementedError

    def feed(self, chunk: bytes) -> None:
        """Count what follows. The result is the same however the log is cut into chunks."""
        self.count(self._stream.feed(chunk))

    def count(self, block: bytes) -> None:
        """Count whole records that are newer than all before: many at a time, for half of the work is the same for one as for a hundred."""
        self._waiting.append(block)
        self._bytes += len(block)
        if self._bytes >= AT_ONCE:
            self._settle_waiting()

    def older(self, block: bytes) -> None:
        """Count whole records that are older than all before."""
        self._settle_waiting()
        earlier = Counts()
        self.into(earlier, block)
        self._counts.add(earlier, older=True)

    def seen(self, pending: Iterable[bytes] | None = None) -> Counts:
        """The counts as they stand, with the records that are perhaps not complete (those of `feed`, when not given)."""
        self._settle_waiting()
        last = Counts()
        for block in filter(None, [self._stream.pending()] if pending is None else pending):
            self.into(last, block)
        return self._counts.with_newer(last)

    def _settle_waiting(self) -> None:
        block = b"".join(self._waiting)
        self._waiting, self._bytes = [], 0
        if block:
            self.into(self._counts, block)

    def tallies(self) -> tuple[Tally, ...]:
        return self.seen().tallies()


def newest_of(starts: Iterable[int], block: bytes, cap: int) -> list[bytes]:
    """The records of `block` that begin at `starts` (newest first, at most NEWEST are taken), oldest first, each cut at `cap` bytes."""
    found: list[bytes] = []
    end = len(block)
    for start in islice(starts, NEWEST):
        found.append(block[start:end].removesuffix(b"\n")[:cap])
        end = start
    return found[::-1]
