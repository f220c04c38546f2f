"""A log that is no file of its own: its lines come out of a journal, a container's log or the file of a syslog daemon, and the newest are kept in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui502.collect.log_file import Segment
from tui502.collect.log_indexed import IndexedLog
from tui502.collect.log_lines import ENTRY
from tui502.collect.log_source import Source
from tui502.model.evidence import Gap, LogSeen
from tui502.model.session import Back
from tui502.read.error_log import CLASSIFIER

SEGMENT = 1024 * 1024
"""Bytes of one piece; whole pieces are let go of."""

HELD = 24 * SEGMENT
"""Bytes that are kept."""

UNASKED = 4 * 1024 * 1024
"""Bytes that are read back without being asked for, so that it is known when failures began."""


@dataclass(eq=False)
class HeldSegment(Segment):
    """Lines in memory. It has no descriptor."""

    text: bytes = b""

    def close(self) -> None:
        self.closed, self.text = True, b""

    def read(self, offset: int, n: int) -> bytes:
        return self.text[offset : offset + n]

    def size(self) -> int:
        return len(self.text)


class HeldLog(IndexedLog):
    """A log out of the first of `sources` that gives lines; until one has, all are asked."""

    def __init__(self, path: str, sources: tuple[Source, ...], utc_offset: int, kind: str, formats: Iterable[str] = ()) -> None:
        super().__init__(path, utc_offset, kind, formats)
        self._sources = sources
        self._stream = self._tallies.stream()
        self._pieces: list[HeldSegment] = []
        self._begun = self._ended = self._size = 0
        self._wanted = False
        self._whole = False

    def poll(self) -> bool:
        with self._lock:
            if self._closed:
                return False
            before, self._asked = self._state(), True
            for source in self._sources:
                if data := source.new():
                    self._keep_only(source)
                    self._append(data)
                    break
                if source.awaits():
                    break
            gaps = [source.gap for source in self._sources]
            found = None if None in gaps else next(iter(gaps), Gap(self.path, "absent", ""))
            self._gap = Gap(self.path, found.why, found.hint) if found and not self._index.size else None
            return before != self._state()

    def extend(self) -> bool:
        """One more step back, unasked. False when there is nothing more, or enough was read."""
        with self._lock:
            return self.awaits() if not self._one() else self._begun < UNASKED and self._step()

    def go_back(self) -> bool:
        with self._lock:
            self._wanted = self._wanted and self._step()
            return self._wanted

    def read_older(self) -> None:
        self._wanted = True

    def stop_older(self) -> None:
        self._wanted = False

    def back(self) -> Back:
        lines = self.lines(self._index.first, 50) if self._pieces else []
        at = next((line.at for line in lines if line.at), 0.0)
        notes = ("the older lines are not kept: the memory for them is full",) if self._is_full() else ()
        return Back(self._wanted, self._sources[0].place, self._begun, self._begun + (not self._whole), 0, at, self._whole or self._is_full(), notes)

    def awaits(self) -> bool:
        """Whether what was there, or is read back, is still to come."""
        return not self._closed and any(source.awaits() for source in self._sources)

    def is_cut(self) -> bool:
        return self._one() and not self._whole and self._sources[0].has_older()

    def notes(self) -> tuple[str, ...]:
        if not self._one():
            return (f"no line of nginx was found yet: {'; '.join(source.place for source in self._sources)}",)
        return (*self._notes, *self._sources[0].notes())

    def seen(self) -> LogSeen:
        """The tallies as they stand. `start` and `end` count what was read back and what came."""
        with self._lock:
            counts = self._tallies.seen([self._stream.pending()])
            place = self._sources[0].place if self._one() else ""
            told = (self.path, -self._begun, self._ended, CLASSIFIER, counts.tallies(), counts.other, tuple(counts.newest), self.notes(), place)
            return LogSeen(*told, guessed=counts.guessed, server_by=self._tallies.server_by)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for source in self._sources:
                source.close()
            for piece in self._pieces:
                piece.close()

    def _state(self) -> tuple[object, ...]:
        return (*super()._state(), self.notes())

    def _one(self) -> bool:
        """Whether it is known where the lines come from."""
        return len(self._sources) == 1

    def _is_full(self) -> bool:
        return self._size >= HELD

    def _keep_only(self, source: Source) -> None:
        for other in self._sources:
            if other is not source:
                other.close()
        self._sources = (source,)

    def _append(self, data: bytes) -> None:
        self._tallies.count(self._stream.feed(data))
        self._ended += len(data)
        for part in _parts(data):
            piece = self._pieces[-1] if self._pieces else None
            if piece is None or piece.size() + len(part) > SEGMENT:
                piece = HeldSegment(-1, (0, 0), self._stream)
                self._pieces.append(piece)
            start = piece.size()
            piece.text += part
            self._index.add(piece, start, piece.size(), part.count(b"\n"))
        self._size += len(data)
        while self._size > HELD and len(self._pieces) > 1:
            self._size -= self._pieces[0].size()
            self._pieces.pop(0).close()

    def _step(self) -> bool:
        """Read one step back; whether there may be more."""
        if not self._pieces and self.awaits():
            return True
        data = None if self._is_full() else self._sources[0].older()
        if data is None:
            self._whole = True
            return False
        if data:
            self._begun += len(data)
            self._size += len(data)
            self._tallies.older(data)
            for part in reversed(list(_parts(data))):
                piece = HeldSegment(-1, (0, 0), self._stream, text=part)
                self._pieces.insert(0, piece)
                self._index.add_older(piece, 0, piece.size(), part.count(b"\n"))
        return True


def _parts(data: bytes) -> list[bytes]:
    """Whole lines, about as many bytes as an entry of the index stands for."""
    found, at = [], 0
    while at < len(data):
        end = data.find(b"\n", min(at + ENTRY, len(data) - 1)) + 1 or len(data)
        found.append(data[at:end])
        at = end
    return found
