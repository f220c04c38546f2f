"""The proof that an edit changed what it was meant to change: both texts are read again and compared token by token."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from tui502.fix.words import EditRefused
from tui502.model.findings import Edit
from tui502.read.nginx_conf.lexer import Token, text_of, tokens
from tui502.read.nginx_conf.tree import parse

_SECOND_OPINION = 1024 * 1024
"""Bytes of the largest file that crossplane is asked about too (it reads about 2 MB a second)."""


class _Touched(NamedTuple):
    """The tokens that an edit touches, the one before them, and whether that is an argument."""

    tokens: tuple[Token, ...]
    previous: Token | None
    argument: bool


def compare(before: bytes, after: bytes, edits: tuple[Edit, ...]) -> None:
    """Raise EditRefused unless only the tokens touched by the edits (sorted by place) differ, and structure and comments stay."""
    broken, still = parse("", before)[1], parse("", after)[1]
    if broken:
        if still and still[0].where and broken[0].where and still[0].where.start < broken[0].where.start:
            raise EditRefused("the file would break earlier than it does now")
        return
    if still:
        raise EditRefused(f"the file could not be read any more: {still[0].text}")
    old_spans = [(edit.start, edit.end) for edit in edits]
    old_rest, old = _parts(tokens(before), old_spans)
    new_rest, new = _parts(tokens(after), _shifted(edits))
    if _raw(before, old_rest) != _raw(after, new_rest):
        raise EditRefused("the edit would change its neighbours")
    for was, now in zip(old, new, strict=True):
        _same_shape(was, now)
    if len(after) <= _SECOND_OPINION and _agrees(before) and not _agrees(after):
        raise EditRefused("another parser reads the result otherwise")


def _shifted(edits: Sequence[Edit]) -> list[tuple[int, int]]:
    """Where the replacements stand afterwards."""
    spans: list[tuple[int, int]] = []
    moved = 0
    for edit in edits:
        spans.append((edit.start + moved, edit.start + moved + len(edit.new)))
        moved += len(edit.new) - (edit.end - edit.start)
    return spans


def _parts(found: list[Token], spans: Sequence[tuple[int, int]]) -> tuple[list[Token], list[_Touched]]:
    """The tokens that no span touches, and for each span those that it does. Spans are sorted and do not overlap."""
    rest: list[Token] = []
    touched: list[list[Token]] = [[] for _ in spans]
    previous: list[Token | None] = [None for _ in spans]
    arguments = [False for _ in spans]
    n = 0
    for token in found:
        while n < len(spans) and spans[n][1] <= token.start and not (spans[n][0] < token.end and spans[n][1] > token.start):
            n += 1
        hit = [k for k in range(n, len(spans)) if spans[k][0] < token.end and spans[k][1] > token.start]
        inside = [k for k in range(n, len(spans)) if token.start < spans[k][0] == spans[k][1] < token.end]
        for k in (hit or inside)[:1]:
            touched[k].append(token)
        if not hit and not inside:
            rest.append(token)
            if token.kind != "comment":
                for k in range(n, len(spans)):
                    if spans[k][0] >= token.end:
                        last = previous[k]
                        arguments[k] = token.kind == "word" and last is not None and last.kind == "word"
                        previous[k] = token
    return rest, [_Touched(tuple(one), before, argument) for one, before, argument in zip(touched, previous, arguments, strict=True)]


def _raw(data: bytes, found: Sequence[Token]) -> list[tuple[str, bytes]]:
    return [(token.kind, data[token.start : token.end]) for token in found]


def _same_shape(was: _Touched, now: _Touched) -> None:
    """Words become as many words; a parameter behind the first may go; a `;` may come behind an argument; whole directives become whole directives or nothing;
    nothing becomes whole directives. Comments may go only together with a directive around them."""
    if any(token.kind == "comment" for token in now.tokens):
        raise EditRefused("the edit would write a comment")
    kinds = [token.kind for token in was.tokens if token.kind != "comment"]
    new_kinds = [token.kind for token in now.tokens]
    if kinds and set(kinds) == {"word"} and kinds == new_kinds:
        return
    if was.argument and ((not was.tokens and new_kinds == [";"]) or (len(was.tokens) == 1 and kinds == ["word"] and not now.tokens)):
        return
    at_boundary = was.previous is None or was.previous.kind in (";", "{", "}")
    if not at_boundary or not _whole(kinds) or not _whole(new_kinds):
        raise EditRefused("the edit would change the structure of the file")


def _whole(kinds: Sequence[str]) -> bool:
    """Whether these tokens are complete directives."""
    depth = 0
    last = ";"
    for kind in kinds:
        if kind in (";", "{") and last not in ("word", "lua"):
            return False
        depth += 1 if kind == "{" else -1 if kind == "}" else 0
        if depth < 0:
            return False
        last = kind
    return depth == 0 and last in (";", "}")


def _agrees(data: bytes) -> bool:
    """Whether crossplane cuts the file into the same words. It differs on Lua and on `${name}` before a blank, for which nobody is to blame.
    Words with backslashes are not compared: it keeps them."""
    from crossplane.errors import NgxParserBaseException
    from crossplane.lexer import _lex_file_object

    ours = [data[token.start : token.end] for token in tokens(data) if token.kind != "comment"]
    try:
        found = [(word, quote) for word, _, quote in _lex_file_object(io.StringIO(data.decode("utf-8", "replace"), newline=""))]
    except (NgxParserBaseException, RuntimeError):
        return False
    theirs = [word for word, quote in found if quote or not word.startswith("#")]
    return len(ours) == len(theirs) and all(b"\\" in raw or text_of(raw) == word for raw, word in zip(ours, theirs, strict=True))
