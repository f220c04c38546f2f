"""The part of the log pane that reads: which log it is, what is shown of it, where the cursor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.messages import RecordChosen, Said
from tui502.ui.panes.log_list import LogList
from tui502.ui.panes.log_notes import LogNotes
from tui502.ui.panes.pane import Pane
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.session import LogLine, LogReader
    from tui502.ui.panes.filtered import Filtered
    from tui502.ui.panes.matches import Matches
    from tui502.ui.panes.pane import Hits
    from tui502.ui.panes.seek import Seek


class LogReading(Pane):
    """`base` is the whole log, `reader` what is shown of it; `grouped` says that its groups are shown instead of its records."""

    def __init__(self) -> None:
        super().__init__("log")
        self.base: LogReader | None = None
        self.filtered: Filtered | None = None
        self.logs = (1, 1)
        self.list = LogList()
        self.notes = LogNotes()
        self.grouped = False
        self._seek: tuple[Seek, str] | None = None
        self._search: tuple[Hits, Matches] | None = None
        self.reading_older = False

    @property
    def reader(self) -> LogReader | None:
        return self.filtered or self.base

    @property
    def cursor(self) -> int:
        return self.list.cursor

    @property
    def following(self) -> bool:
        return self.list.following

    @property
    def seeking(self) -> bool:
        """Whether something is still looked for."""
        return self._seek is not None

    def read(self, reader: LogReader | None, logs: tuple[int, int] = (1, 1)) -> None:
        """Show this log; `logs` say which it is, and of how many."""
        self.logs = logs
        if reader is not self.base:
            self.base, self.filtered, self._seek, self._search, self.reading_older = reader, None, None, None, False
            self.list.new_log()
            self.notes = LogNotes()
            self.paint()

    def poll(self) -> bool:
        """Look whether records came; whether something was drawn."""
        if self.filtered is not None:
            self.filtered.matches.look(0.0)
        self._tell_of_older()
        happened = self.base is not None and self.notes.look(self.base, self.moment.now)
        if self.reader is None or (self.reader.size() == self.list.seen and not happened):
            return False
        if happened and not self.following:
            self.paint()
            return True
        if self.following and not self.grouped:
            self.paint()
            return True
        return False

    def read_older(self) -> str:
        """Read older records, or stop: what was read stays. What is to be said of it."""
        log = self.base
        if log is None:
            return "no log is followed"
        back = log.back()
        if self.reading_older:
            log.stop_older()
            self.reading_older = False
            return f"stopped, O goes on; not read: {quantity(back.files, 'older file')}" if back.files else "stopped, O goes on"
        if back.whole:
            return "all that is there was read"
        self.reading_older = True
        log.read_older()
        return f"reads {quantity(back.files, 'older file') if back.files else 'back'}, newest first; O or ctrl+c stops"

    def _tell_of_older(self) -> None:
        """Say when older records were read to the end."""
        back = self.base.back() if self.base else None
        if self.reading_older and back is not None and back.whole:
            self.reading_older = False
            left = f"; not read: {'; '.join(map(neutral, back.notes))}" if back.notes else ""
            self.post_message(Said(f"O: all older records are read{left}"))

    def selected(self) -> LogLine | None:
        lines = self.reader.lines(self.cursor, 1) if self.reader else []
        return lines[0] if lines else None

    def whole_number(self, number: int) -> int:
        """The number that a shown record has in the whole log."""
        return self.filtered.matches.number(number) if self.filtered is not None else number

    def pause(self, paused: bool) -> None:
        if self.following == paused:
            self.list.following = not paused
            self.list.seen = self.reader.size() if self.reader else 0
        self.paint()

    def go(self, number: int, follow: bool = False) -> None:
        """Put the cursor on a record; pauses unless `follow`."""
        self._seek = None
        if self.reader is None:
            return
        self.pause(not follow)
        self.list.come_to(self.reader, number, self.room)
        self.paint()
        line = self.selected()
        if line is not None:
            self.post_message(RecordChosen(line))
