"""Rules with titles: what the panes have instead of boxes."""

from __future__ import annotations

from collections.abc import Sequence

from tui502.ui.render.spans import Row, Span, cell_len, fit, row, width_of


def rule(width: int, title: Row, right: str = "", heavy: bool = False) -> Row:
    """ "━━ title ━━━━━━ right ━━" in exactly `width` cells; clauses of `right` (" · ", ", ") go first when it is narrow."""
    char = "━" if heavy else "─"
    role = "focus" if heavy else "rule"
    head = row((char * 2 + " ", role), *title, " ")
    size = width_of(head)
    while right and size + cell_len(right) + 6 > width:
        right = right.rpartition(" · " if " · " in right else ", ")[0]
    if right:
        fill = width - size - cell_len(right) - 4
        return (*head, Span(char * fill + " ", role), Span(right), Span(" " + char * 2, role))
    return fit((*head, Span(char * max(0, width - size), role)), width)


def title(text: str, heavy: bool) -> Row:
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
