"""Rows stay where the eye left them: their order, and the first visible one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def kept_order(order: Sequence[T], now: Sequence[T]) -> list[T]:
    """`now` in the order in which its things stood before; what is new comes last."""
    there, known = set(now), set(order)
    return [*(each for each in order if each in there), *(each for each in now if each not in known)]


def scrolled(top: int, cursor: int, height: int, count: int) -> int:
    """The first visible row that keeps the cursor on the screen."""
    if cursor < top:
        top = cursor
    elif cursor >= top + height:
        top = cursor - height + 1
    return max(0, min(top, max(0, count - height)))
