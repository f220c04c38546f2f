"""Times and spans in words, as the screen and the reports write them."""

from __future__ import annotations

import calendar
import time

_DAY = 86400.0


def clock(at: float, now: float, utc_offset: int) -> str:
    """Local time of day; with its date when it is not of the last 24 hours."""
    form = "%H:%M:%S" if abs(now - at) < _DAY else "%Y-%m-%d %H:%M"
    return time.strftime(form, time.gmtime(at - utc_offset))


def age(seconds: float) -> str:
    """One unit, rounded down: "8 s", "12 min", "2 h", "41 d"."""
    for unit, size in (("d", _DAY), ("h", 3600.0), ("min", 60.0)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def span(seconds: float) -> str:
    """Two units: "13 min 51 s", "2 h 5 min", "6 d 3 h"."""
    left = max(0, int(seconds))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def iso(at: float) -> str:
    """UTC with a "Z", to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def from_local(text: str, form: str, utc_offset: int) -> float:
    """Epoch seconds of a local time written in `form`. Raises ValueError when it is none."""
    return calendar.timegm(time.strptime(text, form)) + float(utc_offset)
