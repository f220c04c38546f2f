"""Pane 0: why. A cursor goes over the explanations and their clues; what follows them is scrolled."""

from __future__ import annotations

from dataclasses import replace

from tui502.ui.messages import ClueOpened, FindingChosen
from tui502.ui.panes.text import Text
from tui502.ui.render.items import Item, Line
from tui502.ui.render.layout import WHY
from tui502.ui.render.spans import Row, row


class WhyPane(Text):
    """`item` is what the cursor is on; where that is gone, the chosen explanation."""

    number = WHY

    def __init__(self) -> None:
        super().__init__("why")
        self.item: Item | None = None

    def titles(self) -> tuple[str, str]:
        if self.moment.incident is None:
            return "0 Why", ""
        from tui502.ui.render import why

        return why.title(self.moment)

    def _found(self, width: int) -> list[Line]:
        if self.moment.incident is None:
            return [Line(row(" ", ("looking…", "looking")))]
        from tui502.ui.render import why

        return why.lines(self.moment, width)

    def lines(self, width: int) -> list[Row]:
        return [line.row for line in self._found(width)]

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        found = self._found(width)
        at = self._at(found)
        rows = super().view(width, height)
        return [(line, at is not None and found[n].item == at and not line_is_more(rows, n - self.top)) for n, (line, _) in enumerate(rows, self.top)]

    def _at(self, found: list[Line]) -> Item | None:
        items = [line.item for line in found if line.item]
        chosen = Item(self.moment.chosen.finding)
        return self.item if self.item in items and self._of_chosen() else chosen if chosen in items else next(iter(items), None)

    def _of_chosen(self) -> bool:
        """Whether the cursor still stands at the explanation that is chosen."""
        return self.item is not None and self.item.finding == self.moment.chosen.finding

    def action_move(self, by: int) -> None:
        """The cursor goes on while there is something for it on the screen; then the rows scroll."""
        found = self._found(self.inner)
        items = list(dict.fromkeys(line.item for line in found if line.item))
        at = self._at(found)
        n = items.index(at) + by if at in items and abs(by) == 1 else -1
        if 0 <= n < len(items) and self._is_seen(found, at) and self._to(found, items[n]):
            return
        super().action_move(by)

    def _is_seen(self, found: list[Line], item: Item | None) -> bool:
        return any(line.item == item for line in found[self.top : self.top + self.room])

    def _to(self, found: list[Line], item: Item) -> bool:
        """Put the cursor on an item, and all its rows on the screen."""
        rows = [n for n, line in enumerate(found) if line.item == item]
        self.top = min(rows[0], max(self.top, rows[-1] - self.room + 2))
        self.item = item
        if item.finding != self.moment.chosen.finding:
            self.moment = replace(self.moment, chosen=self.moment.chosen._replace(finding=item.finding))
            self.post_message(FindingChosen(item.finding))
        self.paint()
        return True

    def pick(self, y: int) -> None:
        found = self._found(self.inner)
        item = found[self.top + y].item if self.top + y < len(found) else None
        if item:
            self._to(found, item)

    def matter(self, by: int) -> str:
        """The next explanation."""
        found = self._found(self.inner)
        heads = list(dict.fromkeys(line.item for line in found if line.item and line.item.n < 0))
        at = self._at(found)
        n = next((n for n, head in enumerate(heads) if at and head.finding == at.finding), -1) + by
        if not 0 <= n < len(heads):
            return "no other explanation"
        self._to(found, heads[n])
        return ""

    def open_detail(self) -> str:
        """Go where the clue was seen; an explanation leads to what it is about."""
        at = self._at(self._found(self.inner))
        if at is None:
            return "no explanation stands here"
        self.post_message(ClueOpened(at.finding, at.n))
        return ""


def line_is_more(rows: list[tuple[Row, bool]], n: int) -> bool:
    """Whether a row says only that there is more below."""
    return n == len(rows) - 1 and any(span.text.endswith("more rows: pgdn") for span in rows[n][0])
