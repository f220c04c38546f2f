"""Lines of nginx that stand in a file among others: that of a syslog daemon, of a container, of whoever reads nginx's output. The file is followed like
a log of nginx's own, through rotation and truncation."""

from __future__ import annotations

from tui502.collect.log_entries import Entry, Kept, Unwrap
from tui502.collect.log_reader import FileLog
from tui502.model.evidence import Gap

STEP = 5000
"""Lines that are taken in one go."""

LOOK_BACK = 20
"""Steps back that are taken to find a first line of nginx."""


class FileSource:
    """What `unwrap` makes of the lines of the file at `real_path`, called `place`."""

    def __init__(self, place: str, real_path: str, unwrap: Unwrap, access: bool) -> None:
        self.place = place
        self._log = FileLog(place, real_path, 0, "uncounted")
        self._unwrap, self._access = unwrap, access
        self._kept = Kept(access)
        self._low = self._high = 0
        self._left = LOOK_BACK

    @property
    def gap(self) -> Gap | None:
        return self._log.gap()

    def new(self) -> bytes:
        """What came since. At first the file is read back until something of nginx's is found, for a while."""
        self._log.poll()
        data, self._high = self._taken(self._kept, self._high, self._log.size())
        while not data and self._left > 0 and self._log.gap() is None and (back := self.older()) is not None:
            data, self._left = back, self._left - 1
        self._left = 0 if data else self._left
        return data

    def awaits(self) -> bool:
        return False

    def has_older(self) -> bool:
        return self._log.is_cut() or self._low > self._log.first()

    def older(self) -> bytes | None:
        if self._log.first() >= self._low:
            if self._log.back().whole:
                return None
            self._log.read_older()
            self._log.go_back()
        start = max(self._log.first(), self._low - STEP)
        data, _ = self._taken(Kept(self._access), start, self._low)
        self._low = start
        return data

    def notes(self) -> tuple[str, ...]:
        return self._log.notes()

    def close(self) -> None:
        self._log.close()

    def _taken(self, kept: Kept, first: int, end: int) -> tuple[bytes, int]:
        """The lines kept among [first, end), and how far they were looked through."""
        parts = []
        while first < end:
            raws = self._log.raws(first, min(STEP, end - first))
            found: list[Entry] = [entry for _, line in raws if (entry := self._unwrap(line))]
            parts.append(kept.lines(found))
            first = min(end, first + STEP)
        return b"".join(parts), first
