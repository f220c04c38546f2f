"""nginx's lexical rules on bytes. White space is space, tab, CR, LF and nothing else; a word ends at white space, `;` or `{`.

The patterns are written so that none of them can go back over a choice: what follows a repetition never fails, or fails at its first byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tui502.model.config import Source, Word

BUFFER = 4096
"""Size in bytes of nginx's read buffer (NGX_CONF_BUFFER): a word or comment that fills it is "too long"."""

_SKIP = rb"[ \t\r\n]*(?:#[^\n]*(?:\n|\Z)[ \t\r\n]*)*"
_DOUBLE = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_SINGLE = rb"'[^'\\]*(?:\\.[^'\\]*)*'"
_BARE = rb"""(?:[^ \t\r\n;{}"'#\\$]|\\.|\$\{*)[^ \t\r\n;{\\$]*(?:(?:\\.|\$\{*)[^ \t\r\n;{\\$]*)*"""
_AFTER_QUOTE = rb"(?=[ \t\r\n;{)])"
_WORD = b"(?:" + _BARE + b"|" + _DOUBLE + _AFTER_QUOTE + b"|" + _SINGLE + _AFTER_QUOTE + b")"

DIRECTIVE = re.compile(_SKIP + b"(?:(" + _WORD + b")(?:" + _SKIP + _WORD + b")*)?" + _SKIP + b"([;{}]?)", re.S)
"""All words up to the byte that ends them: group 1 is the first word (or None), group 2 is `;`, `{`, `}` or empty where the text breaks. Always matches."""

_WORDS = re.compile(b"#[^\n]*|(" + _BARE + b"|" + _DOUBLE + b"|" + _SINGLE + b")", re.S)
_TOKEN = re.compile(b"[ \t\r\n]+|(#[^\n]*)|(" + _BARE + b"|" + _DOUBLE + b"|" + _SINGLE + b")|([;{}])", re.S)
_ESCAPE = re.compile(rb"""\\(["'\\trn])""")
_ESCAPED = {b"t": b"\t", b"r": b"\r", b"n": b"\n"}
_LUA = re.compile(rb"""--\[(=*)\[|--[^\n]*|\[(=*)\[|(["'])|[{}]""")
_LUA_STRING = {b'"': re.compile(_DOUBLE, re.S), b"'": re.compile(_SINGLE, re.S)}


class Token(NamedTuple):
    """A token: kind "word", "comment", ";", "{", "}", "lua" (text between the braces of a Lua block) or "bad" (an unclosed quote or a
    backslash at the end, up to the end of the file). Between tokens there is white space only; the CR of a CR LF belongs to no comment."""

    kind: str
    start: int
    end: int
    line: int
    quote: str


def value(raw: bytes) -> bytes:
    """What nginx makes of a word: quotes dropped, `\\"` `\\'` `\\\\` and `\\t` `\\r` `\\n` resolved, other backslashes kept."""
    if raw[:1] in (b'"', b"'"):
        raw = raw[1:-1]
    return _ESCAPE.sub(_escaped, raw) if b"\\" in raw else raw


def _escaped(match: re.Match[bytes]) -> bytes:
    char = match.group(1)
    return _ESCAPED.get(char, char)


def text_of(raw: bytes) -> str:
    """The value of a raw word as text; bytes that are no UTF-8 become U+FFFD."""
    return value(raw).decode("utf-8", "replace")


def words(source: Source, start: int, stop: int) -> tuple[Word, ...]:
    """The words in the bytes [start, stop) of one directive: from its first word to its `;` or `{`."""
    data, found = source.data, []
    for match in _WORDS.finditer(data, start, stop):
        raw = match.group(1)
        if raw is not None:
            quote = raw[:1].decode() if raw[:1] in (b'"', b"'") else ""
            found.append(Word(match.start(), match.end(), source.line_at(match.start()), quote, text_of(raw)))
    return tuple(found)


def tokens(data: bytes) -> list[Token]:
    """All tokens of a file, comments included, in order. Text that nginx would refuse is cut as well as can be; nothing is left out."""
    return list(lex(data, 0, 1))


def lex(data: bytes, at: int, line: int) -> Iterator[Token]:
    """The tokens from offset `at` on, which stands in line `line` and outside any directive."""
    first, counted, name = True, at, b""
    while at < len(data):
        match = _TOKEN.match(data, at)
        line += data.count(b"\n", counted, at)
        counted = at
        if match is None:
            yield Token("bad", at, len(data), line, data[at : at + 1].decode("ascii") if data[at : at + 1] in (b'"', b"'") else "")
            return
        kind, at = match.lastindex, match.end()
        if kind == 1:
            at -= data[at - 1 : at + 1] == b"\r\n"
            yield Token("comment", match.start(), at, line, "")
        elif kind == 2:
            raw = match.group(2)
            name, first = (raw if first else name), False
            yield Token("word", match.start(), at, line, raw[:1].decode() if raw[:1] in (b'"', b"'") else "")
        elif kind == 3:
            mark = match.group(3).decode()
            yield Token(mark, match.start(), at, line, "")
            if mark == "{" and not first and name.endswith(b"_by_lua_block"):
                close = lua_end(data, at)
                yield Token("lua", at, close if close >= 0 else len(data), line, "")
                at = close if close >= 0 else len(data)
            first = True


def lua_end(data: bytes, at: int) -> int:
    """The offset of the `}` that closes a Lua block whose text begins at `at`; -1 when a brace, string, comment or long bracket is not closed."""
    depth = 1
    while (match := _LUA.search(data, at)) is not None:
        at, raw = match.end(), match.group()
        level = match.group(1) if match.group(1) is not None else match.group(2)
        if level is not None:
            close = data.find(b"]" + level + b"]", at)
            at = close + len(level) + 2
            if close < 0:
                return -1
        elif match.group(3):
            string = _LUA_STRING[raw].match(data, match.start())
            if string is None:
                return -1
            at = string.end()
        elif raw in (b"{", b"}"):
            depth += 1 if raw == b"{" else -1
            if depth == 0:
                return match.start()
    return -1
