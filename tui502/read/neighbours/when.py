"""Times as other programs write them."""

from __future__ import annotations

import calendar
import re
import time

_ZONED = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\d*? ?(Z|[+-]\d\d:?\d\d)?\Z")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?\Z")
_MICROSECONDS = re.compile(r"\d{16}\Z")
_LOCAL = ("%d-%b-%Y %H:%M:%S", "%a %b %d %H:%M:%S %Y", "%m/%d/%y %H:%M:%S")
_YEARLESS = ("%b %d %H:%M:%S", "%m%d %H:%M:%S")
_FRACTION = re.compile(r"\.\d+\Z")
_DAY = 86400


def epoch_of(written: str, utc_offset: int = 0, newest: float | None = None) -> float | None:
    """Epoch seconds of `written`; local times are of a clock `utc_offset` seconds behind UTC. A time without its year is the last such time that is not a day
    after `newest`. None for what is no time, or has no year while `newest` is not known."""
    zoned = _ZONED.match(written)
    if zoned:
        return _zoned(zoned, utc_offset)
    if _EPOCH.match(written):
        return float(written)
    if _MICROSECONDS.match(written):
        return int(written) / 1e6
    text = _FRACTION.sub("", written)
    for form in _LOCAL:
        at = _parsed(text, form)
        if at is not None:
            return at + utc_offset
    return None if newest is None else _yearless(text, utc_offset, newest)


def _zoned(found: re.Match[str], utc_offset: int) -> float | None:
    day, clock, fraction, zone = found.groups()
    at = _parsed(f"{day} {clock}", "%Y-%m-%d %H:%M:%S")
    if at is None:
        return None
    if not zone:
        behind = utc_offset
    elif zone == "Z":
        behind = 0
    else:
        behind = (-1 if zone[0] == "+" else 1) * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return at + behind + (float(f"0.{fraction}") if fraction else 0.0)


def _yearless(text: str, utc_offset: int, newest: float) -> float | None:
    last = time.gmtime(newest + _DAY).tm_year
    for year in (last, last - 1):
        for form in _YEARLESS:
            at = _parsed(f"{year} {text}", "%Y " + form)
            if at is not None and at + utc_offset <= newest + _DAY:
                return at + utc_offset
    return None


def _parsed(text: str, form: str) -> float | None:
    try:
        return float(calendar.timegm(time.strptime(text, form)))
    except (ValueError, OverflowError):
        return None
