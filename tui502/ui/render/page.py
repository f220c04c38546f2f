"""A file made ready for drawing: its lines, the words of a line in their roles. Only what is looked at is taken apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from tui502.read.memo import Memo
from tui502.read.nginx_conf import lex
from tui502.text import neutral
from tui502.ui.render.spans import Row, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui502.read import nginx_conf

_VARIABLE = re.compile(rb"\$(?:\w+|\{\w+\})")
LONGEST = 256 * 1024
"""Bytes of a Lua block, or of text that is in no directive, up to which they are highlighted."""

Token = tuple[int, int, str]
"""Start and end offset, and role ("directive", "variable", "comment", '')."""

_pages: Memo[Page] = Memo(8)


class Page:
    """`starts` are the offsets of the lines, `safe` those at which a directive begins, in order: there the lexer may begin as well as at the first byte."""

    def __init__(self, path: str, data: bytes, safe: Sequence[int] = ()) -> None:
        self.path = path
        self.data = data
        self.starts = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))][:-1]
        if len(self.starts) > 1 and self.starts[-1] == len(data):
            self.starts.pop()
        self._safe = safe if safe and not safe[0] else (0, *safe)
        self._lexed: dict[int, tuple[Token, ...]] = {}

    @property
    def lines(self) -> int:
        return len(self.starts)

    def end(self, n: int) -> int:
        """The offset behind line `n` (from 0) with its line feed."""
        return self.starts[n + 1] if n + 1 < len(self.starts) else len(self.data)

    def spans(self, n: int, most: int) -> Row:
        """Line `n` (from 0) as it stands in the file, at least its first `most` characters: neutral, tabs as eight blanks."""
        start, end = self.starts[n], self.end(n)
        end -= self.data[end - 1 : end] == b"\n" if end > start else 0
        return tuple(_spans(self.data, start, min(end, start + 4 * most), self._tokens(start, end)))

    def _tokens(self, start: int, end: int) -> Iterator[Token]:
        """The tokens that reach into these bytes."""
        n = max(0, bisect_right(self._safe, start) - 1)
        while n < len(self._safe) and (self._safe[n] < end or self._safe[n] == start):
            if n not in self._lexed:
                self._lexed[n] = self._lex(self._safe[n], self._safe[n + 1] if n + 1 < len(self._safe) else len(self.data))
            yield from self._lexed[n]
            n += 1

    def _lex(self, start: int, end: int) -> tuple[Token, ...]:
        """From one directive to the next."""
        raw = self.data[start : min(end, start + LONGEST)]
        return tuple((start + left, start + right, role) for left, right, role in roles(raw, lex(raw, 0, 1)))


def page(path: str, data: bytes, safe: Sequence[int]) -> Page:
    """The page of a file; the newest few are kept."""
    return _pages((path, data, safe), lambda: Page(path, data, safe))


def _spans(data: bytes, start: int, end: int, tokens: Iterable[Token]) -> Iterable[Span]:
    at = start
    for left, right, role in tokens:
        if left >= end:
            break
        if right <= at:
            continue
        if left > at:
            yield Span(_show(data[at:left]))
        yield Span(_show(data[max(left, at) : min(right, end)]), role)
        at = min(right, end)
    if at < end:
        yield Span(_show(data[at:end]))


def _show(raw: bytes) -> str:
    return neutral(raw.replace(b"\t", b"        "))


def roles(data: bytes, tokens: Iterable[nginx_conf.Token]) -> tuple[Token, ...]:
    """Offsets and roles of the lexer's tokens: the first word of a directive, variables inside words, comments."""
    out: list[Token] = []
    first = True
    for kind, start, end, _, quote in tokens:
        if kind == "comment":
            out.append((start, end, "comment"))
        elif kind == "lua":
            out += _lua(data[start:end], start)
        elif kind == "word":
            if first and not quote:
                out.append((start, end, "directive"))
            else:
                out += [(start + match.start(), start + match.end(), "variable") for match in _VARIABLE.finditer(data[start:end])]
            first = False
        else:
            first = True
    return tuple(out)


def _lua(text: bytes, at: int) -> list[Token]:
    """Roles of the text of a Lua block: its comments, and its keywords as directives."""
    if len(text) > LONGEST:
        return []
    from pygments.lexers.scripting import LuaLexer
    from pygments.token import Comment, Keyword

    out: list[Token] = []
    for start, kind, word in LuaLexer().get_tokens_unprocessed(text.decode("latin-1")):
        role = "comment" if kind in Comment else "directive" if kind in Keyword else ""
        if role:
            out.append((at + start, at + start + len(word), role))
    return out
