"""nginx's access log in the combined format or one close to it: how often each status was answered.

The status is the number behind the quoted request, or the value of "status" in a JSON format. nginx escapes quotes and controls in this log, one line
is one request. The time has its own zone.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tui502.read import own
from tui502.read.counts import Count, Counts, Tallies, newest_of
from tui502.read.error_log.stream import LineStream

LINE_CAP = 4096

_STATUS = re.compile(rb'"[^"\n]*" "?(\d{3})(?=[ "|\t]|\Z)|"status": ?"?(\d{3})\b')
_TIME = re.compile(rb"(\d\d)[/-](\w{3})[/-](\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_ISO_TIME = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:([+-])(\d\d):?(\d\d)|Z)?")
_MONTHS = {name: number for number, name in enumerate((b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1)}


def status(line: bytes) -> str:
    """The status of a line, "" when none is found."""
    found = _STATUS.search(line)
    return (found.group(1) or found.group(2)).decode("ascii") if found else ""


def moment(line: bytes) -> float | None:
    """When the request of `line` was answered, epoch seconds; None when the line has no time with a date."""
    found = _TIME.search(line) or _ISO_TIME.search(line)
    return _epoch(found.group()) if found else None


@lru_cache(maxsize=4096)
def _epoch(text: bytes) -> float | None:
    found = _TIME.match(text)
    if found:
        day, name, year, *clock, sign, hours, minutes = found.groups()
        month = _MONTHS.get(name, 0)
    else:
        found = _ISO_TIME.match(text)
        if not found:
            return None
        year, number, day, *clock, sign, hours, minutes = found.groups()
        month = int(number)
    ahead = (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == b"-" else 1) if sign else 0
    hour, minute, second = map(int, clock)
    if not (1970 <= int(year) < 3000 and 1 <= month <= 12 and 1 <= int(day) <= 31 and hour < 24 and minute < 60 and second < 62):
        return None
    return float(timegm((int(year), month, int(day), hour, minute, second)) - ahead)


class AccessTallies(Tallies):
    """Tallies per status: a Tally's symptom is the status, its phase, peer and server are "". Requests whose User-Agent is ours are counted nowhere."""

    def stream(self) -> LineStream:
        return LineStream()

    def begin(self, data: bytes) -> int:
        return data.find(b"\n") + 1 or -1

    def into(self, counts: Counts, block: bytes) -> None:
        moments: dict[str, Counter[float]] = {}
        for line in block.split(b"\n"):
            line = line[:LINE_CAP]
            if not line or own.is_answer(line):
                continue
            answered = status(line)
            if not answered:
                counts.other += 1
                continue
            count = counts.of((answered, "", "", ""))
            count.count += 1
            count.samples.append(line)
            at = moment(line)
            if at is not None:
                moments.setdefault(answered, Counter())[at] += 1
        for answered, times in moments.items():
            _of(counts, answered).at(times)
        counts.newest.extend(newest_of(_starts_backwards(block), block, LINE_CAP))


def _of(counts: Counts, answered: str) -> Count:
    return counts.of((answered, "", "", ""))


def _starts_backwards(block: bytes) -> Iterator[int]:
    """The offsets at which the lines of `block` begin, the last one first."""
    end = len(block)
    while end > 0:
        end = block.rfind(b"\n", 0, end - 1) + 1
        yield end
