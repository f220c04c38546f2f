"""What the error logs say since a change, wherever they are written to: files, a journal, a syslog daemon's file, a container's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tui502.collect.carry_out import behind_utc
from tui502.collect.log_open import open_log
from tui502.host.paths import real_path
from tui502.host.tail import Tail
from tui502.model.changes import StagedChange
from tui502.read.error_log import Record, parse, records

AT_ONCE = 5000
"""Lines that are taken of a log in one go; the rest comes with the next."""


@dataclass
class _Within:
    """A log whose lines stand somewhere else, read up to line `upto`."""

    reader: Any
    upto: int


class ErrorLogs:
    """Reads from the moment it is made. Of a log that is no file of its own older lines are read too: by their time they are known."""

    def __init__(self, change: StagedChange) -> None:
        self._tails = [Tail(real_path(path, change.view)) for path in change.error_logs]
        self._within = [_Within(open_log(look, change.view), 0) for look in change.other_logs]
        self._begun = float(int(time.time()))
        self._utc_offset = behind_utc()

    def new(self) -> list[Record]:
        """The records that came since."""
        found = [parse(raw) for tail in self._tails for raw in records(tail.new())]
        return found + [record for within in self._within for record in self._read(within)]

    @property
    def uncounted(self) -> bool:
        """Whether no error log can be read, so that nothing is known of failures. One that is no file of its own is where a line of nginx was found in it."""
        return not any(tail.is_open for tail in self._tails) and not any(within.reader.gap() is None and within.reader.size() for within in self._within)

    def close(self) -> None:
        for tail in self._tails:
            tail.close()
        for within in self._within:
            within.reader.close()

    def _read(self, within: _Within) -> list[Record]:
        within.reader.poll()
        raws = within.reader.raws(within.upto, AT_ONCE)
        within.upto = raws[-1][0] + 1 if raws else within.upto
        found = (parse(raw, self._utc_offset) for raw in records(b"".join(line + b"\n" for _, line in raws)))
        return [record for record in found if record.at is not None and record.at >= self._begun]
