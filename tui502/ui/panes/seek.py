"""The next record that passes, looked for in slices; and the first one at or after a moment."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui502.model.session import LogLine, LogReader
    from tui502.ui.panes.matches import Test

SLICE = 0.02
"""Seconds of one slice: between two of them keys are heard."""

_STEP = 500
_SOME = 50
"""Lines of a record without a time of their own, at most, that are passed over to find one that has it."""

_TIME = re.compile(r"(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?\Z")
_DAY = 86_400


class Seek:
    """From number `at` on, upwards (1) or downwards (-1). `found` is the record, once there is one."""

    def __init__(self, reader: LogReader, at: int, by: int, test: Test) -> None:
        self._reader = reader
        self._at = at
        self._by = by
        self._test = test
        self.found: LogLine | None = None

    def look(self, until: float) -> bool:
        """Look on until that moment (monotonic); whether it has to go on."""
        while self._reader.first() <= self._at < self._reader.size():
            first = self._at if self._by > 0 else max(self._reader.first(), self._at - _STEP + 1)
            lines = self._reader.lines(first, _STEP if self._by > 0 else self._at - first + 1)
            self.found = next((line for line in (lines if self._by > 0 else reversed(lines)) if self._test(line)), None)
            if self.found is not None:
                return False
            self._at = max(first, lines[-1].number if lines else first) + 1 if self._by > 0 else first - 1
            if time.monotonic() >= until:
                return self._reader.first() <= self._at < self._reader.size()
        return False


def moment_of(text: str, newest: float, utc_offset: int) -> float | None:
    """The moment that a person means by "03:14", "03:14:07", "11-22 03:14" or "2026-11-22 03:14:07": without a day the last time before `newest` (epoch)
    at which it was that late. None for what is no time."""
    import calendar

    found = _TIME.match(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    local = newest - utc_offset
    if not month:
        moment = local // _DAY * _DAY + hour * 3600 + minute * 60 + second
        return (moment if moment <= local else moment - _DAY) + utc_offset
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year or 2000, month)[1]:
        return None
    this_year = time.gmtime(local).tm_year
    for one in (year,) if year else (this_year, this_year - 1):
        moment = float(calendar.timegm((one, month, day, hour, minute, second)))
        if year or moment <= local:
            break
    return moment + utc_offset


def at_or_after(reader: LogReader, moment: float) -> int | None:
    """The number of the first record at or after a moment, by halves: a log is in the order of time but for a second or two. None when none is."""
    low, high = reader.first(), reader.size()
    while low < high:
        middle = (low + high) // 2
        if _time_at(reader, middle) >= moment:
            high = middle
        else:
            low = middle + 1
    return low if low < reader.size() else None


def _time_at(reader: LogReader, number: int) -> float:
    """When the record at a number, or the next one that has a time, was written; for ever when none has."""
    return next((line.at for line in reader.lines(number, _SOME) if line.at), float("inf"))
