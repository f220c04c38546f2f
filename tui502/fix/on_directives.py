"""Edits of whole directives: one taken out, others put behind it or at the end of its block, laid out as their neighbours are."""

from __future__ import annotations

import re

from tui502.fix.intended import of_tree
from tui502.fix.words import EditRefused
from tui502.model.config import Directive
from tui502.model.findings import Edit
from tui502.read.nginx_conf.lexer import tokens
from tui502.read.nginx_conf.tree import parse

_TRAILING = re.compile(rb"[ \t]*(?:#[^\r\n]*(?:\r(?!\n)[^\r\n]*)*)?(?=\r?\n|\Z)")
"""What may stand behind a directive that ends its line: blanks and a comment."""


def remove(data: bytes, directive: Directive) -> Edit:
    """Take a directive out: with its whole lines when nothing else is on them, else only itself. Comments above it stay."""
    start, end = directive.start, directive.end
    line, after = _line_start(data, start), _line_end(data, end)
    if not data[line:start].strip(b" \t") and not data[end:after].strip(b" \t\r"):
        start, end = line, min(after + 1, len(data))
        if after == len(data) and line:
            start -= 2 if data[line - 2 : line] == b"\r\n" else 1
    return Edit(directive.file, start, end, data[start:end], b"")


def insert_after(data: bytes, directive: Directive, text: str) -> Edit:
    """Put `text` (directives, one a line, without indentation; `fix.words.written` makes them) behind a directive: on the next line with its indentation,
    behind a comment that ends its line; on the same line where more directives follow or stand before. Raises EditRefused."""
    at, line = directive.end, _line_start(data, directive.start)
    trailing = _TRAILING.match(data, at)
    indent = data[line : directive.start]
    if trailing is None or indent.strip(b" \t"):
        return Edit(directive.file, at, at, b"", _laid_out(text, b" ", b""))
    return Edit(directive.file, trailing.end(), trailing.end(), b"", _laid_out(text, _eol(data) + indent, b""))


def append(data: bytes, block: Directive, text: str) -> Edit:
    """Put `text` (as for `insert_after`) at the end of a block: on lines of its own before the line of its `}`, on the same line when something else stands
    before the `}`. Raises EditRefused, also for what is no closed block."""
    close = block.end - 1
    if block.opens < 0 or block.lua is not None or data[close : block.end] != b"}" or close <= block.opens:
        raise EditRefused("this is no block with an end")
    line = _line_start(data, close)
    if data[line:close].strip(b" \t") or line <= block.opens:
        before = b"" if data[close - 1 : close] in (b" ", b"\t") else b" "
        return Edit(block.file, close, close, b"", before + _laid_out(text, b"", b" "))
    return Edit(block.file, line, line, b"", _laid_out(text, _inner_indent(data, block, data[line:close]), _eol(data)))


def _laid_out(text: str, before: bytes, after: bytes) -> bytes:
    """Each line of `text` between `before` and `after`. Raises EditRefused unless that says just what `text` does."""
    laid = b"".join(before + line.encode() + after for line in text.split("\n"))
    said, problems = parse("", text.encode())
    if problems or not said or any(token.kind == "comment" for token in tokens(laid)) or of_tree(said) != of_tree(parse("", laid)[0]):
        raise EditRefused("what is to be put in are no whole directives on lines of their own")
    return laid


def _inner_indent(data: bytes, block: Directive, closing: bytes) -> bytes:
    """The indentation of the last directive of a block that begins a line; else one step deeper than its `}`."""
    for child in reversed(block.children):
        head = data[_line_start(data, child.start) : child.start]
        if child.file == block.file and not head.strip(b" \t"):
            return head
    return closing + _step(data)


def _step(data: bytes) -> bytes:
    """One step of indentation: a tab where lines of the file begin with one, else as many blanks as the least indented line has."""
    if re.search(rb"(?m)^\t", data):
        return b"\t"
    return b" " * min((len(found[1]) for found in re.finditer(rb"(?m)^( {1,8})[^ \r\n#]", data)), default=4)


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end


def _eol(data: bytes) -> bytes:
    """The end of line that most lines of a file have."""
    return b"\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else b"\n"
