"""Pane 4: rows that are read and scrolled: offers, the staged change, the count-down, the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from tui502.ui.messages import OfferChosen
from tui502.ui.panes.pane import keys_of
from tui502.ui.panes.text import Text
from tui502.ui.render.layout import BESIDE
from tui502.ui.render.spans import Row, row


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

        return staged.rows(self.moment, width, self.app.size.width >= BESIDE)

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
