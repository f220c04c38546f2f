"""Which brace is one too few or too many, told by the indentation: the parser itself notices only at the end of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui502.read.nginx_conf.lexer import lex


class Odd(NamedTuple):
    """A `}` whose indentation is not that of the line of its `{`: left of it (a `}` is missing before) or right of it (`extra`).
    `sure`: with that one brace mended everything else agrees with its indentation."""

    start: int
    opens: int
    closes: int
    extra: bool
    sure: bool


class Brace(NamedTuple):
    """A brace: its offset, whether it opens, where its block begins (of a `}`: itself), and the indentation of that line, -1 for a `}` inside a line."""

    at: int
    opens: bool
    start: int
    indent: int


def contradiction(data: bytes) -> Odd | None:
    """The first `}` at the head of a line that is indented otherwise than the line on which its block starts."""
    stack: list[Brace] = []
    found: Odd | None = None
    for brace in braces(data):
        if brace.opens:
            stack.append(brace)
            continue
        if not stack:
            return found._replace(sure=False) if found else None
        block = stack.pop()
        if brace.indent in (-1, block.indent):
            continue
        if found:
            return found._replace(sure=False)
        found = Odd(block.start, block.at, brace.at, brace.indent > block.indent, True)
        if found.extra:
            stack.append(block)
        elif stack and stack[-1].indent == brace.indent:
            stack.pop()
        else:
            return found._replace(sure=False)
    return found._replace(sure=not stack) if found else None


def braces(data: bytes) -> Iterator[Brace]:
    """The braces of a file, in order."""
    first = -1
    for token in lex(data, 0, 1):
        if token.kind == "word" and first < 0:
            first = token.start
        elif token.kind == "{":
            start = first if first >= 0 else token.start
            yield Brace(token.start, True, start, indent(data, start))
        elif token.kind == "}":
            at_head = token.start - line_start(data, token.start) == indent(data, token.start)
            yield Brace(token.start, False, token.start, indent(data, token.start) if at_head else -1)
        if token.kind in (";", "{", "}"):
            first = -1


def line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def indent(data: bytes, at: int) -> int:
    """How many blanks stand at the head of the line of `at`."""
    start = line_start(data, at)
    line = data[start : start + 200]
    return len(line) - len(line.lstrip(b" \t"))
