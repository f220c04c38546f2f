"""Rules with titles: what the panes have instead of boxes."""

from __future__ import annotations

from collections.abc import Sequence

from tui502.ui.render.spans import Row, Span, cell_len, fit, row, width_of

_AROUND = 10
"""Cells that a rule takes beside its title and what stands at the right: "━━ ", " ━ ", " ━━"."""

_ALONE = 4
"""The same with nothing at the right."""


def rule(width: int, title: Row, right: str = "", heavy: bool = False) -> Row:
    """ "━━ title ━━━━━━ right ━━" in exactly `width` cells. Where it is narrow, clauses of `right` (" · ", ", ") go first, then words of the title, then all
    of `right`; no word is cut."""
    char = "━" if heavy else "─"
    role = "focus" if heavy else "rule"
    while len(shorter := _less(right)) and width_of(title) + cell_len(right) + _AROUND > width:
        right = shorter
    while len(less := _without_word(title)) and width_of(title) + (cell_len(right) + _AROUND if right else _ALONE) > width:
        title = less
    if right and width_of(title) + cell_len(right) + _AROUND > width:
        right = ""
    head = row((char * 2 + " ", role), *title, " ")
    if right:
        fill = width - width_of(head) - cell_len(right) - 4
        return (*head, Span(char * fill + " ", role), Span(right), Span(" " + char * 2, role))
    return fit((*head, Span(char * max(0, width - width_of(head)), role)), width)


def _less(right: str) -> str:
    """Without its last clause."""
    return right.rpartition(" · " if " · " in right else ", ")[0]


def _without_word(title: Row) -> Row:
    """Without its last word; () when there is one only."""
    last = title[-1] if title else Span("")
    rest = last.text.rstrip().rpartition(" ")[0].rstrip()
    return (*title[:-1], last._replace(text=rest)) if rest else title[:-1]


def title(text: str, heavy: bool = False) -> Row:
    return row((text, "title" if heavy else ""))


def tabs(names: Sequence[str], current: int, heavy: bool) -> Row:
    """The names of panes that share one slot, the shown one in brackets."""
    parts = [(f"[{name}]", "title" if heavy else "") if n == current else (f" {name} ", "") for n, name in enumerate(names)]
    text = "".join(part for part, _ in parts)
    if text.startswith(" "):
        parts[0] = (parts[0][0][1:], parts[0][1])
    if text.endswith(" "):
        parts[-1] = (parts[-1][0][:-1], parts[-1][1])
    return row(*parts)
