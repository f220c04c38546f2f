"""A log in a file, followed.

A file is opened at its end: its newest 64 kB are there at once, older parts are tallied step by step (`extend`), new ones by `poll`. Both are called by
a thread of the caller and never wait. Lines are numbered from the first whole line of that window; older parts are counted, and numbered when that is
asked for (`read_older`, carried out by `go_back`).
"""

from __future__ import annotations

import os
import threading
import time

from tui502.collect.log_file import Segment, ident_of, open_log
from tui502.collect.log_lines import LINE_SHOWN, Index, Shown, access_lines, error_lines, raw_lines
from tui502.collect.log_older import Backwards
from tui502.model.evidence import Gap, LogSeen
from tui502.model.session import Back, LogLine
from tui502.read.access_log import AccessTallies
from tui502.read.counts import Tallies
from tui502.read.error_log import CLASSIFIER, ErrorTallies

WINDOW = 64 * 1024
BLOCK = 256 * 1024
HISTORY = 64 * 1024 * 1024
AT_ONCE = 4 * 1024 * 1024
"""Bytes of a file that one `poll` reads at the most; the rest comes with the next."""

OLD_SEGMENTS = 2
"""Rotated files that are kept open: nginx writes to the newest of them until it is told to reopen its logs."""


def is_access(kind: str) -> bool:
    """Whether a kind of look or of log is an access log's."""
    return kind.startswith("access")


class FileLog:
    """A log in a file, live. `path` is how nginx names it, `real_path` where it is from here. `utc_offset`: what the log's local times are behind UTC by,
    in seconds. `kind` "log" or "error": an error log; "access_log" or "access": an access log. `history`: bytes before the window that are tallied at most.
    """

    def __init__(self, path: str, real_path: str, utc_offset: int, kind: str = "log", history: int = HISTORY) -> None:
        self.path = path
        self._real_path = real_path
        self._utc_offset = utc_offset
        self._tallies: Tallies = AccessTallies() if is_access(kind) else ErrorTallies(utc_offset)
        self._shown: Shown = access_lines if is_access(kind) else error_lines
        self._index = Index()
        self._back = Backwards(real_path, utc_offset, self._index, self._tallies, history)
        self._segments: list[Segment] = []
        self._notes: list[str] = []
        self._gap: Gap | None = None
        self._asked = False
        self._closed = False
        self._lock = threading.RLock()

    def poll(self) -> bool:
        """Read what is new: after a rotation the rest of the old file, then the new one. True when there was anything."""
        with self._lock:
            if self._closed:
                return False
            before = (self._index.size, len(self._notes), self._gap)
            if self._segments:
                self._follow()
            else:
                self._open(at_end=self._gap is None or self._gap.why != "absent")
            self._asked = True
            return before != (self._index.size, len(self._notes), self._gap)

    def extend(self) -> bool:
        """Tally one more step of what stands before the window, newest first. False when all of it, or the cap, is reached."""
        with self._lock:
            return self._back.tally()

    def go_back(self) -> bool:
        """One step of what `read_older` asked for. False when there is nothing to do."""
        with self._lock:
            return self._back.step()

    def read_older(self) -> None:
        self._back.ask()

    def stop_older(self) -> None:
        self._back.stop()

    def back(self) -> Back:
        return self._back.status

    def first(self) -> int:
        return self._index.first

    def size(self) -> int:
        """The number behind the newest line; looks for the first time if that was not done yet."""
        if not self._asked:
            self.poll()
        return self._index.size

    def lines(self, first: int, n: int) -> list[LogLine]:
        """Up to `n` lines from number `first` on; lines of files that are gone are left out."""
        return self._shown(raw_lines(self._index, max(self._index.first, first), n), self._utc_offset)

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        return [(number, line[:LINE_SHOWN]) for number, line in raw_lines(self._index, max(self._index.first, first), n)]

    def notes(self) -> tuple[str, ...]:
        return (*self._notes, *self._back.status.notes)

    def gap(self) -> Gap | None:
        return self._gap

    def seen(self) -> LogSeen:
        """The tallies as they stand. `start` and `end` are offsets in the newest file."""
        with self._lock:
            counts = self._tallies.seen([segment.stream.pending() for segment in self._segments])
            newest = self._segments[-1] if self._segments else None
            start, end = (newest.history, newest.end) if newest else (0, 0)
            return LogSeen(self.path, start, end, CLASSIFIER, counts.tallies(), counts.other, tuple(counts.newest), self.notes())

    def close(self) -> None:
        """Give the descriptors back. Lines cannot be read any more."""
        with self._lock:
            self._closed = True
            self._back.close()
            for segment in self._segments:
                segment.close()

    def _open(self, at_end: bool) -> bool:
        """Open the file as the newest segment; `at_end`: only its last 64 kB, because what stands before was written before we looked."""
        fd = open_log(self._real_path)
        if isinstance(fd, Gap):
            self._gap = Gap(self.path, fd.why, fd.hint)
            return False
        self._gap = None
        segment = self._segment(fd)
        self._segments.append(segment)
        self._back.followed(segment.ident)
        for old in self._segments[: -1 - OLD_SEGMENTS]:
            self._retire(old)
            self._segments.remove(old)
        if at_end:
            self._skip_to_window(segment)
            self._back.begin(segment, time.time(), segment.read(segment.begin, BLOCK))
        self._read_on(segment)
        return True

    def _segment(self, fd: int) -> Segment:
        ident = ident_of(fd)
        return Segment(fd, (0, 0) if isinstance(ident, Gap) else ident, self._tallies.stream())

    def _retire(self, segment: Segment) -> None:
        """Close a segment to which nothing will be added: its last record is whole."""
        self._tallies.count(segment.stream.pending())
        segment.close()

    def _skip_to_window(self, segment: Segment) -> None:
        """Begin `segment` in its last 64 kB: lines are numbered from the first whole one on, records tallied from the first that begins there."""
        start = max(0, segment.size() - WINDOW)
        data = segment.read(start, WINDOW) if start else b""
        line = data.find(b"\n") + 1
        record = max(0, self._tallies.begin(data[line:])) if line else 0
        self._index.add(segment, start + line, start + line + record, data.count(b"\n", line, line + record))
        segment.start_at(start + line + record)
        segment.shown = start + line

    def _follow(self) -> None:
        """Read on in every open file; then see whether the path leads to another file now."""
        for at, segment in enumerate(self._segments):
            if segment.size() < segment.end:
                self._note("truncated: read again from its start")
                self._segments[at] = self._segment(os.dup(segment.fd))
                self._retire(segment)
            self._read_on(self._segments[at])
        ident = ident_of(self._real_path)
        if isinstance(ident, Gap):
            if self._gap is None or self._gap.why != ident.why:
                self._note("removed" if ident.why == "absent" else "no longer readable")
            self._gap = Gap(self.path, ident.why, ident.hint)
        elif ident == self._segments[-1].ident:
            self._gap = None
        else:
            had_gap = self._gap is not None
            if self._open(at_end=False):
                self._note("rotated: the path leads to a new file")
            elif not had_gap:
                self._note("no longer readable")

    def _read_on(self, segment: Segment) -> None:
        """Number and count what was added to `segment`."""
        budget = AT_ONCE
        while budget > 0 and (data := segment.read(segment.end, BLOCK)):
            whole = data.rfind(b"\n") + 1
            if whole:
                self._index.add(segment, segment.line, segment.end + whole, data.count(b"\n"))
                segment.line = segment.end + whole
            segment.end += len(data)
            budget -= len(data)
            self._tallies.count(segment.stream.feed(data))

    def _note(self, text: str) -> None:
        if not self._notes or self._notes[-1] != text:
            self._notes.append(text)
