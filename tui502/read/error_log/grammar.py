"""Where records of an error log begin, what may stand before them, and the head of a record.

A record begins with its time and level at the start of a line; everything up to the next such line belongs to it (PHP and Lua print stack traces
with raw line feeds). Before the time there may be what `wrapped` knows: what a syslog daemon, a container runtime or a mail quote puts there.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Iterator

from tui502.read.error_log.wrapped import BYTES, PREFIX

LEVELS = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug")

RECORD_CAP = 8192
"""Bytes of a record that are looked at. nginx itself cuts at 2048; wrappers and escapes make it longer."""

_LEVEL = rb"\[(?:" + "|".join(LEVELS).encode() + rb")\]"
_TIME = rb"\d{3,4}/\d\d/\d\d \d\d:\d\d:\d\d"
_EXACT_TIME = re.compile(rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\Z")
_BEGIN = rb"(?:%s \[|%s(?:%s \[|%s \d+#\d+:|nginx: %s )|%s)" % (_TIME, PREFIX, _TIME, _LEVEL, _LEVEL, BYTES)

BEGIN = re.compile(_BEGIN)
"""Matches at the start of a line that begins a record."""

_BEGINS = re.compile(rb"(?m)^" + _BEGIN)

HEAD = re.compile(
    rb"(?:(?=\d{4}/)|"
    + PREFIX
    + rb")(?:(?P<time>"
    + _TIME
    + rb") )?(?:nginx: )?\[(?P<level>"
    + "|".join(LEVELS).encode()
    + rb")\] (?:(?P<pid>\d+)#(?P<tid>\d+): ?)?(?:\*(?P<connection>\d+) )?"
)


def records(data: bytes) -> Iterator[bytes]:
    """The records of `data`, each with all its lines but without the last line feed. Text before the first begin is a record of its own."""
    begins = [found.start() for found in _BEGINS.finditer(data) if found.start() > 0]
    for begin, end in zip([0, *begins], [*begins, len(data)], strict=True):
        if end > begin:
            yield data[begin:end].removesuffix(b"\n")


def first_begin(data: bytes) -> int:
    """The offset of the first line of `data` that begins a record, -1 when there is none."""
    found = _BEGINS.search(data)
    return found.start() if found else -1


def last_begin(data: bytes) -> int:
    """The offset of the last line of `data` that begins a record, -1 when there is none."""
    end = len(data)
    while end > 0:
        start = data.rfind(b"\n", 0, end - 1) + 1
        if BEGIN.match(data, start):
            return start
        end = start
    return -1


def epoch(time: bytes, utc_offset: int) -> float | None:
    """ "2026/11/22 12:04:28" of a clock that is `utc_offset` seconds behind UTC; None for what is no time."""
    if not _EXACT_TIME.match(time):
        return None
    year, month, day, hour, minute, second = int(time[:4]), int(time[5:7]), int(time[8:10]), int(time[11:13]), int(time[14:16]), int(time[17:19])
    if not (1970 <= year < 3000 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 62):
        return None
    return float(timegm((year, month, day, hour, minute, second)) + utc_offset)
