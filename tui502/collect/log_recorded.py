"""The newest records of a log, as a recording holds them."""

from __future__ import annotations

from collections.abc import Iterable

from tui502.collect.log_indexed import is_access
from tui502.collect.log_lines import Shown, access_lines, error_lines
from tui502.collect.log_merged import MergedLog
from tui502.model.evidence import Evidence, Gap, LogSeen
from tui502.model.session import Back, LogLine, LogReader


def recorded(evidence: Evidence, keys: Iterable[str]) -> tuple[LogReader, ...]:
    """Readers of the logs in a recording; before them, where there are several, all of them read as one."""
    found = [RecordedLog(seen.value, evidence.utc_offset) for key in dict.fromkeys(keys) if (seen := evidence.logs.get(key)) and seen.value]
    if len(found) < 2:
        return tuple(found)
    merged = MergedLog(found)
    merged.poll()
    return (merged, *found)


class RecordedLog:
    """The newest records of a log in a recording, read like a live one."""

    def __init__(self, seen: LogSeen, utc_offset: int = 0, kind: str = "log") -> None:
        self.path = seen.source
        self._seen = seen
        self._utc_offset = utc_offset
        self._shown: Shown = access_lines if is_access(kind) else error_lines
        self._lines = list(enumerate(line for record in seen.newest for line in record.split(b"\n")))

    def first(self) -> int:
        return 0

    def size(self) -> int:
        return len(self._lines)

    def lines(self, first: int, n: int) -> list[LogLine]:
        """Up to `n` lines from number `first` on."""
        return self._shown(self._lines[max(0, first) : max(0, first) + n], self._utc_offset)

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        return self._lines[max(0, first) : max(0, first) + n]

    def read_older(self) -> None:
        """A recording has no other files."""

    def stop_older(self) -> None:
        """Nothing is read."""

    def back(self) -> Back:
        lines = self.lines(0, 1)
        return Back(back_to=lines[0].at if lines else 0.0)

    def notes(self) -> tuple[str, ...]:
        return self._seen.notes

    def gap(self) -> Gap | None:
        return None

    def awaits(self) -> bool:
        return False

    def is_cut(self) -> bool:
        return False

    def seen(self) -> LogSeen:
        return self._seen
