"""What stands before the window of a log. By itself it is tallied, up to a cap; when a person asks, its lines are numbered too, and after it those of the
rotated files, the newest first. Every step is short: the thread that follows the log takes them one by one, and stops when it is told to.
"""

from __future__ import annotations

import os
import posixpath
from dataclasses import replace

from tui502.collect.log_file import Segment, ident_of, open_log
from tui502.collect.log_lines import ENTRY, ENTRY_READ, Index
from tui502.collect.log_packed import PackedSegment
from tui502.collect.log_rotated import Older, rotated
from tui502.model.evidence import Gap
from tui502.model.session import Back
from tui502.read.counts import Tallies
from tui502.read.error_log import parse

STEP = 1024 * 1024
"""Bytes that one step tallies."""

CARRY = 256 * 1024
"""Bytes of a record that are kept while its begin is looked for."""

_HEAD = 512
"""Bytes of a record in which its time stands."""


class Backwards:
    """Goes back in one log. `segment` is the oldest file that is open; `history` are the bytes before its window that are tallied unasked."""

    def __init__(self, place: str, utc_offset: int, index: Index, tallies: Tallies, history: int) -> None:
        self._place = place
        self._utc_offset = utc_offset
        self._index = index
        self._tallies = tallies
        self._history = history
        self._known: frozenset[tuple[int, int]] = frozenset()
        self._since = 0.0
        self._left: list[Older] | None = None
        self._read: set[tuple[int, int]] = set()
        self._opened: list[Segment] = []
        self._at: Older | None = None
        self._wanted = False
        self._before = self._size = self._total = 0
        self.segment: Segment | None = None
        self.status = Back()

    def begin(self, segment: Segment, now: float, first: bytes) -> None:
        """The log was opened at its end at `now`, and `segment` begins with the record `first`. What is rotated by now is older than it."""
        self.segment, self._since = segment, now
        older = rotated(self._place)
        self._known = frozenset(one.ident for one in older)
        self._read.add(segment.ident)
        self.status = Back(files=len(older))
        self._date(first)

    def followed(self, ident: tuple[int, int]) -> None:
        """This file is read forwards: wherever it is moved, it is none of the older ones."""
        self._read.add(ident)

    def ask(self) -> None:
        """Read back from now on, until `stop` or until all is read. Called by any thread: it is `step` that does it, and that tells of it."""
        self._wanted = True

    def stop(self) -> None:
        """Read no further; what was read stays."""
        self._wanted = False

    def close(self) -> None:
        self._wanted = False
        for segment in self._opened:
            segment.close()

    def tally(self) -> bool:
        """Tally one more step unasked. False when all of the file, or the cap, is reached."""
        segment = self.segment
        if segment is None or segment in self._opened or segment.begin - segment.history >= self._history:
            return False
        return self._tally(segment)

    def step(self) -> bool:
        """One step of what was asked for. False when nothing was, or when all is done."""
        if not self._wanted:
            if self.status.reading:
                self._tell()
            return False
        if self._left is None:
            self._plan()
        segment = self.segment
        if segment is None or segment.closed:
            self._next()
        elif isinstance(segment, PackedSegment) and not segment.whole:
            self._unpack(segment)
        elif segment.shown > 0:
            self._number(segment)
        elif segment.history == 0 or not self._tally(segment):
            self._next()
        self._tell()
        return self._wanted

    def _plan(self) -> None:
        """Which files are older than what was followed: those that were there when it began, and those that were written last before."""
        self._left = [one for one in rotated(self._place) if one.ident not in self._read and (one.ident in self._known or one.written < self._since)]
        self._size = self.segment.shown if self.segment else 0
        self._total = self._size + sum(one.size for one in self._left)

    def _next(self) -> None:
        """Open the next older file; at the end nothing is wanted any more."""
        self._before += self._size
        self.segment, self._at, self._size = None, None, 0
        if not self._left:
            self._wanted = False
            self.status = replace(self.status, whole=True)
            return
        one = self._left.pop(0)
        self._size = one.size
        found = self._open(one)
        if isinstance(found, str):
            self._say(f"{posixpath.basename(one.path)}: {found}")
            return
        self._at, self.segment = one, found
        self._opened.append(found)
        self._read.add(one.ident)

    def _open(self, one: Older) -> Segment | str:
        """The file as a segment that is to be read backwards, or why it is not read."""
        if one.packed not in ("", ".gz"):
            return f"packed as {one.packed[1:]}, which is not unpacked here"
        fd = open_log(one.path)
        if isinstance(fd, Gap):
            return fd.why
        if ident_of(fd) != one.ident:
            os.close(fd)
            return "it was moved meanwhile"
        if one.packed:
            return PackedSegment(fd, one.ident, self._tallies.stream())
        segment = Segment(fd, one.ident, self._tallies.stream())
        segment.start_at(segment.size())
        return segment

    def _unpack(self, segment: PackedSegment) -> None:
        if segment.unpack():
            return
        segment.start_at(segment.size())
        if segment.why and self._at:
            self._say(f"{posixpath.basename(self._at.path)}: {segment.why}, the rest is not read")

    def _number(self, segment: Segment) -> None:
        """Number the lines of the block before the oldest line; and keep the tallies level with them."""
        for size in (ENTRY, ENTRY_READ):
            start = max(0, segment.shown - size)
            data = segment.read(start, segment.shown - start)
            line = data.find(b"\n") + 1 if start else 0
            if line or not start:
                break
        lines = data.count(b"\n", line) + (not data.endswith(b"\n") and len(data) > line)
        self._index.add_older(segment, start + line, segment.shown, lines)
        segment.shown = start + line if line < len(data) else start
        if segment.history > segment.shown:
            self._tally(segment)

    def _tally(self, segment: Segment) -> bool:
        """Tally the step before what is tallied; False when nothing is left."""
        if segment.closed or segment.history == 0:
            return False
        start = max(0, segment.history - STEP)
        data = segment.read(start, segment.history - start)
        if len(data) < segment.history - start:
            segment.history = 0
            return False
        first = 0 if start == 0 else self._tallies.begin(data)
        if first < 0:
            segment.carry = (data + segment.carry)[:CARRY]
        else:
            self._tallies.older(data[first:] + segment.carry)
            segment.carry = data[:first]
            self._date(data[first : first + _HEAD])
        segment.history = start
        return start > 0

    def _date(self, record: bytes) -> None:
        """The oldest record that was read is this one."""
        at = parse(record.split(b"\n")[0], self._utc_offset).at
        if at:
            self.status = replace(self.status, back_to=at)

    def _say(self, text: str) -> None:
        self.status = replace(self.status, notes=(*self.status.notes, text))

    def _tell(self) -> None:
        """What a front end may show."""
        files = self.status.files if self._left is None else len(self._left) + (self._at is not None)
        done = self._before + int(self._size * self._share())
        path = self._at.path if self._at else self._place
        self.status = replace(self.status, reading=self._wanted, path=path, done=done, total=self._total, files=files)

    def _share(self) -> float:
        """How much of the file at work is done, from 0 to 1. What is packed is unpacked once, then read."""
        segment = self.segment
        if segment is None:
            return 0.0
        if isinstance(segment, PackedSegment) and not segment.whole:
            return segment.packed() / max(1, self._size) / 2
        share = 1 - max(segment.shown, segment.history) / max(1, segment.begin)
        return 0.5 + share / 2 if isinstance(segment, PackedSegment) else share
