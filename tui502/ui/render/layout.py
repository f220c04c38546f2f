"""Where the panes stand: pure arithmetic on the size of the terminal."""

from __future__ import annotations

from typing import NamedTuple

LEAST = (60, 15)
"""The smallest terminal that is served, columns × rows."""

BESIDE = 160
"""Columns of the terminal from which a diff is shown side by side."""

WHY, WATCH = 0, 5
"""The numbers of the panes "why" and "watch"; 1 to 4 are log, upstreams, config, fix."""

WHOLE = (WHY, WATCH)
"""Panes that always have the room of all."""


class Rect(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Layout(NamedTuple):
    """Places on the terminal. `panes` maps the number of a pane to its place (title row included), `divided` are panes with a line at their right;
    `sharing` are the numbers whose tabs stand in the title of the shown one of them."""

    head: Rect
    hints: Rect
    panes: dict[int, Rect]
    divided: tuple[int, ...]
    sharing: tuple[int, ...]


def head_rows(width: int) -> int:
    """5 rows from 120 columns, 6 from 80, 7 below."""
    return 5 if width >= 120 else 6 if width >= 80 else 7


def layout(width: int, height: int, focus: int, lower: int, zoomed: bool = False, large: bool = False) -> Layout | None:
    """The places, or None when the terminal is too small. `lower` is the pane shown where 2, 3 and 4 share a slot;
    `large` (a detail; pane 4 from staging until the receipt is left) gives the focused pane the room of both slots of a stack."""
    if width < LEAST[0] or height < LEAST[1]:
        return None
    top = head_rows(width)
    head, hints = Rect(0, 0, width, top), Rect(0, height - 1, width, 1)
    body = Rect(0, top, width, height - top - 1)
    small = width < 80 or height < 20
    if focus in WHOLE or zoomed:
        return Layout(head, hints, {focus: body}, (), ())
    if small:
        return Layout(head, hints, {focus: body}, (), (1, 2, 3, 4))
    if width >= 110:
        return _wide(head, hints, body, lower, height)
    if large:
        return Layout(head, hints, {focus: body}, (), ())
    return _stack(head, hints, body, lower, height)


def _wide(head: Rect, hints: Rect, body: Rect, lower: int, height: int) -> Layout:
    left = (body.width + 1) // 2 + 1
    right = body.width - left
    if height < 30:
        panes = {1: Rect(0, body.y, left, body.height), lower: Rect(left, body.y, right, body.height)}
        return Layout(head, hints, panes, (1,), (2, 3, 4))
    up = (body.height + 1) // 2
    low = body.height - up
    panes = {
        1: Rect(0, body.y, left, up),
        2: Rect(left, body.y, right, up),
        3: Rect(0, body.y + up, left, low),
        4: Rect(left, body.y + up, right, low),
    }
    return Layout(head, hints, panes, (1, 3), ())


def _stack(head: Rect, hints: Rect, body: Rect, lower: int, height: int) -> Layout:
    if height < 48:
        log = max(6, height // 4)
        panes = {1: Rect(0, body.y, body.width, log), lower: Rect(0, body.y + log, body.width, body.height - log)}
        return Layout(head, hints, panes, (), (2, 3, 4))
    each, rest = divmod(body.height, 4)
    y, panes = body.y, {}
    for n in (1, 2, 3, 4):
        size = each + (n <= rest)
        panes[n] = Rect(0, y, body.width, size)
        y += size
    return Layout(head, hints, panes, (), ())


def box(width: int, height: int) -> Rect:
    """Where question and help stand: over the panes, with head and hints left free when the terminal is large enough."""
    if width < LEAST[0] or height < LEAST[1]:
        return Rect(0, 0, width, height)
    top = head_rows(width)
    return Rect(0, top, width, height - top - 1)
