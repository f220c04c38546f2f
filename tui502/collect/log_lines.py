"""Lines of a log by number: an index with one entry a block that was read, and records made into lines to show."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui502.collect.log_file import Segment
from tui502.model.session import LogLine
from tui502.read.access_log import Form, moment, status
from tui502.read.access_log.moments import epoch
from tui502.read.error_log import classify, parse
from tui502.read.error_log.grammar import BEGIN

LINE_SHOWN = 16384
"""Bytes of a line that are handed out."""

ENTRY = 256 * 1024
"""Bytes that one entry of the index stands for; about a thousand lines."""

ENTRY_READ = 4 * 1024 * 1024
"""Bytes that are read for one entry at the most: an entry of one endless line is larger."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`lines` whole lines, the first of them number `first`, stand in `segment` from `offset` up to `end`."""

    first: int
    lines: int
    segment: Segment
    offset: int
    end: int


class Index:
    """Where the lines are. Numbers count up from 0 in the order of reading, those of older lines down from -1; none is ever given again."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self.first = 0
        self.size = 0

    def add(self, segment: Segment, offset: int, end: int, lines: int) -> None:
        if not lines:
            return
        last = self._entries[-1] if self._entries else None
        if last and last.segment is segment and last.end == offset and end - last.offset <= ENTRY:
            self._entries[-1] = Entry(last.first, last.lines + lines, segment, last.offset, end)
        else:
            self._entries.append(Entry(self.size, lines, segment, offset, end))
        self.size += lines

    def add_older(self, segment: Segment, offset: int, end: int, lines: int) -> None:
        """Lines that stand before all others."""
        if lines:
            self._entries = [Entry(self.first - lines, lines, segment, offset, end), *self._entries]
            self.first -= lines

    def entries(self, number: int, n: int) -> list[Entry]:
        """The entries that hold the lines [number, number + n)."""
        entries = self._entries
        at = max(0, bisect_right(entries, number, key=lambda entry: entry.first) - 1)
        found = []
        for entry in entries[at:]:
            if entry.first >= number + n:
                break
            found.append(entry)
        return found


def raw_lines(index: Index, number: int, n: int) -> list[tuple[int, bytes]]:
    """(number, line) for up to `n` lines from `number` on. Lines that are gone from the disk are left out."""
    found: list[tuple[int, bytes]] = []
    for entry in index.entries(number, n):
        data = entry.segment.read(entry.offset, min(entry.end - entry.offset, ENTRY_READ))
        lines = data.split(b"\n")[: entry.lines] if data else []
        start = max(0, number - entry.first)
        found += [(entry.first + at, line) for at, line in enumerate(lines[start:], start)]
        if len(found) >= n:
            break
    return found[:n]


def error_lines(raws: list[tuple[int, bytes]], utc_offset: int) -> list[LogLine]:
    """Lines of an error log. The first line of a record says what the whole record says; its other lines have its time and nothing else."""
    found: list[LogLine] = []
    at = 0
    while at < len(raws):
        end = at + 1
        while end < len(raws) and not BEGIN.match(raws[end][1]):
            end += 1
        record = parse(b"\n".join(line for _, line in raws[at:end]), utc_offset)
        moment_of = record.at or 0.0
        number, line = raws[at]
        symptom = classify(record).symptom
        found.append(LogLine(number, moment_of, record.level, symptom, record.peer, record.server, record.request, line[:LINE_SHOWN], record.client))
        found += [LogLine(number, moment_of, "", "", "", "", "", line[:LINE_SHOWN]) for number, line in raws[at + 1 : end]]
        at = end
    return found


def access_lines(raws: list[tuple[int, bytes]], utc_offset: int, forms: Sequence[Form] = ()) -> list[LogLine]:
    """Lines of an access log, by the first of its formats that they have; `symptom` is the status."""
    return [_access_line(number, line, forms) for number, line in raws]


def _access_line(number: int, line: bytes, forms: Sequence[Form]) -> LogLine:
    form, told = next(((form, fields) for form in forms if (fields := form.fields(line)) is not None), (None, None))
    if form is None or told is None:
        return LogLine(number, moment(line) or 0.0, "", status(line), "", "", _request(line), line[:LINE_SHOWN])
    said = {name: value.decode("utf-8", "replace") for name, value in told.items() if value not in (b"", b"-")}
    words = " ".join(said[name] for name in ("request_method", "request_uri", "server_protocol") if name in said)
    server = said.get("server_name") or said.get("host", "")
    at = epoch(told.get(form.time, b"")) or 0.0
    shown = (said.get("status", ""), said.get("upstream_addr", ""), server, said.get("request") or words, line[:LINE_SHOWN], said.get("remote_addr", ""))
    return LogLine(number, at, "", *shown)


def _request(line: bytes) -> str:
    parts = line.split(b'"', 2)
    return parts[1].decode("utf-8", "replace") if len(parts) == 3 else ""


Shown = Callable[[list[tuple[int, bytes]], int], list[LogLine]]
