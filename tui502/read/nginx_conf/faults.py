"""Where and why nginx stops reading a file: the slow, exact look at the directive in which the fast pattern gave up."""

from __future__ import annotations

from typing import NamedTuple

from tui502.read.nginx_conf.lexer import BUFFER, Token, lex

_BLANK = b" \t\r\n"


class Fault(NamedTuple):
    """A break. kind "unclosed" (`cause` is the offset of the innermost `{`), "end" (the file ends inside a directive), "semicolon", "open",
    "close" (unexpected `;`, `{`, `}` with no word before), "entry" (a `{` in an entry of a map or the like), "missing" (a `}` after words: `;` is
    missing), "quote" (text right after a quoted word), "long", "deep" (more blocks inside each other than are read here). `at` is the offset of
    the break, `nginx` the offset whose line nginx names, `cause` where the thing begins that breaks."""

    kind: str
    at: int
    nginx: int
    cause: int


def fault_in(data: bytes, at: int, is_data: bool) -> Fault:
    """The break in the directive that begins at or behind `at`. `is_data`: it is an entry of a map or the like, where no `{` may stand."""
    seen: list[Token] = []
    for token in lex(data, at, 1):
        if token.kind == "word":
            seen.append(token)
            if token.quote and data[token.end : token.end + 1] not in (b"", b" ", b"\t", b"\r", b"\n", b";", b"{", b")"):
                return Fault("quote", token.start, token.end, token.start)
        elif token.kind in (";", "{", "}"):
            return _unexpected(token, seen, is_data)
        elif token.kind == "bad":
            return _unfinished(data, token)
    return Fault("end", seen[0].start if seen else len(data), len(data), seen[-1].start if seen else at)


def _unexpected(token: Token, seen: list[Token], is_data: bool) -> Fault:
    if token.kind == "}":
        return Fault("missing", seen[0].start, token.start, seen[-1].start) if seen else Fault("close", token.start, token.start, token.start)
    if seen and token.kind == "{" and is_data:
        return Fault("entry", seen[0].start, token.start, token.start)
    return Fault("semicolon" if token.kind == ";" else "open", token.start, token.start, token.start)


def _unfinished(data: bytes, token: Token) -> Fault:
    """An unclosed quote, or a backslash at the end: nginx gives up when its buffer is full, else at the end of the file."""
    if token.quote and len(data) - (token.start + 1) > BUFFER:
        return Fault("long", token.start, token.start, token.start)
    return Fault("end", token.start, len(data), token.start)


def too_long(data: bytes, start: int, end: int) -> Fault | None:
    """The first word or comment between two offsets that fills nginx's buffer, None if all fit.

    nginx counts from the word (behind its quote) up to the byte that ends it; a blank behind it counts too.
    """
    for token in lex(data[:end], start, 1):
        if token.kind not in ("word", "comment"):
            continue
        start = token.start + bool(token.quote)
        length = token.end - start
        following = data[token.end : token.end + 1]
        if (token.kind == "word" and following and following in _BLANK) or following == b"\r":
            length += 1
        if length >= BUFFER and len(data) > start + BUFFER:
            return Fault("long", token.start, token.start, token.start)
    return None
