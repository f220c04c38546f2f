"""When a request was answered, by the time in its line. It has its own zone."""

from __future__ import annotations

import re
from calendar import timegm
from functools import lru_cache

_TIME = re.compile(rb"(\d\d)[/-](\w{3})[/-](\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_ISO_TIME = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:([+-])(\d\d):?(\d\d)|Z)?")
_SECONDS = re.compile(rb"\d{1,12}(?:\.\d{3})?\Z")
_MONTHS = {name: number for number, name in enumerate((b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1)}


_SAME = 10.0
"""Seconds by which two times in a line may differ and mean the same moment: nginx's own, and that of what wrote the line down."""


def moment(line: bytes) -> float | None:
    """When the request of `line`, whose format is not known, was answered, epoch seconds. None when the line has no time with a date, or several that differ:
    any of them may have been sent by a client."""
    found = [at for pattern in (_TIME, _ISO_TIME) for one in pattern.finditer(line) if (at := epoch(one.group())) is not None]
    return found[0] if found and max(found) - min(found) <= _SAME else None


@lru_cache(maxsize=4096)
def epoch(text: bytes) -> float | None:
    """A time as $time_local, $time_iso8601 or $msec write it, to the second; None when it is none."""
    if _SECONDS.match(text):
        return float(text.partition(b".")[0])
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
