"""Edits on the spans of a configuration file: the smallest replacement of bytes, everything else untouched."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui502.fix.words import EditRefused, only_word, quoted
from tui502.model.config import Directive, Where
from tui502.model.findings import Edit
from tui502.read.routing.targets import address, host_part

__all__ = ["EditRefused", "append", "apply_edits", "check", "drop_word", "end_directive", "insert_after", "remove", "replace_address", "set_word"]

_SAFE_ADDRESS = re.compile(r"(?:unix:/[\w./@+-]+|\[[0-9a-fA-F:.]+\](?::\d{1,5})?|[\w.-]+(?::\d{1,5})?)\Z", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z]+://")


def set_word(data: bytes, where: Where, new: str) -> Edit:
    """Give the word at `where` the value `new`. Its quotes stay; one that had none gets them when the value needs them."""
    word = only_word(data, where)
    raw = quoted(new, word.quote)
    return Edit(where.file, where.start, where.end, data[where.start : where.end], raw)


def replace_address(data: bytes, where: Where, old: str, new: str) -> Edit:
    """Change the address inside the word at `where` ("127.0.0.1:3000", "http://127.0.0.1:3000/x", "http://unix:/run/a.sock:/x") from `old`, as nginx
    logs it, to `new`; scheme, URI and quotes stay. Raises EditRefused when the word does not hold that address."""
    if not _SAFE_ADDRESS.match(new):
        raise EditRefused("the new address has characters that no address has")
    word = only_word(data, where)
    start, end = where.start + bool(word.quote), where.end - bool(word.quote)
    text = data[start:end].decode("latin-1")
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    has_uri = scheme is not None and scheme[0].lower() in ("http://", "https://")
    place = host_part(rest, has_uri)
    found = address(place, 443 if scheme and scheme[0].lower() == "https://" else 80)
    if found is None or old not in (found.text, place):
        raise EditRefused("the address to change is not written there")
    at = start + len(text) - len(rest)
    behind = rest[len(place) :]
    if has_uri and found.path and behind.startswith(":") and not new.startswith("unix:"):
        return Edit(where.file, at, at + len(place) + 1, (place + ":").encode("latin-1"), new.encode())
    if has_uri and behind and not found.path and new.startswith("unix:"):
        new += ":"
    return Edit(where.file, at, at + len(place), place.encode("latin-1"), new.encode())


def drop_word(data: bytes, where: Where) -> Edit:
    """Take the word at `where`, a parameter of a directive, out with the blanks before it."""
    only_word(data, where)
    start = len(data[: where.start].rstrip(b" \t\r\n"))
    if start == where.start:
        raise EditRefused("no blank stands before the word")
    return Edit(where.file, start, where.end, data[start : where.end], b"")


def end_directive(where: Where) -> Edit:
    """Put the `;` that is missing behind the words at `where`."""
    return Edit(where.file, where.end, where.end, b"", b";")


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
    """Put `text` (directives, one a line, without indentation) behind a directive: on the next line with its indentation, behind a comment
    that ends its line; on the same line where more directives follow or stand before."""
    at, line = directive.end, _line_start(data, directive.start)
    trailing = re.compile(rb"[ \t]*(?:#[^\r\n]*(?:\r(?!\n)[^\r\n]*)*)?(?=\r?\n|\Z)").match(data, at)
    indent = data[line : directive.start]
    if trailing is None or indent.strip(b" \t"):
        return Edit(directive.file, at, at, b"", b" " + text.replace("\n", " ").encode())
    eol = _eol(data)
    new = b"".join(eol + indent + one.encode() for one in text.split("\n"))
    return Edit(directive.file, trailing.end(), trailing.end(), b"", new)


def append(data: bytes, block: Directive, text: str) -> Edit:
    """Put `text` (directives, one a line, without indentation) at the end of a block: on lines of its own before the line of its `}`,
    on the same line when something else stands before the `}`. Raises EditRefused for what is no closed block."""
    close = block.end - 1
    if block.opens < 0 or data[close : block.end] != b"}" or close <= block.opens:
        raise EditRefused("this is no block with an end")
    line = _line_start(data, close)
    if data[line:close].strip(b" \t") or line <= block.opens:
        before = b"" if data[close - 1 : close] in (b" ", b"\t") else b" "
        return Edit(block.file, close, close, b"", before + text.replace("\n", " ").encode() + b" ")
    indent, eol = _inner_indent(data, block, data[line:close]), _eol(data)
    return Edit(block.file, line, line, b"", b"".join(indent + one.encode() + eol for one in text.split("\n")))


def _inner_indent(data: bytes, block: Directive, closing: bytes) -> bytes:
    """The indentation of the last directive of a block that begins a line; else one step deeper than its `}`."""
    for child in reversed(block.children):
        head = data[_line_start(data, child.start) : child.start]
        if child.file == block.file and not head.strip(b" \t"):
            return head
    return closing + (b"\t" if re.search(rb"(?m)^\t", data) else b"    ")


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end


def _eol(data: bytes) -> bytes:
    """The end of line that most lines of a file have."""
    return b"\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else b"\n"


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes after all edits, which belong to one file. Raises EditRefused when they overlap or the bytes to replace are not those named."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    parts: list[bytes] = []
    at = 0
    for edit in ordered:
        if not at <= edit.start <= edit.end <= len(data):
            raise EditRefused("two edits touch the same bytes" if edit.start < at else "an edit lies outside the file")
        if data[edit.start : edit.end] != edit.old:
            raise EditRefused("the bytes to replace are not there any more")
        parts += (data[at : edit.start], edit.new)
        at = edit.end
    return b"".join((*parts, data[at:]))


def check(before: bytes, after: bytes, edits: Iterable[Edit]) -> None:
    """Raise EditRefused unless `after` reads as `before` with exactly the edited words or directives changed."""
    from tui502.fix import ini
    from tui502.fix.check import compare
    from tui502.read.ini import is_ini

    if is_ini(before):
        ini.compare(before, after, tuple(sorted(edits, key=lambda edit: (edit.start, edit.end))))
        return
    compare(before, after, tuple(sorted(edits, key=lambda edit: (edit.start, edit.end))))
