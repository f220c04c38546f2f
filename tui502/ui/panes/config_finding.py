"""The part of the configuration pane that finds: a search through all files, what a line names, the next mark, the next line that is not loaded."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui502.ui.panes.config_reading import ConfigReading
from tui502.ui.panes.line_search import LineSearch
from tui502.ui.panes.seek import SLICE
from tui502.ui.render import at_line, drifted
from tui502.ui.render.numbered import Numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui502.ui.panes.pane import Hits


class ConfigFinding(ConfigReading):
    """Everything here puts the cursor on another line, also of another file."""

    def __init__(self) -> None:
        super().__init__()
        self._numbered: Numbered | None = None
        self._search: LineSearch | None = None

    @property
    def numbered(self) -> Numbered | None:
        """The lines of all files, for a search."""
        files = self.moment.incident.facts.config.files if self.moment.incident else None
        if files is not None and (self._numbered is None or self._numbered.files is not files):
            self._numbered = Numbered(files)
        return self._numbered

    def hits(self, pattern: Hits) -> list[int] | int:
        numbered = self.numbered
        if numbered is None:
            return []
        if self._search is None or self._search.pattern is not pattern or self._search.lines is not numbered:
            self._search = LineSearch(numbered, pattern)
        more = self._search.look(time.monotonic() + SLICE)
        return len(self._search.found) if more else self._search.found

    @property
    def at(self) -> int:
        return self.numbered.of(self.page.path, self.cursor) if self.numbered is not None and self.page is not None else 0

    def go_to(self, n: int) -> None:
        if self.numbered is not None:
            self.open(*self.numbered.at(n))

    def definition(self) -> str:
        """Go to what the line names; why not, or ''."""
        from tui502.ui.render.foot import definition

        one = self.directive
        if one is None or self.moment.incident is None:
            return "no directive begins in this line"
        return self._open(definition(one, self.moment.incident.facts.config))

    def next_drift(self) -> str:
        """Go to the next line that is not loaded, in the next changed file after the last; why not, or ''."""
        return self._open(drifted.following(self.moment.incident, self.page.path if self.page else "", self.cursor + 1))

    def _open(self, found: tuple[str, int] | str) -> str:
        if isinstance(found, str):
            return found
        self.open(*found)
        return ""

    def matter(self, by: int) -> str:
        if self.page is None or self.moment.incident is None:
            return "no configuration was read"
        path, here = self.page.path, self.cursor + 1
        nearest: Callable[[Iterable[int]], int] = min if by > 0 else max
        drifts = [line for line in drifted.lines(self.moment.incident, path) if (line > here if by > 0 else line < here)]
        marks = [*drifts, *(line for line, _ in zip(at_line.marked(self.moment.incident.facts, path, here, by), "1", strict=False))]
        if not marks:
            return "no other mark in this file"
        self.go(nearest(marks) - 1)
        return ""
