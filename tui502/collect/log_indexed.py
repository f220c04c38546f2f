"""What all logs have in common that are followed live: lines by number, tallies, notes of what happened."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from functools import partial

from tui502.collect.log_lines import LINE_SHOWN, Index, Shown, access_lines, error_lines, raw_lines
from tui502.model.evidence import Gap
from tui502.model.session import LogLine
from tui502.read.access_log import AccessTallies, form
from tui502.read.counts import Counts, Tallies
from tui502.read.error_log import ErrorTallies

MOST_NOTES = 20
"""Notes that are kept: a log that is rotated every minute tells of it for ever."""


def is_access(kind: str) -> bool:
    """Whether a kind of look or of log is an access log's."""
    return kind.startswith("access")


class Uncounted(AccessTallies):
    """Lines of which nothing is counted."""

    def into(self, counts: Counts, block: bytes) -> None:
        return


class IndexedLog:
    """`path` is how nginx names it. `utc_offset`: what the log's local times are behind UTC by, in seconds. `kind` "log" or "error": an error log;
    "access_log" or "access": an access log, written in `formats` as in `Look`; "uncounted": any
    text, of which nothing is counted."""

    def __init__(self, path: str, utc_offset: int, kind: str, formats: Iterable[str] = ()) -> None:
        self.path = path
        self._utc_offset = utc_offset
        self._access = is_access(kind)
        self._tallies: Tallies = Uncounted() if kind == "uncounted" else AccessTallies(formats, time.time) if self._access else ErrorTallies(utc_offset)
        self._shown: Shown = partial(access_lines, forms=tuple(map(form, formats))) if self._access else error_lines
        self._index = Index()
        self._notes: list[str] = []
        self._gap: Gap | None = None
        self._asked = False
        self._closed = False
        self._lock = threading.RLock()

    def poll(self) -> bool:
        """Read what is new; whether there was anything."""
        raise NotImplementedError

    def first(self) -> int:
        return self._index.first

    def size(self) -> int:
        """The number behind the newest line; looks for the first time if that was not done yet."""
        if not self._asked:
            self.poll()
        return self._index.size

    def lines(self, first: int, n: int) -> list[LogLine]:
        """Up to `n` lines from number `first` on; lines that are gone are left out."""
        return self._shown(raw_lines(self._index, max(self._index.first, first), n), self._utc_offset)

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        return [(number, line[:LINE_SHOWN]) for number, line in raw_lines(self._index, max(self._index.first, first), n)]

    def gap(self) -> Gap | None:
        return self._gap

    def _state(self) -> tuple[object, ...]:
        """What changes when there is news."""
        return self._index.size, tuple(self._notes), self._gap

    def _note(self, text: str, again: bool = False) -> None:
        """Say what happened; `again`: also when it has just been said."""
        if again or not self._notes or self._notes[-1] != text:
            self._notes = [*self._notes, text][-MOST_NOTES:]
