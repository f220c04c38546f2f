"""Hits of a search in rows that are drawn."""

from __future__ import annotations

import re
from itertools import pairwise

from tui502.ui.render.spans import Row, Span, text_of

HIT = " hit"
"""Added to the role of text that a search has found."""


def marked(line: Row, pattern: re.Pattern[str]) -> Row:
    """The row with its hits marked: each part keeps its role."""
    hits = [found.span() for found in pattern.finditer(text_of(line)) if found.end() > found.start()]
    if not hits:
        return line
    out: list[Span] = []
    at = 0
    for text, role in line:
        cuts = sorted({0, len(text), *(edge - at for hit in hits for edge in hit if 0 < edge - at < len(text))})
        for start, end in pairwise(cuts):
            hit = any(left <= at + start < right for left, right in hits)
            out.append(Span(text[start:end], role + HIT if hit else role))
        at += len(text)
    return tuple(out)
