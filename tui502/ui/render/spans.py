"""Rows: text in spans, each with the role it plays. Widths are terminal cells."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len as cell_len
from rich.cells import set_cell_size


class Span(NamedTuple):
    """Text and its role (a name of `roles.STYLES`, '' for plain text)."""

    text: str
    role: str = ""


Row = tuple[Span, ...]
Part = str | Span | tuple[str, str]


def row(*parts: Part) -> Row:
    """A row of parts; a plain string has no role, empty parts vanish."""
    spans = (Span(part) if isinstance(part, str) else Span(*part) for part in parts)
    return tuple(span for span in spans if span.text)


def text_of(line: Row) -> str:
    return "".join(span.text for span in line)


def width_of(line: Row) -> int:
    return sum(cell_len(span.text) for span in line)


def cell(text: str, width: int) -> str:
    """`text` in exactly `width` cells: cut at its tail with "…", or padded."""
    if cell_len(text) <= width:
        return set_cell_size(text, max(0, width))
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def middle(text: str, width: int) -> str:
    """A path in at most `width` cells, its middle replaced by "…"."""
    if cell_len(text) <= width or width < 3:
        return text if cell_len(text) <= width else cell(text, width)
    tail = text[text.rfind("/") :] if "/" in text else text[-(width // 2) :]
    if cell_len(tail) > width - 2:
        return "…" + text[len(text) - (width - 1) :]
    return set_cell_size(text, width - 1 - cell_len(tail)) + "…" + tail


def fit(line: Row, width: int) -> Row:
    """The row in exactly `width` cells."""
    out: list[Span] = []
    left = width
    for n, span in enumerate(line):
        size = cell_len(span.text)
        if size > left or (size == left and n < len(line) - 1 and width_of(line[n + 1 :]) > 0):
            out.append(Span(cell(span.text if size > left else span.text + " ", left), span.role))
            return tuple(out)
        out.append(span)
        left -= size
    return (*out, Span(" " * left)) if left else tuple(out)


def ends(left: Row, right: Row, width: int) -> Row:
    """`left` at the left and `right` at the right edge; the left one is cut, and the right one goes when less than eight cells stay for the left."""
    size = width_of(right)
    if not size or width - size - 2 < min(8, width_of(left)):
        return fit(left, width)
    return (*fit(left, width - size), *right)


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks; a longer word is broken anywhere, nothing is lost."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        pieces = _pieces(word, width)
        lines += pieces[:-1]
        line = pieces[-1]
    return [*lines, line] if line or not lines else lines


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if cell_len(pieces[-1] + char) > max(1, width):
            pieces.append("")
        pieces[-1] += char
    return pieces


def labelled(label: str, text: str, width: int, at: int = 9, role: str = "") -> list[Row]:
    """A label in a column of `at` cells and the text beside it, wrapped."""
    lines = wrap(text, max(8, width - at))
    return [row((" " * at if n else cell(label, at)), (line, role)) for n, line in enumerate(lines)]
