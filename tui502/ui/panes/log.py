"""Pane 1: the log, as a list of records, as groups, or one record in full; only what is visible is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui502.model.session import Back
from tui502.text import neutral
from tui502.ui.messages import RecordChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.log_finding import LogFinding
from tui502.ui.panes.log_groups import LogGroups
from tui502.ui.panes.pane import WHOLE, keys_of
from tui502.ui.render import grouping, log_names, log_rows, log_title
from tui502.ui.render import log as words
from tui502.ui.render.log_marks import Between
from tui502.ui.render.spans import Row, row
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.ui.render.grouping import Group


class LogPane(LogFinding):
    """Follows the newest record until the person moves or pauses."""

    BINDINGS: ClassVar = keys_of(1)
    number = 1

    def __init__(self) -> None:
        super().__init__()
        self.groups = LogGroups()
        self.ends = words.Ends()
        self.top_of_detail = 0
        self._counts: tuple[Sequence[Group], words.Ends, str] = ((), self.ends, "")

    @property
    def path(self) -> str:
        return self.base.path if self.base else ""

    @property
    def back(self) -> Back:
        return self.base.back() if self.base else Back()

    def show(self, moment: Moment) -> None:
        if moment.incident is not self.moment.incident:
            self.ends = self.ends.with_facts(moment.incident.facts if moment.incident else None)
            self.list.names = log_names.names(log_names.error_logs(moment.incident))
        super().show(moment)

    def titles(self) -> tuple[str, str]:
        reader, found = self.reader, self.groups.counted(self.moment.incident, self.path)
        if reader is None:
            return "1 Log", ""
        if reader.gap() is not None and reader.size() == reader.first():
            return "1 Log", "not readable"
        state = "looking…" if self.seeking else log_title.state(self.following, reader.size() - self.list.seen)
        about = ["zoomed" if self.zoomed else "", state, log_title.reading(self.back)]
        if self.grouped:
            return "1 Log  groups", " · ".join(filter(None, [*about, log_title.grouped(found)]))
        count = reader.size() - reader.first()
        if self.detail:
            return f"1 Log  record {self.cursor - reader.first() + 1} of {count}", state
        if self.filtered is not None:
            return f"1 Log  only {neutral(self.filtered.words)}", " · ".join(filter(None, [*about, quantity(len(self.filtered.matches.hits), "record")]))
        line = self.selected() if not self.following else None
        day = log_title.day(line.at, self.moment.now, self.moment.utc_offset) if line else ""
        which = log_title.which(self.list.names.get(self.path) or log_names.short(self.path), log_names.place(self.moment.incident, self.path), self.logs)
        return f"1 Log{which}{day}", " · ".join(filter(None, [*about, self._counted(found)]))

    def _counted(self, found: Sequence[Group]) -> str:
        """The counts in words, put together once for each incident: a frame is drawn fifteen times a second."""
        if self._counts[0] is not found or self._counts[1] is not self.ends:
            self._counts = (found, self.ends, log_title.counts(found, self.ends))
        return self._counts[2]

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        reader = self.reader
        if reader is None:
            return self._empty(width)
        if self.grouped and self.moment.incident is not None:
            return self.groups.view(self.moment.incident, self.path, self.back, width, height, self.ends)
        if reader.size() == reader.first():
            return self._empty(width)
        if self.detail:
            return [(line, False) for line in self._detail(width)[self.top_of_detail :][:height]]
        rows, found = self.list.view(reader, width, height, self.ends, self._between()), self.filtered
        return [
            (line if found is None or number is None or found.is_hit(number) else log_rows.beside(line), number is not None and number == self.cursor)
            for line, number in rows
        ]

    def _empty(self, width: int) -> list[tuple[Row, bool]]:
        """Why there is no record."""
        from tui502.ui.render import log_empty

        if self.moment.incident is None:
            return [(row(" ", ("looking for the error log…", "looking")), False)]
        if self.filtered is not None:
            return [(row(" looking…"), False)]
        gap, notes = (self.base.gap(), self.base.notes()) if self.base else (None, ())
        return [(line, False) for line in log_empty.rows(self.moment.incident, self.path, gap, notes, width)]

    def _between(self) -> Between:
        """What stands between the records; a filter shows no more than its records and where failures began."""
        began = grouping.onset(self.moment.incident) if self.moment.incident else 0.0
        notes = tuple(each._replace(text=log_names.shortened(each.text, self.list.names)) for each in self.notes.all) if self.filtered is None else ()
        return Between(began, notes, self.moment.utc_offset)

    def whole(self, width: int) -> list[Row]:
        """The newest records, all groups, or the whole record."""
        reader, shown = self.reader, self.list
        if self.grouped or self.detail or reader is None:
            return super().whole(width)
        kept = (shown.top, shown.cursor, shown.following, self.top_of_detail)
        shown.following, shown.top = False, max(reader.first(), reader.size() - WHOLE)
        rows = [line for line, _ in self.view(width, WHOLE)]
        shown.top, shown.cursor, shown.following, self.top_of_detail = kept
        return rows

    def toggle_groups(self) -> str:
        """Lines or groups; why not, or ''."""
        if not self.grouped and self.moment.incident is None:
            return "nothing is counted yet"
        self.grouped, self.detail = not self.grouped, False
        if self.grouped:
            self.groups.open(self.selected())
        self.paint()
        return ""

    def toggle_wrap(self) -> str:
        if self.grouped or self.detail:
            return "only over lines, esc goes back to them"
        self.list.toggle_wrap()
        self.paint()
        return ""

    def toggle_raw(self) -> str:
        if self.grouped or self.detail:
            return "only over lines, esc goes back to them"
        self.list.raw = not self.list.raw
        self.paint()
        return ""

    def sideways(self, by: int) -> str:
        why = "nothing is wider than the pane" if self.grouped or self.detail else self.list.sideways(by)
        self.paint()
        return why

    def _detail(self, width: int) -> list[Row]:
        from tui502.ui.render import record

        line = self.selected()
        return record.rows(line, width, self.moment.utc_offset, self.moment.incident, self.ends) if line else []

    def action_move(self, by: int) -> None:
        reader = self.reader
        if self.grouped:
            found = self.groups.all(self.moment.incident, self.path)
            self._go_group(found, max(0, min(self.groups.at(found) + by, len(found) - 1)))
        elif reader is not None and reader.size() > reader.first():
            if self.detail and abs(by) > 1:
                self.top_of_detail = max(0, min(self.top_of_detail + by, len(self._detail(self.inner)) - 1))
                self.paint()
            else:
                self.go(max(reader.first(), min(self.cursor + by, reader.size() - 1)), by > 1_000_000)

    def go(self, number: int, follow: bool = False) -> None:
        self.top_of_detail = 0
        super().go(number, follow)

    def _go_group(self, found: Sequence[Group], n: int) -> None:
        from tui502.model.session import LogLine

        if 0 <= n < len(found):
            group = found[n]
            self.groups.key = group.key
            self.paint()
            self.post_message(RecordChosen(LogLine(-1, group.last, "", group.symptom, group.peer, group.newest.server, "", b"")))

    def meet(self, peers: frozenset[str]) -> None:
        """Of groups, the first one of that peer."""
        if not self.grouped:
            super().meet(peers)
            return
        group = next((each for each in self.groups.all(self.moment.incident, self.path) if each.peer in peers), None)
        if group is not None:
            self.groups.key = group.key
            self.paint()

    def pick(self, y: int) -> None:
        if self.grouped:
            self._go_group(self.groups.all(self.moment.incident, self.path), self.groups.at_row(y))
        elif not self.detail and (number := self.list.at_row(y)) is not None:
            self.go(number)

    def matter(self, by: int) -> str:
        if self.grouped:
            self.action_move(by)
            return ""
        return super().matter(by)

    def of_class(self, by: int) -> str:
        return (self.open_detail() if self.grouped else "") or super().of_class(by)

    def open_detail(self) -> str:
        if self.grouped:
            return self._records_of_group()
        if self.selected() is None:
            return "no line is selected"
        self.detail, self.top_of_detail = True, 0
        self.pause(True)
        return ""

    def _records_of_group(self) -> str:
        found = self.groups.all(self.moment.incident, self.path)
        if not found:
            return "no group is selected"
        group = found[self.groups.at(found)]
        says = f"{words.class_of(group.symptom)} {group.peer}".rstrip()
        literal = bool(group.peer) and any(group.peer.encode() in sample for sample in group.newest.samples)
        why = self.only(says, (lambda text: group.peer in text) if literal else None, lambda line: (line.symptom, line.peer) == group.key)
        if why:
            return "its records stand before the part that was read, O reads it"
        self.go(self.reader.size() - 1 if self.reader else 0)
        return ""

    def close_detail(self) -> bool:
        was = self.seeking or self.detail or self.grouped or self.filtered is not None
        if self.seeking:
            self._seek = None
        elif self.detail:
            self.detail = False
        elif self.filtered is not None:
            self.unfilter()
        else:
            self.grouped = False
        self.paint()
        return was

    def copied(self) -> str:
        line = self.selected()
        return neutral(line.raw) if line else ""
