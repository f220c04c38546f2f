"""Words that stand where a directive begins and can be none: nginx calls them unknown, and what is wrong is mostly a byte that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tui502.model.config import Directive, Problem, Source, Where
from tui502.text import neutral, shorten

NAME = re.compile("[A-Za-z0-9_]+\\Z")
"""All that the names of nginx's and other modules' directives are made of."""

_PLAIN = frozenset(("", "events", "http", "stream", "mail", "server", "location", "upstream", "if", "limit_except"))
"""Blocks in which every line begins with a directive. Modules may put data into blocks of their own."""

_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\f\v]")
_BOM = "\ufeff"
_REPEAT = re.compile(r"\d+(?:,\d*)?\}")


def odd_name(source: Source, block: str, directives: Iterable[Directive]) -> Problem | None:
    """The first such word of a file that is included inside of `block` ('' for none)."""
    for node, parent in _below(directives, None):
        if node.source is not source or node.data or NAME.match(node.name):
            continue
        if parent and parent.opens + 1 == node.start and _REPEAT.match(node.name):
            return _cut(parent, node)
        if (parent.name if parent else block) in _PLAIN:
            return _at(source, "name", (node.start, node.words[0].end), _head_end(node), _text(node.name, node.start))
    return None


def _below(directives: Iterable[Directive], parent: Directive | None) -> Iterator[tuple[Directive, Directive | None]]:
    """Every directive with the one around it, in file order."""
    stack = [(iter(directives), parent)]
    while stack:
        level, around = stack[-1]
        for node in level:
            yield node, around
            if node.children:
                stack.append((iter(node.children), node))
                break
        else:
            stack.pop()


def _cut(block: Directive, rest: Directive) -> Problem:
    """The rest of a repetition like `a{2}$`, whose `{` nginx takes for the begin of a block."""
    text = 'a "{" ends a word: a regular expression with braces must stand in quotes'
    named = _head_end(rest) if block.name in _PLAIN else block.opens
    return _at(block.source, "syntax", (block.start, rest.words[0].end), named, text)


def _head_end(node: Directive) -> int:
    return node.opens if node.opens >= 0 else node.end - 1


def _at(source: Source, kind: str, span: tuple[int, int], named: int, text: str) -> Problem:
    line, nginx_line = source.line_at(span[0]), source.line_at(named)
    return Problem(kind, source.file, Where(source.file, line, *span, source.via), text, 0 if nginx_line == line else nginx_line)


def _text(name: str, start: int) -> str:
    if name.startswith(_BOM) and not start:
        return "the file begins with a byte order mark (U+FEFF), which nginx takes for a part of the first word"
    if blank := _BLANKS.search(name):
        shown = shorten(neutral(_BLANKS.sub(lambda found: _named(found[0]), name)), 40)
        return f'{_named(blank[0])[1:-1]} looks like a blank, but nginx takes it for a part of the word: "{shown}"'
    return f'"{shorten(neutral(name), 40)}" can be no directive'


def _named(char: str) -> str:
    return f"<U+{ord(char):04X}>"
