"""Pane 1: the log, drawn from its reader; only what is visible is asked for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from tui502.text import neutral
from tui502.ui.messages import RecordChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Pane, kept_order, keys_of, scrolled
from tui502.ui.render import log as render
from tui502.ui.render.spans import Row, labelled, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui502.model.session import LogLine, LogReader
    from tui502.ui.panes.filtered import Filtered, Test
    from tui502.ui.panes.pane import Hits
    from tui502.ui.render.groups import Group

_SEARCH = 20_000
"""Records that are looked through at most, by `.`, `,` and a search."""

_FOOT = 12
"""Rows from which on the group view has a lower part."""


class LogPane(Pane):
    """Follows the newest record until the person moves or pauses. `base` is the whole log, `reader` what is shown of it."""

    BINDINGS: ClassVar = keys_of(1)
    number = 1

    sole: frozenset[str] = frozenset()
    """Peers that have, or had when their records were written, no alternative."""

    top_of_detail = 0

    def __init__(self) -> None:
        super().__init__("log")
        self.base: LogReader | None = None
        self.filtered: Filtered | None = None
        self.logs = (1, 1)
        self.following = True
        self.cursor = 0
        self.seen = 0
        self.raw = False
        self.peers = 0
        self.grouped = False
        self.group: tuple[str, str] | None = None
        self._order: list[tuple[str, str]] = []

    @property
    def reader(self) -> LogReader | None:
        return self.filtered or self.base

    def show(self, moment: Moment) -> None:
        self.sole |= render.sole_peers(moment.incident.facts if moment.incident else None)
        super().show(moment)

    def read(self, reader: LogReader | None, logs: tuple[int, int] = (1, 1)) -> None:
        """Show this log; `logs` say which it is, and of how many."""
        self.logs = logs
        if reader is not self.base:
            self.base, self.filtered, self.following, self.cursor, self.seen, self.top = reader, None, True, 0, 0, 0
            self.paint()

    def only(self, words: str, test: Test | None) -> str:
        """Show only records that pass, or all again; why not, or ''. The selected record stays, or the next one that is shown."""
        from tui502.ui.panes.filtered import Filtered

        if self.base is None:
            return "no log is followed"
        line = self.selected()
        number = self.whole_number(line.number) if line else 0
        found = Filtered(self.base, words, test) if test is not None else None
        if found is not None and not found.size():
            return f"not found: {words}"
        self.filtered = found
        self.grouped = False
        self.cursor = found.nearest(number) if found else number
        self.seen = found.size() if found else self.base.size()
        self.top = max(0, self.cursor - self.room + 1)
        self.paint()
        return ""

    def whole_number(self, number: int) -> int:
        """The number that a shown record has in the whole log."""
        return self.filtered.numbers[number] if self.filtered is not None and number < len(self.filtered.numbers) else number

    def poll(self) -> bool:
        """Look whether records came; whether something was drawn."""
        if self.reader is None or self.reader.size() == self.seen:
            return False
        if self.following and not self.grouped:
            self.paint()
            return True
        return False

    def titles(self) -> tuple[str, str]:
        if self.reader is None:
            return "1 Log", ""
        if self.reader.gap() is not None and not self.reader.size():
            return "1 Log", "not readable"
        new = self.reader.size() - self.seen
        state = "FOLLOW" if self.following else f"PAUSED +{new} new" if new else "PAUSED"
        if self.grouped:
            groups = self._groups()
            return "1 Log  groups", f"{len(groups)} group{'s' if len(groups) != 1 else ''}, {sum(group.total for group in groups)} records"
        which = f"  {neutral(self.reader.path.rsplit('/', 1)[-1])}, {self.logs[0]} of {self.logs[1]}: L" if self.logs[1] > 1 else ""
        if self.detail:
            return f"1 Log  record {self.cursor + 1} of {self.reader.size()}", state
        if self.filtered is not None:
            return f"1 Log  only {neutral(self.filtered.words)}", f"{state} · {self.reader.size()} records"
        return f"1 Log{which}", " · ".join([state, *self._counts()])

    def _counts(self) -> list[str]:
        incident = self.moment.incident
        classes: Counter[str] = Counter()
        for log in incident.evidence.logs.values() if incident else ():
            for tally in log.value.tallies if log.value else ():
                if tally.phase and tally.peer:
                    classes[render.class_of(tally.symptom)] += tally.count
        words = [f"{count} {name}" for name, count in classes.most_common(2)]
        return [", ".join(words)] if words else []

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        reader = self.reader
        if reader is None:
            return [(row(" ", ("looking for the error log…" if self.moment.incident is None else "no error log is followed", "looking")), False)]
        if reader.gap() is not None and not reader.size():
            return self._gap(width)
        if self.grouped and self.moment.incident is not None:
            return self._group_view(width, height)
        count = reader.size()
        if self.following:
            self.cursor, self.seen = max(0, count - 1), count
            self.top = max(0, count - height)
        if not count:
            return [(row(" the log is empty: ", neutral(reader.path)), False)]
        if self.detail:
            return [(line, False) for line in self._detail(width)[self.top_of_detail :][:height]]
        lines = reader.lines(self.top, height)
        self.peers = render.peer_width(lines, self.peers)
        return [(self._record(line, width), line.number == self.cursor) for line in lines]

    def _gap(self, width: int) -> list[tuple[Row, bool]]:
        """What cannot be read, what that costs, and what closes the gap."""
        gap = self.reader.gap() if self.reader else None
        if self.reader is None or gap is None:
            return []
        rows = [row(" ", ("?", "unknown"), *line) for line in labelled("", f"{neutral(self.reader.path)}  {gap.why}", width - 3, 1)]
        rows += labelled("   without it", "no counts, no first failure, no request to replay", width, 15)
        if gap.hint:
            rows += labelled("   closes it", neutral(gap.hint), width, 15)
        return [(line, False) for line in rows]

    def _groups(self) -> list[Group]:
        """The groups, in the order in which they stand since the view was opened; new ones last."""
        from tui502.ui.render.groups import groups

        found = {group.key: group for group in groups(self.moment.incident, self.base.path if self.base else "")}
        self._order = kept_order(self._order, list(found))
        return [found[key] for key in self._order]

    def _group_at(self, groups: Sequence[Group]) -> int:
        return next((n for n, group in enumerate(groups) if group.key == self.group), 0)

    def _group_view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        from tui502.ui.render import groups as draw

        incident, groups = self.moment.incident, self._groups()
        if incident is None or not groups:
            return [(row(" nothing was counted in this log"), False)]
        heads, at = draw.heads(incident, width), self._group_at(groups)
        foot = draw.foot(groups[at], incident, width, self.sole) if height >= _FOOT else []
        room = max(1, height - len(heads) - min(len(foot), max(0, height - len(heads) - 3)))
        self._group_top = scrolled(self._group_top, at, room, len(groups))
        shown = groups[self._group_top : self._group_top + room]
        rows = [(line, False) for line in heads]
        rows += [(draw.group_row(group, incident, width, self.sole, n == at), n == at) for n, group in enumerate(shown, self._group_top)]
        rows += [(line, False) for line in foot]
        if height - len(rows) > 1 and foot:
            rows += [(row(""), False)] * (height - len(rows) - 1)
            said = draw.read_back(draw.logs_of(incident, self.base.path if self.base else ""), sum(group.total for group in groups))
            rows.append((row(" ", said), False))
        return rows[:height]

    _group_top = 0

    def toggle_groups(self) -> str:
        """Lines or groups; why not, or ''."""
        if not self.grouped and self.moment.incident is None:
            return "nothing is counted yet"
        self.grouped, self.detail = not self.grouped, False
        if self.grouped:
            self._order = []
            line = self.selected()
            self.group = (line.symptom, line.peer) if line and line.symptom else None
        self.paint()
        return ""

    def _record(self, line: LogLine, width: int) -> Row:
        selected = line.number == self.cursor
        return render.raw_record(line, width, selected) if self.raw else render.record(line, width, self.moment.utc_offset, self.sole, selected, self.peers)

    def _detail(self, width: int) -> list[Row]:
        line = self.selected()
        return render.detail(line, width, self.moment.utc_offset, self.moment.incident, self.sole) if line else []

    def selected(self) -> LogLine | None:
        lines = self.reader.lines(self.cursor, 1) if self.reader else []
        return lines[0] if lines else None

    def action_move(self, by: int) -> None:
        if self.grouped:
            groups = self._groups()
            self._go_group(groups, max(0, min(self._group_at(groups) + by, len(groups) - 1)))
            return
        count = self.reader.size() if self.reader else 0
        if not count:
            return
        if self.detail and abs(by) > 1:
            self.top_of_detail = max(0, min(self.top_of_detail + by, len(self._detail(self.inner)) - 1))
            self.paint()
            return
        self.go(max(0, min(self.cursor + by, count - 1)), by > 1_000_000)

    def _go_group(self, groups: Sequence[Group], n: int) -> None:
        from tui502.model.session import LogLine

        if groups:
            group = groups[n]
            self.group = group.key
            self.paint()
            self.post_message(RecordChosen(LogLine(-1, group.last, "", group.symptom, group.peer, group.newest.server, "", b"")))

    def go(self, number: int, follow: bool = False) -> None:
        """Put the cursor on a record; pauses unless `follow`."""
        self.pause(not follow)
        self.cursor = number
        self.top_of_detail = 0
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.room:
            self.top = self.cursor - self.room + 1
        self.paint()
        line = self.selected()
        if line is not None:
            self.post_message(RecordChosen(line))

    def come_to(self, number: int) -> None:
        """Show record `number` of the whole log again, without choosing it anew."""
        self.filtered = self.filtered if self.filtered is not None and number in self.filtered.numbers else None
        self.grouped = False
        self.pause(True)
        self.cursor = self.filtered.nearest(number) if self.filtered else number
        self.top = scrolled(self.top, self.cursor, self.room, self.reader.size() if self.reader else 0)
        self.paint()

    def pause(self, paused: bool) -> None:
        if self.following == paused:
            self.following = not paused
            self.seen = self.reader.size() if self.reader else 0
        self.paint()

    def pick(self, y: int) -> None:
        if self.grouped:
            groups, heads = self._groups(), 2 if self.moment.incident and self._has_onset() else 1
            if 0 <= y - heads + self._group_top < len(groups) and y >= heads:
                self._go_group(groups, y - heads + self._group_top)
        elif not self.detail and self.reader is not None and self.top + y < self.reader.size():
            self.go(self.top + y)

    def _has_onset(self) -> bool:
        from tui502.ui.render.groups import onset

        return self.moment.incident is not None and onset(self.moment.incident) > 0

    def _from(self, at: int, by: int) -> Iterator[LogLine]:
        """Records from number `at` on, upwards or downwards, so many at most."""
        reader, limit = self.reader, _SEARCH
        while reader is not None and 0 <= at < reader.size() and limit > 0:
            first = at if by > 0 else max(0, at - 499)
            lines = reader.lines(first, 500 if by > 0 else at - first + 1)
            yield from lines if by > 0 else reversed(lines)
            limit -= max(1, len(lines))
            at = first + max(1, len(lines)) if by > 0 else first - 1

    def matter(self, by: int) -> str:
        if self.reader is None:
            return "no log is followed"
        if self.grouped:
            self.action_move(by)
            return ""
        found = next((line for line in self._from(self.cursor + by, by) if render.fails(line)), None)
        if found is None:
            return "no other failure"
        self.go(found.number)
        return ""

    def of_class(self, by: int) -> str:
        """Go to the first (-1) or last (1) record of the selected class; why not, or ''."""
        line = self.selected()
        if self.grouped:
            why = self.open_detail()
            return why or self.of_class(by)
        if line is None or self.reader is None:
            return "no line is selected"
        start = 0 if by < 0 else self.reader.size() - 1
        name = render.class_of(line.symptom)
        found = next((each for each in self._from(start, -by) if render.class_of(each.symptom) == name), None)
        if found is None or found.number == line.number:
            return f"this is the {'first' if by < 0 else 'last'} {name} that was read"
        self.go(found.number)
        return ""

    def go_to_time(self, text: str) -> str:
        """Go to the first record at or after a time of day; why not, or ''."""
        parts = text.strip().split(":")
        if not 2 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
            return f"not a time: {neutral(text)}; as 03:14 or 03:14:07"
        wanted = sum(int(part) * 60 ** (2 - n) for n, part in enumerate(parts))
        reader = self.reader
        if reader is None:
            return "no log is followed"
        day = 86_400
        found = next((line for line in self._from(0, 1) if line.at and int(line.at - self.moment.utc_offset) % day >= wanted), None)
        if found is None:
            return "no record that late was read"
        self.grouped = False
        self.go(found.number)
        return ""

    def hits(self, pattern: Hits) -> list[int]:
        count = self.reader.size() if self.reader else 0
        return [line.number for line in self._from(max(0, count - _SEARCH), 1) if pattern(neutral(line.raw))]

    @property
    def at(self) -> int:
        return self.cursor

    def go_to(self, n: int) -> None:
        self.grouped = False
        self.go(n)

    def open_detail(self) -> str:
        if self.grouped:
            return self._records_of_group()
        if self.selected() is None:
            return "no line is selected"
        self.detail, self.top_of_detail = True, 0
        self.pause(True)
        return ""

    def _records_of_group(self) -> str:
        groups = self._groups()
        if not groups:
            return "no group is selected"
        group = groups[self._group_at(groups)]
        words = f"{render.class_of(group.symptom)} {group.peer}".rstrip()
        why = self.only(words, lambda line: (line.symptom, line.peer) == group.key)
        if why:
            return "its records stand before the part that was read"
        self.go(self.reader.size() - 1 if self.reader else 0)
        return ""

    def close_detail(self) -> bool:
        was = self.detail or self.grouped or self.filtered is not None
        if self.detail:
            self.detail = False
        elif self.filtered is not None:
            self.only("", None)
        else:
            self.grouped = False
        self.paint()
        return was

    def copied(self) -> str:
        line = self.selected()
        return neutral(line.raw) if line else ""
