"""Rows of the configuration pane: lines numbered, words in their roles, marks at what matters."""

from __future__ import annotations

from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.page import Page
from tui502.ui.render.spans import Row, Span, cell, cell_len, ends, fit, row


def line_row(
    shown: Page, n: int, width: int, mark: str = "", note: str = "", selected: bool = False, drifted: bool = False, skip: int = 0, folded: int = 0
) -> Row:
    """Line `n` from 0: mark, number, state of what it leads to and that it is not loaded, text from cell `skip` on, and a note at the right."""
    digits = max(3, len(str(shown.lines)))
    unloaded = ("≠", "degraded")
    signs = (STATES[mark], unloaded if drifted else (" ", "")) if mark else (unloaded if drifted else (" ", ""), (" ", ""))
    left = row(
        "▸" if selected else " ",
        f"{n + 1:>{digits}} ",
        *signs,
        *_skipped(shown.spans(n, skip + width), skip),
        (f" … {folded} lines }}" if folded else "", "muted"),
    )
    return ends(left, row("  " + neutral(note) + " "), width) if note else fit(left, width)


def _skipped(spans: Row, skip: int) -> Row:
    """The spans without their first `skip` characters."""
    out: list[Span] = []
    for span in spans:
        out.append(span._replace(text=span.text[skip:]))
        skip = max(0, skip - len(span.text))
    return tuple(out)


def title(path: str, line: int, width: int) -> str:
    """The file and the line, whole where there is room, else the name of the file."""
    name = path.rsplit("/", 1)[-1]
    return neutral(f"{path}:{line}" if width >= 80 and cell_len(path) <= width - 44 else f"{name}:{line}")


def missing(path: str, width: int) -> Row:
    return row(" ", cell(f"{neutral(path)} was not read" if path else "no configuration was read", width - 1))
