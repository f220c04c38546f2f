"""Several logs read as one, in the order of time."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from heapq import merge
from typing import NamedTuple, Protocol

from tui502.collect.log_timed import Piece, timed
from tui502.model.evidence import Gap
from tui502.model.session import Back, LogLine, LogReader

ALL = "all error logs"

STEP = 2000
"""Lines of one log that one step back takes."""

MOST_RUNS = 200_000
"""Runs that are kept, each of some hundred bytes; a tenth of them goes at a time, the oldest."""

FULL = "older lines are not shown among those of other logs: there are too many; each log by itself has them"

PATIENCE = 1.5
"""Seconds in which a log that another program reads may bring what was there; what comes later stands behind the rest."""


class Mergeable(LogReader, Protocol):
    """A log that can be one of several."""

    def is_cut(self) -> bool:
        """Whether it has older lines of the same time as the others' that are not numbered yet."""

    def awaits(self) -> bool:
        """Whether what was there is still to come."""


class Run(NamedTuple):
    """`lines` that follow each other in one log: number `first` here is `number` of `source`."""

    first: int
    lines: int
    source: int
    number: int


class MergedLog:
    """The lines of `readers` as one log. Lines of the same second stand in the order of the readers, those of one log always in its own order; what comes
    later of an earlier time stands where it came. `poll` and `go_back` are called by one thread, the rest by any."""

    path = ALL

    def __init__(self, readers: Iterable[Mergeable]) -> None:
        self.readers = tuple(readers)
        self._runs: list[Run] = []
        self._low: list[int] = []
        self._high: list[int] = []
        self._first = self._size = 0
        self._wanted = self._left_out = False
        self._until = time.monotonic() + PATIENCE

    def add(self, readers: Iterable[Mergeable]) -> None:
        """Read these too, from now on."""
        self.readers = (*self.readers, *readers)

    def poll(self) -> bool:
        """Take in what came; whether there was anything."""
        readers, fresh = self.readers, not self._high
        if fresh and time.monotonic() < self._until and any(reader.awaits() for reader in readers):
            return False
        ends = [reader.size() for reader in readers]
        for reader, end in zip(readers[len(self._high) :], ends[len(self._high) :], strict=True):
            start = end if fresh else reader.first()
            self._low.append(start)
            self._high.append(start)
        if fresh:
            self._put_behind(self._taken([reader.first() for reader in readers], ends, self._floor(readers)))
        news = [(source, start, end) for source, (start, end) in enumerate(zip(self._high, ends, strict=True)) if start < end]
        self._put_behind(self._sorted(news))
        self._high = ends
        self._let_go()
        return fresh or bool(news)

    def go_back(self) -> bool:
        """One step of what `read_older` asked for: what of it is certain to be in order."""
        readers = self.readers
        starts = [max(reader.first(), low - STEP) for reader, low in zip(readers, self._low, strict=False)]
        if not self._wanted or len(starts) < len(readers):
            return False
        if self._is_full():
            self.stop_older()
            return False
        open_ones = [n for n, reader in enumerate(readers) if not reader.back().whole or reader.first() < starts[n]]
        if any(starts[n] == self._low[n] for n in open_ones):
            return True
        floor = max((self._at(n, starts[n]) for n in open_ones), default=float("-inf"))
        self._put_before(self._taken(starts, self._low, floor))
        self._wanted = bool(open_ones)
        return self._wanted

    def first(self) -> int:
        return self._first

    def size(self) -> int:
        return self._size

    def lines(self, first: int, n: int) -> list[LogLine]:
        """Up to `n` lines from number `first` on, each with the log that it stands in."""
        found: list[LogLine] = []
        for start, source, number, count in self._pieces(first, n):
            path = self.readers[source].path
            found += [replace(line, number=start + line.number - number, source=path) for line in self.readers[source].lines(number, count)]
        return found

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        for start, source, number, count in self._pieces(first, n):
            found += [(start + at - number, raw) for at, raw in self.readers[source].raws(number, count)]
        return found

    def read_older(self) -> None:
        self._wanted = True
        for reader in self.readers:
            reader.read_older()

    def stop_older(self) -> None:
        self._wanted = False
        for reader in self.readers:
            reader.stop_older()

    def back(self) -> Back:
        """How far all of them were read back. `back_to` is the time from which on none is missing."""
        each = [reader.back() for reader in self.readers]
        now = next((back.path for back in each if back.reading), "")
        whole = (all(back.whole for back in each) and not self._wanted) or self._is_full()
        notes = tuple(note for back in each for note in back.notes) + ((FULL,) if self._is_full() else ())
        done, total, files = (sum(values) for values in zip(*((back.done, back.total, back.files) for back in each), strict=True))
        kept = [line.at or 0.0 for line in self.lines(self._first, 1)] if self._left_out else []
        return Back(self._wanted, now, done, total, files, max((*kept, *(back.back_to for back in each)), default=0.0), whole, notes)

    def notes(self) -> tuple[str, ...]:
        return tuple(f"{reader.path}: {note}" for reader in self.readers for note in reader.notes())

    def gap(self) -> Gap | None:
        """Why none of them can be read, if so."""
        gaps = [reader.gap() for reader in self.readers]
        return None if None in gaps else gaps[0]

    def _is_full(self) -> bool:
        """Whether nothing older is taken any more: there is no room, or what stood between was let go of."""
        return self._left_out or len(self._runs) >= MOST_RUNS

    def _let_go(self) -> None:
        if len(self._runs) > MOST_RUNS:
            runs = self._runs[len(self._runs) - MOST_RUNS + MOST_RUNS // 10 :]
            self._left_out, self._first, self._runs = True, runs[0].first, runs

    def _floor(self, readers: tuple[Mergeable, ...]) -> float:
        """The time from which on no log that was opened at its end misses a line."""
        return max((self._at(n, reader.first()) for n, reader in enumerate(readers) if reader.is_cut()), default=float("-inf"))

    def _at(self, source: int, number: int) -> float:
        return next((line.at for line in self._sorted([(source, number, number + 50)])), float("-inf"))

    def _taken(self, starts: list[int], ends: list[int], floor: float) -> list[Piece]:
        """The lines of [start, end) of each log that are not older than `floor`. What is left out stays where it is, to be taken later."""
        found: list[Piece] = []
        for source, (start, end) in enumerate(zip(starts, ends, strict=True)):
            parts = timed(self.readers[source], source, start, end)
            while parts and parts[0].at < floor:
                parts.pop(0)
            self._low[source] = parts[0].number if parts else end
            found += parts
        return sorted(found, key=lambda part: (part.at, part.source))

    def _sorted(self, news: list[tuple[int, int, int]]) -> list[Piece]:
        if len(news) == 1:
            source, start, end = news[0]
            return timed(self.readers[source], source, start, end) if end - start <= 50 else [Piece(0.0, source, start, end - start)]
        return list(merge(*(timed(self.readers[each[0]], *each) for each in news), key=lambda part: part.at))

    def _put_behind(self, parts: list[Piece]) -> None:
        for part in parts:
            last = self._runs[-1] if self._runs else None
            if last and last.source == part.source and last.number + last.lines == part.number:
                self._runs[-1] = last._replace(lines=last.lines + part.lines)
            else:
                self._runs.append(Run(self._size, part.lines, part.source, part.number))
            self._size += part.lines

    def _put_before(self, parts: list[Piece]) -> None:
        runs: list[Run] = []
        at = self._first - sum(part.lines for part in parts)
        first = at
        for part in parts:
            runs.append(Run(at, part.lines, part.source, part.number))
            at += part.lines
        self._runs = [*runs, *self._runs]
        self._first = first

    def _pieces(self, first: int, n: int) -> list[tuple[int, int, int, int]]:
        """(number here, source, number there, count) of the lines [first, first + n)."""
        runs, first, end = self._runs, max(first, self._first), max(first, self._first) + n
        found = []
        for run in runs[max(0, bisect_right(runs, first, key=lambda run: run.first) - 1) :]:
            if run.first >= end:
                break
            start, stop = max(first, run.first), min(end, run.first + run.lines)
            if start < stop:
                found.append((start, run.source, run.number + start - run.first, stop - start))
        return found
