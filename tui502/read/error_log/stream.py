"""Records cut out of a log that arrives in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.read.error_log.grammar import BEGIN, first_begin, last_begin

LINE_CAP = 16384
"""Bytes of an unfinished line or record that are kept. More than a record is ever looked at, so that the cut is never seen."""


class LineStream:
    """Whole lines out of pieces. A line without its line feed yet is nobody's: nginx writes a line at once, so it is half of one."""

    def __init__(self) -> None:
        self._part = b""

    def feed(self, chunk: bytes) -> bytes:
        cut = chunk.rfind(b"\n") + 1
        lines = self._part + chunk[:cut] if cut else b""
        self._part = (chunk[cut:] if cut else self._part + chunk)[:LINE_CAP]
        return lines

    def pending(self) -> bytes:
        return b""


class RecordStream(LineStream):
    """Whole records out of pieces. A record is whole once the next one begins."""

    def __init__(self) -> None:
        super().__init__()
        self._record = b""

    def feed(self, chunk: bytes) -> bytes:
        lines = super().feed(chunk)
        if not lines:
            return b""
        first = first_begin(lines)
        if first < 0:
            self._record = (self._record + lines)[:LINE_CAP]
            return b""
        last = last_begin(lines)
        done = self._record + lines[:first]
        self._record = lines[last:][:LINE_CAP]
        return (done if done.endswith(b"\n") or not done else done + b"\n") + lines[first:last]

    def pending(self) -> bytes:
        return self._record


def begins_backwards(block: bytes) -> Iterator[int]:
    """The offsets at which the records of `block` begin, the last one first; ends with 0, where `block` begins."""
    end = len(block)
    while end > 0:
        start = block.rfind(b"\n", 0, end - 1) + 1
        if start == 0 or BEGIN.match(block, start):
            yield start
        end = start
