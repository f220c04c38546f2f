"""A log format cut where no value of a variable can reach across, and which of its variables can be told from their neighbours.

nginx escapes a double quote and control characters in values (`escape=default`, which also escapes what is not ASCII, and `escape=json`), so these, written in
the format itself, hold the line apart whatever clients send. Between two of them a variable is told where only one reading is possible: from the left as
long as each has a shape that ends where the text behind it begins, the same from the right, and one of any shape between both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tui502.read.access_log.variables import SHAPES, Shape

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.A)
_HARD = {"default": re.compile(r'(["\x00-\x1f\x7f-\U0010ffff]+)'), "json": re.compile(r'(["\x00-\x1f]+)')}
_ANY = {
    "default": rb'[^"\x00-\x1f\x7f-\xff]*',
    "json": rb'[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*',
    "none": rb"[^\n]*",
}


class Piece(NamedTuple):
    """A part of the pattern of a line: that of a variable (`name`, '' where it cannot be told, or is text of the format)."""

    name: str
    pattern: bytes


class _Segment(NamedTuple):
    """`texts` stand around the variables `names`: one more of them than of these."""

    texts: list[str]
    names: list[str]


def pieces(escape: str, text: str) -> tuple[Piece, ...]:
    """The pattern of a line of this format, in pieces."""
    if escape == "json" and "\\" in _VARIABLE.sub("", text):
        escape, hard = "none", None  # a backslash of the format's own may stand before a quote, and look like one of a value
    else:
        hard = _HARD.get(escape)
    return tuple(piece for part in _cut(text, hard) for piece in _pieces(part, escape))


def _cut(text: str, hard: re.Pattern[str] | None) -> Iterator[_Segment | str]:
    """The segments of a format, and what holds them apart."""
    segment = _Segment([""], [])
    at = 0
    for found in (*_VARIABLE.finditer(text), None):
        literal = text[at : found.start() if found else len(text)]
        for n, part in enumerate(hard.split(literal) if hard else [literal]):
            if n % 2:
                yield segment
                yield part
                segment = _Segment([""], [])
            else:
                segment.texts[-1] += part
        if found:
            segment.names.append(found[1] or found[2])
            segment.texts.append("")
            at = found.end()
    yield segment


def _pieces(part: _Segment | str, escape: str) -> Iterator[Piece]:
    if isinstance(part, str):
        yield Piece("", re.escape(part.encode()))
        return
    first, last = _from_left(part, escape), _from_right(part, escape)
    last = max(first, last)
    for n, name in enumerate(part.names):
        if first < n < last:
            continue
        yield Piece("", re.escape(part.texts[n].encode()))
        if n < first or n >= last:
            yield Piece(name, SHAPES[name].written(escape))
        elif last - first == 1:
            yield Piece(name, SHAPES[name].written(escape) if name in SHAPES else _ANY[escape])
        else:
            yield Piece("", _ANY[escape])
    yield Piece("", re.escape(part.texts[-1].encode()))


def _from_left(part: _Segment, escape: str) -> int:
    """How many variables can be told from the left."""
    for n, name in enumerate(part.names):
        shape = SHAPES.get(name)
        after = part.names[n + 1] if n + 1 < len(part.names) else ""
        if shape is None or not _ends(shape, escape, part.texts[n + 1], last=not after, any_follows=bool(after) and after not in SHAPES):
            return n
    return len(part.names)


def _ends(shape: Shape, escape: str, text: str, *, last: bool, any_follows: bool) -> bool:
    """Is it certain where a value of this shape ends, before `text`?"""
    if shape.exact or not text:
        return shape.exact or last
    if text[0] in shape.letters(escape):
        return False
    return not shape.several or not (text.startswith((",", " :")) or (text == " " and any_follows))


def _from_right(part: _Segment, escape: str) -> int:
    """The number of the first of the variables that can be told from the right."""
    for n in range(len(part.names) - 1, -1, -1):
        shape, text = SHAPES.get(part.names[n]), part.texts[n]
        letters = shape.letters(escape) | frozenset(", :" if shape.several else "") if shape else frozenset()
        if shape is None or not (shape.exact or (text[-1] not in letters if text else n == 0)):
            return n + 1
    return 0
