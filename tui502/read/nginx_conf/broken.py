"""A break in a file told to a person: the place to look at, which is seldom the place where nginx gave up."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui502.model.config import Directive, Problem, Source, Where
from tui502.read.nginx_conf.faults import Fault
from tui502.read.nginx_conf.lexer import lex
from tui502.text import neutral, shorten

_UNQUOTED_REPEAT = re.compile(rb"(?:^|[;{}\s])(?:location|if|rewrite|server_name)[ \t][^\n\"'#;{]*\{\d+(?:,\d*)?\}")
_NAME = re.compile(rb"[a-z][a-z0-9_]*\Z")


class Opened(NamedTuple):
    """A block that is still open: its name, where it starts, its `{`, the level it stands in and the data block around it."""

    name: str
    start: int
    opens: int
    level: list[Directive]
    block: str


def problem(source: Source, fault: Fault, opened: list[Opened]) -> Problem:
    """The problem that a fault is."""
    look, text = _look(source, fault, opened)
    line = source.line_at(look[0])
    named = source.line_at(fault.nginx)
    return Problem("syntax", source.file, Where(source.file, line, look[0], look[1], source.via), text, 0 if named == line else named)


def _look(source: Source, fault: Fault, opened: list[Opened]) -> tuple[tuple[int, int], str]:
    """The span to look at, and what to say of it."""
    data = source.data
    if fault.kind in ("unclosed", "close"):
        braces = _UNQUOTED_REPEAT.search(data)
        if fault.kind == "unclosed" and braces is not None:
            return braces.span(), 'a "{" ends a word: a regular expression with braces must stand in quotes'
        odd = _contradiction(data)
        if fault.kind == "close":
            at = odd.closes if odd is not None and odd.extra else fault.at
            return (at, at + 1), 'this "}" closes nothing'
        start, opens = (odd.start, odd.opens) if odd is not None and not odd.extra else (opened[-1].start, opened[-1].opens)
        return (start, opens + 1), f'the block "{_shown(data, start, opens)}" is not closed: its "}}" is missing'
    if fault.kind == "end" and data[fault.cause : fault.cause + 1] in (b'"', b"'"):
        end = data.find(b"\n", fault.cause)
        return (fault.cause, end if end > 0 else len(data)), "the quote opened here is not closed"
    if fault.kind in ("missing", "end"):
        first, last = _unfinished(data, fault)
        return (first, last), f'";" is missing after "{_shown(data, first, last)}"' if first < last else "the file ends too early"
    if fault.kind == "quote":
        return (fault.cause, fault.nginx), f"the quote ends where no space follows: {_shown(data, fault.cause, fault.nginx + 1)}"
    if fault.kind == "long":
        return (fault.at, fault.at + 1), "this is longer than nginx reads (4095 bytes): a closing quote is probably missing"
    if fault.kind == "deep":
        return (fault.at, fault.at + 1), "blocks are nested too deep to be read here"
    return (fault.nginx, fault.nginx + 1), f'unexpected "{data[fault.nginx : fault.nginx + 1].decode()}"'


def _shown(data: bytes, start: int, end: int) -> str:
    return shorten(neutral(b" ".join(data[start:end].split())), 60)


def _unfinished(data: bytes, fault: Fault) -> tuple[int, int]:
    """The span of the directive that lacks its `;`: up to the line before the first one that looks like a directive of its own."""
    words = [token for token in lex(data, _line_start(data, fault.at), 1) if token.kind in ("word", "bad") and token.start >= fault.at]
    inside = [token for token in words if token.start <= fault.cause]
    spans = [(token.start, token.end, token.line) for token in inside]
    if not spans:
        return fault.at, fault.at
    stop = _swallowed(data, spans)
    last = spans[stop - 1] if stop else spans[-1]
    return spans[0][0], min(last[1], len(data))


def missing_semicolon(directive: Directive) -> Where | None:
    """The part of a directive before the line that looks like a directive of its own (same indentation, a name in front), so that a `;` is
    probably missing there; None when it looks whole. nginx itself names the line where the `;` came at last, or an argument that it does not know."""
    spans = [(word.start, word.end, word.line) for word in directive.words]
    stop = _swallowed(directive.source.data, spans)
    return Where(directive.file, directive.line, spans[0][0], spans[stop - 1][1], directive.via) if stop else None


def _swallowed(data: bytes, spans: list[tuple[int, int, int]]) -> int:
    """The number of the word that begins a line, is named like a directive and stands no deeper than the first word; 0 if there is none."""
    indent = _indent(data, spans[0][0])
    for n, (start, end, line) in enumerate(spans[1:], 1):
        if line > spans[n - 1][2] and start - _line_start(data, start) == _indent(data, start) <= indent and _NAME.match(data[start:end]):
            return n
    return 0


class _Odd(NamedTuple):
    """A `}` whose indentation is not that of the line of its `{`: left of it (a `}` is missing before) or right of it (`extra`)."""

    start: int
    opens: int
    closes: int
    extra: bool


def _contradiction(data: bytes) -> _Odd | None:
    """The first `}` at the head of a line that is indented otherwise than the line on which its block starts."""
    stack: list[tuple[int, int]] = []
    first = -1
    for token in lex(data, 0, 1):
        if token.kind == "word" and first < 0:
            first = token.start
        elif token.kind == "{":
            stack.append((first if first >= 0 else token.start, token.start))
            first = -1
        elif token.kind == ";":
            first = -1
        elif token.kind == "}" and stack:
            start, opens = stack.pop()
            column, indent = token.start - _line_start(data, token.start), _indent(data, start)
            if column == _indent(data, token.start) and column != indent:
                return _Odd(start, opens, token.start, column > indent)
    return None


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _indent(data: bytes, at: int) -> int:
    """How many blanks stand at the head of the line of `at`."""
    start = _line_start(data, at)
    line = data[start : start + 200]
    return len(line) - len(line.lstrip(b" \t"))
