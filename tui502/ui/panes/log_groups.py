"""The groups of the log pane: a row per symptom and peer, in the order in which they stood when the view was opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.ui.render.order import kept_order, scrolled
from tui502.ui.render.spans import Row, row

if TYPE_CHECKING:
    from tui502.model.findings import Incident
    from tui502.model.session import Back, LogLine
    from tui502.ui.render.grouping import Group
    from tui502.ui.render.log import Ends

_FOOT = 12
"""Rows from which on there is a lower part."""


class LogGroups:
    """`key` is symptom and peer of the selected group."""

    def __init__(self) -> None:
        self.key: tuple[str, str] | None = None
        self._order: list[tuple[str, str]] = []
        self._top = 0
        self._heads = 1
        self._of: tuple[Incident, str, list[Group]] | None = None

    def open(self, line: LogLine | None) -> None:
        """Put them in order anew, the group of this record selected."""
        self._order = []
        self._top = 0
        self.key = (line.symptom, line.peer) if line and line.symptom else None

    def all(self, incident: Incident | None, path: str) -> list[Group]:
        """The groups of the log at `path`; new ones stand last."""
        found = {group.key: group for group in self.counted(incident, path)}
        self._order = kept_order(self._order, list(found))
        return [found[key] for key in self._order]

    def counted(self, incident: Incident | None, path: str) -> list[Group]:
        """The groups, the most frequent first; put together once for each incident."""
        if incident is None:
            return []
        if self._of is None or self._of[0] is not incident or self._of[1] != path:
            from tui502.ui.render.grouping import groups

            self._of = (incident, path, groups(incident, path))
        return self._of[2]

    def at(self, groups: Sequence[Group]) -> int:
        return next((n for n, group in enumerate(groups) if group.key == self.key), 0)

    def view(self, incident: Incident, path: str, back: Back, width: int, height: int, ends: Ends) -> list[tuple[Row, bool]]:
        from tui502.ui.render import group_foot, grouping
        from tui502.ui.render import groups as draw

        groups = self.all(incident, path)
        if not groups:
            return [(row(" nothing was counted in this log"), False)]
        shown, at = draw.columns(groups, ends, width), self.at(groups)
        heads = draw.heads(incident, shown)
        self._heads = len(heads)
        foot = group_foot.foot(groups[at], incident, width, ends) if height >= _FOOT else []
        room = max(1, height - len(heads) - min(len(foot), max(0, height - len(heads) - 3)))
        self._top = scrolled(self._top, at, room, len(groups))
        rows = [(line, False) for line in heads]
        visible = groups[self._top : self._top + room]
        rows += [(draw.group_row(group, incident, width, shown, ends, n == at), n == at) for n, group in enumerate(visible, self._top)]
        rows += [(line, False) for line in foot]
        if foot and height - len(rows) > 1:
            rows += [(row(""), False)] * (height - len(rows) - 1)
            total = sum(group.total for group in groups)
            rows.append((row(" ", group_foot.read_back(grouping.logs_of(incident, path), total, back, incident.evidence.utc_offset)), False))
        return rows[:height]

    def at_row(self, y: int) -> int:
        """The place in the order of the group in a visible row, -1 above the first."""
        return self._top + y - self._heads if y >= self._heads else -1
