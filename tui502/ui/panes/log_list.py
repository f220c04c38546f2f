"""The list of the log pane: where the cursor is, what is visible, whether the newest is followed; cut or wrapped, in columns or raw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.ui.render import log_rows
from tui502.ui.render.log_marks import Between
from tui502.ui.render.spans import Row, cell, cell_len

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui502.model.session import LogLine, LogReader
    from tui502.ui.render.log import Ends

STEP = 8
"""Cells of a step sideways."""

Rows = list[tuple[Row, "int | None"]]
"""Rows, each with the number of its record, None for a row that is none."""


class LogList:
    """Numbers are those of the reader. `seen` is the number behind the newest record that was shown. `names` are short names of logs by their paths."""

    def __init__(self) -> None:
        self.cursor = 0
        self.top = 0
        self.seen = 0
        self.following = True
        self.raw = False
        self.wrapped = False
        self.skip = 0
        self.names: Mapping[str, str] = {}
        self._columns = log_rows.Columns()
        self._numbers: list[int | None] = []
        self._shown = (0, 0, 0)

    def new_log(self) -> None:
        """Another log is shown, from its end."""
        self.cursor = self.top = self.seen = self.skip = 0
        self.following = True
        self._columns = log_rows.Columns()

    def come_to(self, reader: LogReader, number: int, room: int) -> None:
        """Put the cursor on a record and let it be seen, in so many rows."""
        self.cursor = max(reader.first(), min(number, reader.size() - 1))
        self._show_cursor(reader, room)

    def _show_cursor(self, reader: LogReader, room: int) -> None:
        """Move the first row only where the cursor has moved, or the room is another: what is read of older records moves nothing."""
        if self._shown == (self.top, self.cursor, room):
            return
        top = min(max(self.top, self.cursor - room + 1), self.cursor)
        self.top = max(reader.first(), min(top, reader.size() - (1 if self.wrapped else room)))
        self._shown = (self.top, self.cursor, room)

    def view(self, reader: LogReader, width: int, height: int, ends: Ends, between: Between) -> list[tuple[Row, int | None]]:
        """The visible rows, each with the number of its record, None for a row that is none."""
        if self.following:
            self.seen = reader.size()
            self.cursor = self.seen - 1
        self._show_cursor(reader, height)
        lines = reader.lines(self.top - 1, height + 1)
        before = lines.pop(0) if lines and lines[0].number < self.top else None
        lines = lines[:height]
        self._columns = log_rows.columns(lines, width, self._columns, self.names)
        drawn = self._fitted(self._drawn(before, lines, reader.size(), width, ends, between), height)
        rows = [found for _, rows_of in drawn for found in rows_of][:height]
        self._numbers = [number for _, number in rows]
        return rows

    def _drawn(self, before: LogLine | None, lines: list[LogLine], size: int, width: int, ends: Ends, between: Between) -> list[tuple[int, Rows]]:
        """The rows of each record, with what stands above it and, of the newest, below it. `before` is the record that precedes them."""
        drawn: list[tuple[int, Rows]] = []
        for line in lines:
            rows: Rows = [(each, None) for each in between.above(before, line)]
            rows += [(each, line.number) for each in self._rows(line, width, between.utc_offset, ends)]
            if line.number == size - 1:
                rows += [(each, None) for each in between.below(size)]
            drawn.append((line.number, rows))
            before = line
        return drawn

    def _fitted(self, drawn: list[tuple[int, Rows]], height: int) -> list[tuple[int, Rows]]:
        """Without so many records at the top that the cursor's is whole, where it can be."""
        upto = sum(len(rows) for number, rows in drawn if number <= self.cursor)
        while upto > height and drawn and drawn[0][0] < self.cursor:
            upto -= len(drawn[0][1])
            drawn = drawn[1:]
        if drawn and drawn[0][0] != self.top:
            self.top = drawn[0][0]
            self._shown = (self.top, self.cursor, height)
        return drawn

    def _rows(self, line: LogLine, width: int, utc_offset: int, ends: Ends) -> list[Row]:
        selected = line.number == self.cursor
        if self.raw:
            sources = self._columns.sources
            source = cell(self.names.get(line.source, ""), max(map(cell_len, sources))) if len(sources) > 1 else ""
            return log_rows.raw_record(line, width, selected=selected, skip=self.skip, wrapped=self.wrapped, source=source)
        return log_rows.record(
            line, width, utc_offset, self._columns, ends, selected=selected, skip=self.skip, wrapped=self.wrapped, source=self.names.get(line.source, "")
        )

    def at_row(self, y: int) -> int | None:
        """The number of the record in a visible row."""
        return self._numbers[y] if 0 <= y < len(self._numbers) else None

    def toggle_wrap(self) -> None:
        self.wrapped, self.skip, self._shown = not self.wrapped, 0, (0, 0, 0)

    def sideways(self, by: int) -> str:
        """Move the text of the records sideways; why not, or ''."""
        if self.wrapped:
            return "long lines are wrapped, w cuts them"
        if by < 0 and not self.skip:
            return "this is the left edge"
        self.skip = max(0, self.skip + by * STEP)
        return ""
