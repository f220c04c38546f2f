"""A break in a file told to a person: the place to look at, which is seldom the place where nginx gave up."""

from __future__ import annotations

import re
from typing import NamedTuple

from tui502.model.config import Directive, Problem, Source, Where
from tui502.read.nginx_conf.faults import Fault
from tui502.read.nginx_conf.indentation import Odd, contradiction, indent, line_start
from tui502.read.nginx_conf.lexer import lex
from tui502.read.nginx_conf.misplaced import misplaced
from tui502.text import neutral, shorten

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
    if fault.kind == "unclosed":
        return _unclosed(source, opened)
    if fault.kind == "close":
        return _extra(source, fault)
    if fault.kind == "end" and data[fault.cause : fault.cause + 1] in (b'"', b"'"):
        end = data.find(b"\n", fault.cause)
        return (fault.cause, end if end > 0 else len(data)), "the quote opened here is not closed"
    if fault.kind in ("missing", "end"):
        first, last = unfinished(data, fault)
        return (first, last), f'";" is missing after "{_shown(data, first, last)}"' if first < last else "the file ends too early"
    if fault.kind == "quote":
        return (fault.cause, fault.nginx), f"the quote ends where no space follows: {_shown(data, fault.cause, fault.nginx + 1)}"
    if fault.kind == "long":
        what = "comment" if data[fault.at : fault.at + 1] == b"#" else "word"
        hint = ": a closing quote is probably missing" if what == "word" else ""
        return (fault.at, fault.at + 1), f"this {what} is longer than nginx reads (4095 bytes){hint}"
    if fault.kind == "deep":
        return (fault.at, fault.at + 1), "blocks are nested too deep to be read here"
    if fault.kind == "entry":
        return (fault.at, fault.nginx + 1), 'a "{" ends a word: a value with braces must stand in quotes'
    return (fault.nginx, fault.nginx + 1), f'unexpected "{data[fault.nginx : fault.nginx + 1].decode()}"'


def _unclosed(source: Source, opened: list[Opened]) -> tuple[tuple[int, int], str]:
    """The block whose `}` the indentation misses, where all else agrees with that; else the one in which a block stands that may not; else the innermost
    one that is open at the end."""
    data, odd, last = source.data, contradiction(source.data), opened[-1]
    wrong = misplaced(data) if odd is None or not odd.sure else None
    if wrong and wrong.start >= 0:
        before = f'its "}}" is missing before line {source.line_at(wrong.at)}, where "{_shown(data, wrong.at, _head_end(data, wrong.at))}" may not stand in it'
        return (wrong.start, wrong.brace + 1), f'the block "{_shown(data, wrong.start, wrong.brace)}" is not closed: {before}'
    if odd is None or (odd.sure and not odd.extra):
        start, opens = (odd.start, odd.opens) if odd else (last.start, last.opens)
        around = "" if odd or len(opened) == 1 else f", nor {'are the blocks' if len(opened) > 2 else 'is the block'} around it"
        return (start, opens + 1), f'the block "{_shown(data, start, opens)}" is not closed: its "}}" is missing{around}'
    return (last.start, last.opens + 1), f'a "}}" is missing: "{_shown(data, last.start, last.opens)}" is open at the end{_hint(source, odd)}'


def _extra(source: Source, fault: Fault) -> tuple[tuple[int, int], str]:
    """The `}` without which all else agrees with the indentation; else the one behind which a block stands too far outside; else the one at which nothing is
    open any more."""
    odd = contradiction(source.data)
    if odd and odd.extra and odd.sure:
        return (odd.closes, odd.closes + 1), 'this "}" closes too early, or nothing'
    wrong = misplaced(source.data)
    if wrong and wrong.start < 0:
        name = f'"{_shown(source.data, wrong.at, _head_end(source.data, wrong.at))}" of line {source.line_at(wrong.at)}'
        return (wrong.brace, wrong.brace + 1), f'this "}}" or one before it is too many: behind it, {name} stands outside of http'
    return (fault.at, fault.at + 1), f'this "}}" closes nothing{_hint(source, odd) if odd else ""}'


def _head_end(data: bytes, start: int) -> int:
    found = data.find(b"{", start)
    return found if found >= 0 else len(data)


def _hint(source: Source, odd: Odd) -> str:
    return f'; the "}}" of line {source.line_at(odd.closes)} is indented otherwise than its block'


def _shown(data: bytes, start: int, end: int) -> str:
    return shorten(neutral(b" ".join(data[start:end].split())), 60)


def unfinished(data: bytes, fault: Fault) -> tuple[int, int]:
    """The span of the directive that lacks its `;`: up to the line before the first one that looks like a directive of its own."""
    words = [token for token in lex(data, line_start(data, fault.at), 1) if token.kind in ("word", "bad") and token.start >= fault.at]
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
    deepest = indent(data, spans[0][0])
    for n, (start, end, line) in enumerate(spans[1:], 1):
        if line > spans[n - 1][2] and start - line_start(data, start) == indent(data, start) <= deepest and _NAME.match(data[start:end]):
            return n
    return 0
