"""The part of the log pane that finds: filter, search, the next failure, first and last of a class, a time. What takes long goes on in slices, and the next
key ends it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.messages import Said
from tui502.ui.panes.log_reading import LogReading
from tui502.ui.panes.matches import Matches
from tui502.ui.panes.seek import SLICE, Seek
from tui502.ui.render import log as words

if TYPE_CHECKING:
    from tui502.ui.panes.filtered import Filtered
    from tui502.ui.panes.matches import Test, Text
    from tui502.ui.panes.pane import Hits

PAUSE = 0.002
"""Seconds between two slices."""

NEWEST = 2000
"""Records among which that of a peer is looked for, when it was chosen in another pane."""


class LogFinding(LogReading):
    """A filter shows only some records, everything else puts the cursor on one."""

    def come_to(self, number: int) -> None:
        """Show record `number` of the whole log again, without choosing it anew."""
        self._seek = None
        self.filtered = self.filtered if self.filtered is not None and self.filtered.matches.has(number) else None
        self.grouped = False
        self.pause(True)
        if self.reader is not None:
            self.list.come_to(self.reader, self.filtered.matches.nearest(number) if self.filtered else number, self.room)
        self.paint()

    def meet(self, peers: frozenset[str]) -> None:
        """Put the cursor on the newest record of a peer (of any of these names) that was chosen elsewhere, without choosing it anew. Where the cursor is on
        one already, or where there is none, nothing moves."""
        line, reader = self.selected(), self.reader
        if reader is None or self.detail or not peers or (line is not None and line.peer in peers):
            return
        found = next((each for each in reversed(reader.lines(max(reader.first(), reader.size() - NEWEST), NEWEST)) if each.peer in peers), None)
        if found is not None:
            self.come_to(self.whole_number(found.number))

    def only(self, says: str, text: Text | None, line: Test | None = None, around: int = 0) -> str:
        """Show only records that pass, with so many lines around them; why not, or ''. The selected record stays, or the next one that is shown."""
        from tui502.ui.panes.filtered import Filtered

        if self.base is None:
            return "no log is followed"
        number = self.whole_number(self.cursor) if self.selected() else self.base.size()
        found = Filtered(self.base, says, text, line, around)
        more = found.matches.look(time.monotonic() + SLICE)
        if not more and not found.matches.hits:
            return f"not found: {says}"
        self.filtered, self.grouped, self.detail, self._seek = found, False, False, None
        self._show_shown(number)
        if more:
            self.set_timer(PAUSE, lambda: self._filter_on(found, number))
        return ""

    def _filter_on(self, found: Filtered, number: int) -> None:
        """Look through the rest of the log for the filter."""
        if self.filtered is not found:
            return
        had, more = bool(found.matches.hits), found.matches.look(time.monotonic() + SLICE)
        if more:
            self.set_timer(PAUSE, lambda: self._filter_on(found, number))
        elif not found.matches.hits:
            self.unfilter()
            self.post_message(Said(f"f: not found: {found.words}"))
            return
        if had:
            self.paint()
        else:
            self._show_shown(number)

    def unfilter(self) -> None:
        """Show all records again, the selected one stays."""
        number = self.whole_number(self.cursor) if self.selected() else -1
        self.filtered, self._seek, self.marks = None, None, None
        self._show_shown(number)

    def _show_shown(self, number: int) -> None:
        """The shown records have changed: find record `number` of the whole log among them."""
        reader = self.reader
        if reader is not None:
            self.list.seen = reader.size()
            self.list.top = reader.first()
            self.list.come_to(reader, self.filtered.matches.nearest(number) if self.filtered else number, self.room)
        self.paint()

    def _look(self, at: int, by: int, test: Test, none: str) -> str:
        """Go to the next record that passes, at once or as soon as it is found; `none` when there is none."""
        return self._go_on(Seek(self.reader, at, by, test), none) if self.reader is not None else "no log is followed"

    def _go_on(self, seek: Seek, none: str) -> str:
        self._seek = None
        if seek.look(time.monotonic() + SLICE):
            self._seek = (seek, none)
            self.set_timer(PAUSE, self._again)
            return ""
        if seek.found is None:
            return none
        self.go(seek.found.number)
        return ""

    def _again(self) -> None:
        if self._seek is not None and (why := self._go_on(*self._seek)):
            self.post_message(Said(why))

    def matter(self, by: int) -> str:
        return self._look(self.cursor + by, by, words.fails, "no other failure")

    def of_class(self, by: int) -> str:
        """Go to the first (-1) or last (1) record of the selected class; why not, or ''."""
        line = self.selected()
        if line is None or self.reader is None:
            return "no line is selected"
        name, start = words.class_of(line.symptom), self.reader.first() if by < 0 else self.reader.size() - 1
        here = f"this is the {'first' if by < 0 else 'last'} {name} that was read"
        if self._is_first_of(name, line.number, start, -by):
            return here
        return self._look(start, -by, lambda each: words.class_of(each.symptom) == name, here)

    def _is_first_of(self, name: str, number: int, start: int, by: int) -> bool:
        """Whether record `number` is at hand as the first of its class from `start` on."""
        seek = Seek(self.reader, start, by, lambda each: words.class_of(each.symptom) == name) if self.reader else None
        return seek is not None and not seek.look(time.monotonic() + SLICE) and seek.found is not None and seek.found.number == number

    def go_to_time(self, text: str) -> str:
        """Go to the first record at or after a time; why not, or ''."""
        from tui502.ui.panes.seek import at_or_after, moment_of

        reader = self.reader
        if reader is None:
            return "no log is followed"
        newest = next((line.at for line in reversed(reader.lines(reader.size() - 50, 50)) if line.at), self.moment.now)
        moment = moment_of(text, newest, self.moment.utc_offset)
        if moment is None:
            return f"not a time: {neutral(text)}; as 03:14, 03:14:07 or 11-22 03:14"
        found = at_or_after(reader, moment)
        if found is None:
            return "no record that late was read"
        self.grouped = False
        self.go(found)
        return ""

    def hits(self, pattern: Hits) -> list[int] | int:
        if self.reader is None:
            return []
        if self._search is None or self._search[0] is not pattern or self._search[1].base is not self.reader:
            self._search = (pattern, Matches(self.reader, pattern))
        matches = self._search[1]
        if matches.look(time.monotonic() + SLICE):
            return len(matches.hits)
        return [matches.number(position) for position in range(matches.first(), matches.end())]

    @property
    def at(self) -> int:
        return self.cursor

    def go_to(self, n: int) -> None:
        self.grouped = False
        self.go(n)
