"""A log in a file, followed.

A file is opened at its end: its newest 64 kB are there at once, older parts are tallied step by step (`extend`), new ones by `poll`. Both are called by
a thread of the caller and never wait. Lines are numbered from the first whole line of that window; older parts are counted, and numbered when that is
asked for (`read_older`, carried out by `go_back`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from tui502.collect.log_file import LAST, Segment, ident_of, open_held, open_log
from tui502.collect.log_indexed import IndexedLog
from tui502.collect.log_older import Backwards
from tui502.model.evidence import Gap, LogSeen
from tui502.model.session import Back
from tui502.read.error_log import CLASSIFIER

WINDOW = 64 * 1024
BLOCK = 256 * 1024
HISTORY = 64 * 1024 * 1024
AT_ONCE = 4 * 1024 * 1024
"""Bytes of a file that one `poll` reads at the most; the rest comes with the next."""

OLD_SEGMENTS = 2
"""Rotated files that are kept open: nginx writes to the newest of them until it is told to reopen its logs."""


HELD = "nginx still writes to a file that was renamed or removed, which is read too; nginx -s reopen makes it open its logs anew"


class FileLog(IndexedLog):
    """A log in a file, live. `real_path` is where it is from here; `held` are descriptors of nginx ("PID/FD:DEVICE:INODE") that may lead to the same log
    under a name that it has lost. `history`: bytes before the window that are tallied at most."""

    def __init__(
        self, path: str, real_path: str, utc_offset: int, kind: str = "log", history: int = HISTORY, held: Iterable[str] = (), formats: Iterable[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(path, utc_offset, kind, formats)
        self._real_path = real_path
        self._back = Backwards(real_path, utc_offset, self._index, self._tallies, history)
        self._segments: list[Segment] = []
        self._held = tuple(held)
        self._opened = False
        self._missed = ""

    def poll(self) -> bool:
        """Read what is new: after a rotation the rest of the old file, then the new one. True when there was anything."""
        with self._lock:
            if self._closed:
                return False
            before = self._state()
            self._follow_held()
            if self._segments:
                self._follow()
            if not self._opened:
                self._open(at_end=self._gap is None or self._gap.why != "absent")
            self._asked = True
            return before != self._state()

    def also(self, held: Iterable[str]) -> None:
        """Follow these descriptors of nginx as well."""
        with self._lock:
            self._held = tuple(held)

    def awaits(self) -> bool:
        """Whether what was there is still to come: never, a file is read at once."""
        return False

    def is_cut(self) -> bool:
        """Whether the file has older lines than those that are numbered."""
        return any(not segment.closed and segment.shown > 0 for segment in self._segments[:1])

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

    def notes(self) -> tuple[str, ...]:
        return (*self._notes, *self._back.status.notes)

    def seen(self) -> LogSeen:
        """The tallies as they stand. `start` and `end` are offsets in the newest file."""
        with self._lock:
            counts = self._tallies.seen([segment.stream.pending() for segment in self._segments])
            newest = self._segments[-1] if self._segments else None
            start, end = (newest.history, newest.end) if newest else (0, 0)
            told = (self.path, start, end, CLASSIFIER, counts.tallies(), counts.other, tuple(counts.newest), self.notes())
            return LogSeen(*told, guessed=counts.guessed, server_by=self._tallies.server_by)

    def close(self) -> None:
        """Give the descriptors back. Lines cannot be read any more."""
        with self._lock:
            self._closed = True
            self._back.close()
            for segment in self._segments:
                segment.close()

    def _follow_held(self) -> None:
        """Follow what nginx writes to and no name leads to any more: a log that was renamed or removed, before we looked or since."""
        for held in self._held:
            fd = open_held(held)
            if fd is None:
                continue
            segment = self._segment(fd)
            known = next((one for one in self._segments if one.ident == segment.ident), None)
            if known or segment.ident == ident_of(self._real_path):
                segment.close()
            else:
                self._note(HELD)
                self._segments.insert(0, segment)
                self._begin(segment)
            (known or segment).held = True
        self._held = ()

    def _open(self, at_end: bool) -> bool:
        """Open the file as the newest segment; `at_end`: only its last 64 kB, because what stands before was written before we looked."""
        fd = open_log(self._real_path)
        if isinstance(fd, Gap):
            self._gap = None if self._is_held() else Gap(self.path, fd.why, fd.hint)
            return False
        self._gap = None
        segment = self._segment(fd)
        self._segments.append(segment)
        for old in self._segments[: -1 - OLD_SEGMENTS]:
            self._retire(old)
            self._segments.remove(old)
        if at_end:
            self._begin(segment)
        else:
            self._back.followed(segment.ident)
            self._read_on(segment)
        self._opened = True
        return True

    def _begin(self, segment: Segment) -> None:
        """Read the last 64 kB of a file that was there before we looked; what stands before them is history."""
        self._skip_to_window(segment)
        if self._back.segment is None or self._back.segment.shown == 0:
            self._back.begin(segment, time.time(), segment.read(segment.begin, BLOCK))
        self._back.followed(segment.ident)
        self._read_on(segment)

    def _is_held(self) -> bool:
        """Whether nginx writes to a file that has lost its name, and we read that one."""
        return any(segment.held for segment in self._segments)

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
        """Read on in every open file; then see where the path leads now."""
        for at, segment in enumerate(self._segments):
            if segment.size() < segment.end or not segment.goes_on():
                self._note("truncated: read again from its start", again=True)
                self._segments[at] = self._segment(os.dup(segment.fd))
                self._retire(segment)
            self._read_on(self._segments[at])
        if self._opened:
            self._see_path()

    def _see_path(self) -> None:
        """See whether the path leads to another file now."""
        ident = ident_of(self._real_path)
        if isinstance(ident, Gap):
            if self._missed != ident.why:
                self._note("removed" if ident.why == "absent" else "no longer readable")
            self._missed = ident.why
            self._gap = None if self._is_held() else Gap(self.path, ident.why, ident.hint)
        elif ident == self._segments[-1].ident:
            if self._missed:
                self._note("can be read again")
            self._gap, self._missed = None, ""
        else:
            had_gap = self._gap is not None
            if self._open(at_end=False):
                self._missed = ""
                self._note("rotated: the path leads to a new file", again=True)
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
            segment.last = (segment.last + data)[-LAST:]
            budget -= len(data)
            self._tallies.count(segment.stream.feed(data))
