"""Panes 4 and 0: rows that are read and scrolled: offers, the staged change, the count-down, the receipt; and why."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from tui502.ui.messages import OfferChosen
from tui502.ui.panes.pane import Hits, Pane, keys_of
from tui502.ui.render.layout import WHY
from tui502.ui.render.spans import Row, row, text_of


class Text(Pane):
    """A pane of rows without a cursor."""

    def lines(self, width: int) -> list[Row]:
        raise NotImplementedError

    def view(self, width: int, height: int) -> list[tuple[Row, bool]]:
        lines = self.lines(width)
        self.top = max(0, min(self.top, len(lines) - height))
        shown = lines[self.top : self.top + height]
        rest = len(lines) - self.top - height
        if rest > 0 and height > 2:
            shown[-1] = row((f" {rest + 1} more rows: pgdn", "key"))
        return [(line, False) for line in shown]

    def action_move(self, by: int) -> None:
        self.top = max(0, self.top + by)
        self.paint()

    def hits(self, pattern: Hits) -> list[int]:
        return [n for n, line in enumerate(self.lines(self.inner)) if pattern(text_of(line))]

    def go_to(self, n: int) -> None:
        self.top = n
        self.paint()

    def copied(self) -> str:
        return "\n".join(text_of(line).rstrip() for line in self.lines(100))


class FixPane(Text):
    BINDINGS: ClassVar = keys_of(4)
    number = 4

    def __init__(self) -> None:
        super().__init__("fix")

    def titles(self) -> tuple[str, str]:
        if self.moment.incident is None and not self.moment.repairing:
            return "4 Fix", ""
        from tui502.ui.render import staged

        return staged.title(self.moment)

    def lines(self, width: int) -> list[Row]:
        if self.moment.incident is None and not self.moment.repairing:
            return [row(" ", ("looking…", "looking"))]
        from tui502.ui.render import staged

        return staged.rows(self.moment, width)

    def action_move(self, by: int) -> None:
        few = len(self.lines(self.inner)) <= self.room
        if few and abs(by) == 1 and not self.moment.repairing and self.moment.offers:
            self.matter(by)
        else:
            super().action_move(by)

    def matter(self, by: int) -> str:
        offers = self.moment.offers
        if not offers or self.moment.progress is not None:
            return "a change is shown" if offers else "nothing is offered"
        at = next((n for n, offer in enumerate(offers) if offer.fix.id == self.moment.chosen.fix), -1 if by > 0 else len(offers))
        if not 0 <= at + by < len(offers):
            return "no other offer"
        self._choose(offers[at + by].fix.id)
        return ""

    def pick(self, y: int) -> None:
        """A click on an offer."""
        offers = self.moment.offers
        if not self.moment.repairing and self.top + y < len(offers):
            self._choose(offers[self.top + y].fix.id)

    def _choose(self, fix: str) -> None:
        self.top = 0
        self.moment = replace(self.moment, chosen=self.moment.chosen._replace(fix=fix))
        self.paint()
        self.post_message(OfferChosen(fix))

    def copied(self) -> str:
        return self.moment.diff if self.moment.staged is not None and self.moment.diff and self.moment.progress is None else super().copied()


class WhyPane(Text):
    number = WHY

    def __init__(self) -> None:
        super().__init__("why")

    def titles(self) -> tuple[str, str]:
        from tui502.ui.render import why

        return why.title(self.moment)

    def lines(self, width: int) -> list[Row]:
        from tui502.ui.render import why

        return why.rows(self.moment, width)

    def matter(self, by: int) -> str:
        before = self.top
        self.action_move(by)
        return "" if self.top != before else "this is all" if by > 0 else "this is the start"
