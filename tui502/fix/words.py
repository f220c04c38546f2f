"""Words to be written: which need quotes, and how a value stands between them."""

from __future__ import annotations

import re

from tui502.model.config import Source, Where, Word
from tui502.read.nginx_conf.lexer import value, words

LONGEST = 4000
"""Bytes of the longest word that is written; nginx reads 4095 at most."""

_NEEDS_QUOTES = re.compile(rb"[ \t\r\n;{}\"'#]|\A\Z|\\\Z")
"""A backslash at the end would take whatever comes."""

_ESCAPES = re.compile(rb"\\(?=[\\\"'trn]|\Z)")
"""A backslash that would not stand for itself; others, as in regular expressions, are left as they are."""


class EditRefused(Exception):
    """An edit that would not do what it is meant to do; the text says why, for a person."""


def quoted(text: str, quote: str = "", behind: bytes = b"") -> bytes:
    """A word with this value: between `quote` ('' for none) or, where it needs them (or where a no-break space and its like would deceive a person), double
    quotes. `behind` is the byte that will follow it: a `$` at its end would take a `{` for its own. Raises EditRefused for what no word can hold."""
    if "\0" in text:
        raise EditRefused("a value cannot hold a zero byte")
    try:
        plain = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EditRefused("the value is not text") from error
    raw = plain
    needs = _NEEDS_QUOTES.search(plain) or value(plain) != plain or any(char.isspace() for char in text) or (text[-1:] == "$" and behind == b"{")
    if quote or needs:
        mark = (quote or '"').encode()
        raw = mark + _ESCAPES.sub(rb"\\\\", plain).replace(mark, b"\\" + mark) + mark
    if len(raw) > LONGEST:
        raise EditRefused("the value is longer than nginx reads")
    return raw


def written(name: str, *arguments: str) -> str:
    """A simple directive with these words, quoted where nginx needs it. Raises EditRefused."""
    return b" ".join(quoted(word) for word in (name, *arguments)).decode() + ";"


def only_word(data: bytes, where: Where) -> Word:
    """The word that takes exactly the span `where`. Raises EditRefused when there is none."""
    found = words(Source(where.file, data, where.via, words), where.start, where.end) if 0 <= where.start < where.end <= len(data) else ()
    if len(found) != 1 or (found[0].start, found[0].end) != (where.start, where.end):
        raise EditRefused("there is no word at the place to change")
    return found[0]
