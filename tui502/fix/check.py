"""The proof that an edit changed what it was meant to change: the result is read again and compared, token by token and as a tree, with what is intended."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from tui502.fix.intended import of_tokens, of_tree
from tui502.fix.second_opinion import differs
from tui502.fix.words import EditRefused
from tui502.model.config import Directive, Problem, walk
from tui502.model.findings import Edit
from tui502.read.nginx_conf.lexer import Token, tokens
from tui502.read.nginx_conf.tree import parse


class _Part(NamedTuple):
    """A stretch of the text that edits change: its bytes [start, end), the tokens in it by number [first, last), and its new text."""

    start: int
    end: int
    first: int
    last: int
    text: bytes


def compare(before: bytes, after: bytes, edits: tuple[Edit, ...]) -> None:
    """Raise EditRefused unless `after` says what `before` does with the edits' texts in their places, and these change words into words or directives into
    directives. The edits are sorted by place and do not overlap. Of a file that is broken already only is asked that not less of it can be read."""
    was, broken = parse("", before)
    tree, still = parse("", after)
    if broken:
        if still and sum(1 for _ in walk(tree)) < sum(1 for _ in walk(was)):
            raise EditRefused("less of the file could be read than now")
        _no_earlier(before, after, edits, broken[0], still)
        return
    if still:
        raise EditRefused(f"the file could not be read any more: {still[0].text}")
    if edits:
        start, end = _window(was, len(before), edits[0].start, edits[-1].end)
        moved = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in edits]
        _compare(before[start:end], after[start : end + len(after) - len(before)], moved, b";" if end < len(before) else b"")


def _window(level: tuple[Directive, ...], stop: int, first: int, last: int) -> tuple[int, int]:
    """The stretch of whole directives of one block that edits from `first` to `last` lie in: outside of it nothing changes, and what is in it is read by itself
    as it is in the file."""
    start = 0
    while True:
        inside = next((one for one in level if one.opens >= 0 and one.lua is None and one.opens < first and last < one.end), None)
        if inside is None:
            break
        level, start, stop = inside.children, inside.opens + 1, inside.end - 1
    start = max((one.end for one in level if one.end <= first), default=start)
    return start, min((one.start for one in level if one.start >= last), default=stop)


def _compare(before: bytes, after: bytes, edits: Sequence[Edit], behind: bytes) -> None:
    """As `compare`, of a stretch of a file. `behind` stands for what follows in the file, which nothing in it may swallow."""
    old = tokens(before)
    intended: list[tuple[str, bytes]] = []
    at = 0
    for part in _parts(before, old, edits):
        new = tokens(part.text)
        _same_shape(old, part, new)
        intended += (*_raw(before, old[at : part.first]), *_raw(part.text, new))
        at = part.last
    intended += _raw(before, old[at:])
    found = _raw(after + behind, tokens(after + behind))
    if found != intended + [(";", behind)] * len(behind) or of_tree(parse("", after)[0]) != of_tokens(one for one in intended if one[0] != "comment"):
        raise EditRefused("the edit would change its neighbours")
    if differs(before, after):
        raise EditRefused("another parser reads the result otherwise")


def _no_earlier(before: bytes, after: bytes, edits: Sequence[Edit], was: Problem, still: Sequence[Problem]) -> None:
    """Raise EditRefused where nginx would stop reading before the place at which it stops now."""
    if not still or was.where is None or still[0].where is None:
        return
    place = _line(before, was.nginx_line or was.where.line)
    moved = sum(len(edit.new) - (edit.end - edit.start) for edit in edits if edit.end <= place)
    inside = next((edit for edit in edits if edit.start < place < edit.end), None)
    if _line(after, still[0].nginx_line or still[0].where.line) < (inside.start if inside else place) + moved:
        raise EditRefused("the file would break earlier than it does now")


def _line(data: bytes, number: int) -> int:
    """The offset at which a line begins."""
    at = 0
    for _ in range(number - 1):
        at = data.find(b"\n", at) + 1
    return at


def _parts(data: bytes, found: Sequence[Token], edits: Iterable[Edit]) -> list[_Part]:
    """The edits, each widened to the tokens that it touches; those that touch the same token are one part."""
    ends = [token.end for token in found]
    parts: list[_Part] = []
    for edit in edits:
        first = last = bisect_left(ends, edit.start + 1)
        while last < len(found) and found[last].start < max(edit.end, edit.start + (found[last].start < edit.start)):
            last += 1
        start, end = (min(edit.start, found[first].start), max(edit.end, found[last - 1].end)) if first < last else (edit.start, edit.end)
        if parts and start < parts[-1].end:
            whole = parts.pop()
            head = whole.text[: len(whole.text) - (whole.end - edit.start)]
            parts.append(_Part(whole.start, max(end, whole.end), whole.first, max(last, whole.last), head + edit.new + data[edit.end : max(end, whole.end)]))
        else:
            parts.append(_Part(start, end, first, last, data[start : edit.start] + edit.new + data[edit.end : end]))
    return parts


def _raw(data: bytes, found: Iterable[Token]) -> list[tuple[str, bytes]]:
    return [(token.kind, data[token.start : token.end]) for token in found]


def _same_shape(old: Sequence[Token], part: _Part, new: Sequence[Token]) -> None:
    """Raise EditRefused unless words become as many words, arguments come behind a word or go from behind the first one, a `;` comes behind an argument, or
    whole directives become whole directives or nothing, or come between directives. Comments go only together with a directive around them."""
    kinds, new_kinds = [token.kind for token in old[part.first : part.last]], [token.kind for token in new]
    if "comment" in new_kinds:
        raise EditRefused("the edit would write a comment")
    before = list(islice((old[n].kind for n in range(part.first - 1, -1, -1) if old[n].kind != "comment"), 2))
    if kinds and set(kinds) == {"word"} and kinds == new_kinds:
        return
    if before[:1] == ["word"] and not kinds and set(new_kinds) == {"word"}:
        return
    if before == ["word", "word"] and ((not kinds and new_kinds == [";"]) or (set(kinds) == {"word"} and not new_kinds)):
        return
    directives = [kind for kind in kinds if kind != "comment"]
    if before[:1] == ["word"] or not _whole(directives) or not _whole(new_kinds) or (kinds and not directives):
        raise EditRefused("the edit would change the structure of the file")


def _whole(kinds: Sequence[str]) -> bool:
    """Whether these tokens are complete directives."""
    depth = 0
    last = ";"
    for kind in kinds:
        if kind in (";", "{") and last != "word":
            return False
        if kind == "}" and last == "word":
            return False
        depth += 1 if kind == "{" else -1 if kind == "}" else 0
        if depth < 0:
            return False
        last = kind
    return depth == 0 and last in (";", "}")
