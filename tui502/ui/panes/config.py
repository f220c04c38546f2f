"""Pane 3: the configuration at the line that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui502.ui.messages import PlaceChosen
from tui502.ui.moment import Moment
from tui502.ui.panes.pane import Hits, Pane, keys_of, scrolled
from tui502.ui.render import config as render
from tui502.ui.render import drifted
from tui502.ui.render.numbered import Numbered
from tui502.ui.render.places import Places, around, shown
from tui502.ui.render.spans import Row, cell, row
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.model.config import Directive
    from tui502.model.facts import Drift, Facts
    from tui502.ui.panes.about import About

_STEP = 16
"""Cells of a step sideways."""


class ConfigPane(Pane):
    """`cursor` is a line of the file, from 0; `closed` are, by file, the first lines of its folded blocks; `about` is the detail that is open.
    `_at` is the place of the selection, `_sent` are the places this pane chose which the selection has not come to yet: they move no cursor."""

    BINDINGS: ClassVar = keys_of(3)
    number = 3

    def __init__(self) -> None:
        super().__init__("config")
        self.page: render.Page | None = None
        self.cursor = 0
        self.left = 0
        self.closed: dict[str, frozenset[int]] = {}
        self.about: About | None = None
        self._at = ("", 0)
        self._sent: list[tuple[str, int]] = []
        self._places: Places | None = None
        self._numbered: Numbered | None = None

    def show(self, moment: Moment) -> None:
        self.moment = moment
        if self.display:
            self._read()
        self.paint()

    def _read(self) -> None:
        """Take the file of the selection; go to its line when the selection has moved."""
        incident, where = self.moment.incident, self.moment.chosen.where
        if incident is None or where is None:
            self.page = None
            return
        at = (where.file, where.line)
        elsewhere = at not in self._sent and at != self._at
        self._sent = [] if elsewhere else self._sent[self._sent.index(at) + 1 :] if at in self._sent else self._sent
        self._at = at
        path = self.page.path if self._sent and self.page is not None else where.file
        data = incident.facts.config.files.get(path)
        if data is None:
            self.page = None
            return
        if self.page is not None and self.page.path != path:
            self.left = 0
        self.page = render.read(path, data)
        if elsewhere:
            self.cursor = where.line - 1
            self.close_detail()
        self.cursor = max(0, min(self.cursor, self.page.lines - 1))
        self._unfold(self.cursor)

    @property
    def places(self) -> Places | None:
        """Where the directives of the configuration stand."""
        config = self.moment.incident.facts.config if self.moment.incident else None
        if config is not None and (self._places is None or self._places.config is not config):
            self._places, self._numbered = Places(config), None
        return self._places

    @property
    def shown(self) -> Sequence[int]:
        """The lines of the file that are not folded away."""
        page, places = self.page, self.places
        if page is None or places is None:
            return ()
        closed = self.closed.get(page.path, frozenset())
        return shown(page.lines, places.blocks(page.path) if closed else (), closed)

    def titles(self) -> tuple[str, str]:
        drift = self.moment.incident.facts.drift if self.moment.incident else None
        words = {"same": "as loaded", "differs": _not_loaded(drift), "unknown": "loaded? not seen"}
        if self.page is None:
            return "3 Config", ""
        if self.about is not None:
            return f"3 Config  {render.title(self.page.path, self.cursor + 1, self.inner)}", f"{quantity(len(self.about.lines), 'line')} set it"
        return f"3 Config  {render.title(self.page.path, self.cursor + 1, self.inner)}", words[drift.state] if drift else ""

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        if self.moment.incident is None:
            return [(row(" ", ("waits for nginx", "looking")), False)]
        if self.page is None:
            self._read()
        page, facts = self.page, self.moment.incident.facts
        if page is None:
            where = self.moment.chosen.where
            return [(render.missing(where.file if where else facts.config.main, width), False)]
        if self.about is not None:
            return self.about.view(width, height)
        foot = self._foot(page, facts, width) if height > 4 else []
        foot = foot if height - len(foot) > 4 else foot[1:2]
        lines = self._lines(page, facts, width, height - len(foot))
        return [*lines, *[(row(""), False)] * (height - len(foot) - len(lines) if foot else 0), *((line, False) for line in foot)]

    def _lines(self, page: render.Page, facts: Facts, width: int, room: int) -> list[tuple[Row, bool]]:
        visible = self.shown
        self.top = scrolled(self.top, _position(visible, self.cursor), room, len(visible))
        marks, note, changed = render.marks(facts, page.path), self._note(page), drifted.lines(self.moment.incident, page.path)
        rows = []
        for at in range(self.top, min(len(visible), self.top + room)):
            n, here = visible[at], visible[at] == self.cursor
            hidden = (visible[at + 1] if at + 1 < len(visible) else page.lines) - n - 1
            inside = range(n + 1, n + hidden + 2)
            mark = render.worst(marks.get(line, "") for line in inside) if hidden else marks.get(n + 1, "")
            drifts = any(line in changed for line in inside) if hidden else n + 1 in changed
            rows.append((render.line_row(page, n, width, mark, note if here else "", here, drifts, self.left, hidden), here))
        return rows

    def _foot(self, page: render.Page, facts: Facts, width: int) -> list[Row]:
        """What the line serves, or what holds for its directive."""
        from tui502.ui.render import foot

        serves = render.serves(facts, page.path, self.cursor + 1)
        if serves:
            return [row(" ", cell(serves, width - 1))]
        one = self.directive()
        return foot.rows(one, facts, width) if one is not None else []

    def directive(self) -> Directive | None:
        """The directive that begins in the line under the cursor."""
        return self.places.at(self.page.path, self.cursor + 1) if self.places is not None and self.page is not None else None

    def next_drift(self) -> str:
        """Go to the next line that is not loaded, in the next changed file after the last; why not, or ''."""
        found = drifted.following(self.moment.incident, self.page.path if self.page else "", self.cursor + 1)
        if isinstance(found, str):
            return found
        self.open(*found)
        return ""

    def open(self, path: str, line: int) -> None:
        """Choose a line of a file."""
        data = self.moment.incident.facts.config.files.get(path) if self.moment.incident else None
        if data is not None:
            self.close_detail()
            self.left = 0
            self.page = render.read(path, data)
            self._go(max(0, min(line, self.page.lines) - 1))

    def definition(self) -> str:
        """Go to what the line names; why not, or ''."""
        from tui502.ui.render.foot import definition

        one = self.directive()
        if one is None or self.moment.incident is None:
            return "no directive begins in this line"
        found = definition(one, self.moment.incident.facts.config)
        if isinstance(found, str):
            return found
        self.open(*found)
        return ""

    def _note(self, page: render.Page) -> str:
        facts = self.moment.incident.facts if self.moment.incident else None
        node = render.node_at(facts, page.path, self.cursor + 1)
        if self.cursor + 1 in drifted.lines(self.moment.incident, page.path):
            return "on disk, not loaded"
        return node.why if node is not None and node.state != "UP" else ""

    def action_move(self, by: int) -> None:
        if self.about is not None:
            self.about.move(by)
            self.paint()
        elif self.page is not None:
            visible = self.shown
            self._go(visible[max(0, min(_position(visible, self.cursor) + by, len(visible) - 1))])

    def _go(self, n: int) -> None:
        if self.page is None:
            return
        self.cursor = n
        self._unfold(n)
        end = self.page.starts[n + 1] if n + 1 < self.page.lines else len(self.page.data)
        self._sent.append((self.page.path, n + 1))
        self.paint()
        self.post_message(PlaceChosen(self.page.path, n + 1, self.page.starts[n], end))

    def _unfold(self, n: int) -> None:
        """Open every fold that hides a line."""
        closed = self.closed.get(self.page.path) if self.page is not None else None
        if closed and self.page is not None and self.places is not None:
            hiding = {block.first for block in self.places.blocks(self.page.path) if block.first < n <= block.last}
            self.closed[self.page.path] = closed - hiding

    def pick(self, y: int) -> None:
        visible = self.shown
        if self.about is None and self.top + y < len(visible):
            self._go(visible[self.top + y])

    def sideways(self, by: int) -> str:
        """To the right, or a folded block opens; to the left, or the block around the cursor is folded."""
        if self.page is None or self.places is None:
            return "no configuration was read"
        if self.about is not None:
            return "esc goes back to the lines"
        closed = self.closed.get(self.page.path, frozenset())
        if by > 0 and self.cursor in closed:
            self.closed[self.page.path] = closed - {self.cursor}
        elif by < 0 and not self.left:
            block = around([each for each in self.places.blocks(self.page.path) if each.first not in closed], self.cursor)
            if block is None:
                return "this is the left edge, and nothing around this line folds"
            self.closed[self.page.path] = closed | {block.first}
            self._go(block.first)
        else:
            self.left = max(0, self.left + by * _STEP)
        self.paint()
        return ""

    def open_detail(self) -> str:
        """All about the directive under the cursor; in that list, the line that is chosen."""
        from tui502.ui.panes.about import About

        if self.about is not None:
            line = self.about.chosen
            if line is None:
                return "no line sets it"
            self.open(line.one.file, line.one.line)
            return ""
        one = self.directive()
        if one is None or one.data or self.moment.incident is None:
            return "no directive begins in this line"
        self.about, self.detail = About(one, self.moment.incident.facts), True
        return ""

    def close_detail(self) -> bool:
        was, self.about, self.detail = self.about, None, False
        return was is not None

    @property
    def numbered(self) -> Numbered | None:
        """The lines of all files, for a search."""
        if self._numbered is None and self.places is not None:
            self._numbered = Numbered(self.places.config.files)
        return self._numbered

    def hits(self, pattern: Hits) -> list[int]:
        return self.numbered.hits(pattern) if self.numbered is not None else []

    @property
    def at(self) -> int:
        return self.numbered.of(self.page.path, self.cursor) if self.numbered is not None and self.page is not None else 0

    def go_to(self, n: int) -> None:
        if self.numbered is not None:
            self.open(*self.numbered.at(n))

    def matter(self, by: int) -> str:
        if self.page is None or self.moment.incident is None:
            return "no configuration was read"
        lines = sorted({*render.marks(self.moment.incident.facts, self.page.path), *drifted.lines(self.moment.incident, self.page.path)})
        found = [line for line in lines if (line > self.cursor + 1 if by > 0 else line < self.cursor + 1)]
        if not found:
            return "no other mark in this file"
        self._go((found[0] if by > 0 else found[-1]) - 1)
        return ""

    def copied(self) -> str:
        from tui502.report.clean import clean_line

        page, n = self.page, self.cursor
        return clean_line(page.data, page.starts[n], page.starts[n + 1] if n + 1 < page.lines else len(page.data)) if page else ""


def _position(visible: Sequence[int], line: int) -> int:
    """The place of a line among the visible ones; of the fold that hides it when it is not visible."""
    from bisect import bisect_right

    return max(0, bisect_right(visible, line) - 1)


def _not_loaded(drift: Drift | None) -> str:
    if drift is None:
        return ""
    from tui502.report.status import how_much

    return how_much(drift)
