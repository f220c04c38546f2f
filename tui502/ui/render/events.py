"""Rows of the event list: what went up and down, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.spans import Row, cell, middle, row
from tui502.ui.render.times import age, clock

if TYPE_CHECKING:
    from tui502.model.evidence import Flip

_GOOD = ("connected", "answered", "listening")
_WORDS = {"answered": "answers", "listening": "listens", "gone": "listens no more", "absent": "no such socket", "full": "its queue is full"}


def state(end: str) -> str:
    """UP or DOWN for the end of a look."""
    return "UP" if end in _GOOD else "DOWN"


def rows(flips: Sequence[Flip], width: int, utc_offset: int) -> list[Row]:
    """A row each: when, which peer, from which state to which, what was seen, and how long it had been so."""
    if not flips:
        return [row(" nothing went up or down while it was looked at")]
    peers = 22 if width >= 70 else 15
    return [
        row(
            f" {clock(flip.at, utc_offset)}  ",
            cell(middle(neutral(flip.peer), peers), peers),
            f" {state(flip.was):>4} → {state(flip.now):<4}  ",
            cell(_WORDS.get(flip.now, neutral(flip.now)), 16),
            _span(flips, flip) if width >= 78 else "",
        )
        for flip in sorted(flips, key=lambda flip: -flip.at)
    ]


def _span(flips: Sequence[Flip], flip: Flip) -> str:
    before = max((each.at for each in flips if each.peer == flip.peer and each.at < flip.at), default=0.0)
    return f"was {state(flip.was).lower()} {age(flip.at - before)}" if before else ""
