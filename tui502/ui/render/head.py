"""The head: status, state with its sentence, since, how known, NEXT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.render.spans import Row, cell, cell_len, ends, fit, row, wrap

if TYPE_CHECKING:
    from tui502.report.verdict import Head


class First(NamedTuple):
    """The head before the first incident; the fields are those of `report.verdict.Head`."""

    status: str = ""
    word: str = "LOOKING"
    sentence: str = "the newest lines of the error log stand below; nginx, its configuration and its backends are looked at"
    since: str = "not known yet"
    known_word: str = "SO FAR"
    known: str = "nothing is proven, so no cause is named"
    next: str = "wait, or q  quit"
    rate: str = ""


_AT = 10
_KEY = re.compile(r"(?:^|(?<= · )|(?<=, or )|(?<= or )|(?<=\()|(?<=\(or ))(\S{1,5})(?=  )")
ASKING = "y  apply · any other key  no, nothing is changed"
"""NEXT while the question is open."""


def rows(head: Head | First, width: int, height: int, asking: bool = False) -> list[Row]:
    """Exactly `height` rows: 5 give the sentence one row, 6 two, 7 three."""
    sentence = _sentence(neutral(head.sentence), width - _AT, height - 4)
    known_word = neutral(head.known_word) or "SO FAR"
    return [
        ends(row(" ", neutral(head.status)), row("  ", neutral(head.rate), " "), width),
        fit(row((neutral(head.word), "word"), " " * max(1, _AT - cell_len(head.word)), sentence[0]), width),
        *(fit(row(" " * _AT, line), width) for line in sentence[1:]),
        fit(row(cell("SINCE", _AT), neutral(head.since)), width),
        fit(row(cell(known_word, _AT), neutral(head.known)), width),
        fit(row(cell("NEXT", _AT), *_next(ASKING if asking else neutral(head.next))), width),
    ]


def _sentence(text: str, width: int, lines: int) -> list[str]:
    found = wrap(text, width)
    if len(found) > lines:
        found = [*found[: lines - 1], cell(" ".join(found[lines - 1 :]), width)]
    return found + [""] * (lines - len(found))


def _next(text: str) -> Row:
    """A key stands before two blanks, at the start or after " · " or " or "; it is bold."""
    out: list[tuple[str, str]] = []
    at = 0
    for match in _KEY.finditer(text):
        out += [(text[at : match.start(1)], ""), (match.group(1), "key")]
        at = match.end(1)
    return row(*out, text[at:])
