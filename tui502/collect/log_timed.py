"""The lines of a log in pieces of one time each, so that those of several logs can be put in order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tui502.model.session import LogReader
from tui502.read.error_log.grammar import epoch

_HEAD = 200
"""Bytes of a line in which its time stands, behind what a syslog daemon or a container's runtime puts before it."""

_TIME = re.compile(rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d")


class Piece(NamedTuple):
    """`lines` that follow each other in log `source` from `number` on, all of the time `at`."""

    at: float
    source: int
    number: int
    lines: int


def timed(reader: LogReader, source: int, start: int, end: int) -> list[Piece]:
    """The lines [start, end) of a log in pieces of one time, which never goes back: a line without a time, or of an earlier one, has that before it."""
    found: list[Piece] = []
    at, number = float("-inf"), start
    for known, raw in reader.raws(start, end - start):
        moment = _moment(raw)
        if moment is not None and moment > at:
            if known > number:
                found.append(Piece(at if found or at > float("-inf") else moment, source, number, known - number))
            at, number = moment, known
    if end > number:
        found.append(Piece(at, source, number, end - number))
    return found


def _moment(raw: bytes) -> float | None:
    """When a line was written, by the clock of the host: all that are compared are."""
    found = _TIME.search(raw, 0, _HEAD)
    return _epoch(found.group()) if found else None


@lru_cache(maxsize=4096)
def _epoch(written: bytes) -> float | None:
    return epoch(written, 0)
