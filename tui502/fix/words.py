"""Words to be written: which need quotes, and how a value stands between them."""

from __future__ import annotations

import re

from tui502.model.config import Source, Where, Word
from tui502.read.nginx_conf.lexer import words

LONGEST = 4000
"""Bytes of the longest word that is written; nginx reads 4095 at most."""

_NEEDS_QUOTES = re.compile(r"[ \t\r\n;{}\"'\\#]|\A\Z|\$\Z")
"""A `$` at the end would take a `{` behind the word for its own."""


class EditRefused(Exception):
    """An edit that would not do what it is meant to do; the text says why, for a person."""


def quoted(value: str, quote: str) -> bytes:
    """A word with this value: between `quote` ('' for none) or, where it needs them, double quotes. Raises EditRefused for what no word can hold."""
    if "\0" in value:
        raise EditRefused("a value cannot hold a zero byte")
    try:
        plain = value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EditRefused("the value is not text") from error
    quote = quote or ('"' if _NEEDS_QUOTES.search(value) else "")
    if quote:
        mark = quote.encode()
        plain = mark + plain.replace(b"\\", b"\\\\").replace(mark, b"\\" + mark) + mark
    if len(plain) > LONGEST:
        raise EditRefused("the value is longer than nginx reads")
    return plain


def only_word(data: bytes, where: Where) -> Word:
    """The word that takes exactly the span `where`. Raises EditRefused when there is none."""
    found = words(Source(where.file, data, where.via, words), where.start, where.end) if 0 <= where.start < where.end <= len(data) else ()
    if len(found) != 1 or (found[0].start, found[0].end) != (where.start, where.end):
        raise EditRefused("there is no word at the place to change")
    return found[0]
