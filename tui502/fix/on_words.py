"""Edits of words: the bytes of one word, of one address inside a word, of one argument more or less."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from tui502.fix.words import EditRefused, only_word, quoted
from tui502.model.config import Directive, Where
from tui502.model.findings import Edit
from tui502.read.routing.targets import address, host_part

_SAFE_ADDRESS = re.compile(r"(?:unix:/[\w./@+-]+|\[[0-9a-fA-F:.]+\](?::\d{1,5})?|[\w.-]+(?::\d{1,5})?)\Z", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z]+://")


def set_word(data: bytes, where: Where, new: str) -> Edit:
    """Give the word at `where` the value `new`. Its quotes stay; one that had none gets them when the value needs them."""
    word = only_word(data, where)
    return Edit(where.file, where.start, where.end, data[where.start : where.end], quoted(new, word.quote, data[where.end : where.end + 1]))


def set_args(data: bytes, directive: Directive, values: Sequence[str]) -> tuple[Edit, ...]:
    """Give a directive these arguments: words that differ are replaced, those too many go, those too few are put behind the last one. None where
    nothing differs."""
    edits: list[Edit] = []
    for n, (old, new) in enumerate(zip_longest(directive.args, values), 1):
        if new is None:
            edits.append(drop_word(data, directive.where_of(n)))
        elif old is not None and old != new:
            edits.append(set_word(data, directive.where_of(n), new))
    more = values[len(directive.args) :]
    return (*edits, *((add_words(data, directive, *more),) if more else ()))


def add_words(data: bytes, directive: Directive, *values: str) -> Edit:
    """Put arguments behind the last word of a directive, one blank before each."""
    where = directive.where_of(len(directive.words) - 1)
    only_word(data, where)
    return Edit(where.file, where.end, where.end, b"", b"".join(b" " + quoted(value, "", data[where.end : where.end + 1]) for value in values))


def drop_word(data: bytes, where: Where) -> Edit:
    """Take the word at `where`, an argument of a directive, out with the blanks before it; behind a comment the end of its line stays."""
    only_word(data, where)
    start = len(data[: where.start].rstrip(b" \t\r\n"))
    if start == where.start:
        raise EditRefused("no blank stands before the word")
    line = data.rfind(b"\n", 0, start) + 1
    if start <= data.rfind(b"\n", 0, where.start) and b"#" in data[line:start]:
        start = len(data[: where.start].rstrip(b" \t"))
    return Edit(where.file, start, where.end, data[start : where.end], b"")


def end_directive(where: Where) -> Edit:
    """Put the `;` that is missing behind the words at `where`."""
    return Edit(where.file, where.end, where.end, b"", b";")


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
