"""nginx's configuration as a tree over the bytes of its files: every word keeps its exact span."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Where:
    """A span [start, end) of bytes in a file; `line` counts from 1. `via` are the files whose includes led here, outermost first."""

    file: str
    line: int
    start: int
    end: int
    via: tuple[str, ...] = ()


class Word(NamedTuple):
    """A word of a directive: raw span (quotes included), line where it starts, the quote character or '', and its value with escapes resolved.
    Bytes that are not UTF-8 stand in the value as U+FFFD."""

    start: int
    end: int
    line: int
    quote: str
    value: str


class Source:
    """The bytes of a file as they were included at one place. `split` cuts a span of them into words: words and lines are made when asked for,
    since of a large configuration few are ever looked at."""

    __slots__ = ("_ends", "data", "file", "split", "via")

    def __init__(self, file: str, data: bytes, via: tuple[str, ...], split: Callable[[Source, int, int], tuple[Word, ...]]) -> None:
        self.file = file
        self.data = data
        self.via = via
        self.split = split
        self._ends: list[int] | None = None

    def line_at(self, offset: int) -> int:
        """The line of a byte offset, from 1."""
        if self._ends is None:
            self._ends = _line_ends(self.data)
        return bisect_left(self._ends, offset) + 1


def _line_ends(data: bytes) -> list[int]:
    ends: list[int] = []
    at = data.find(b"\n")
    while at >= 0:
        ends.append(at)
        at = data.find(b"\n", at + 1)
    return ends


class Directive:
    """A directive: `words[0]` is its name. `end` is the offset behind its `;` or its closing `}`; `opens` is the offset of its `{`, or -1.
    `children` stand in file order with includes replaced by what they include (the include itself stays, before its content).
    `data` marks the entries of map, geo, types and the like, whose first word is no name; `lua` the text of a Lua block.
    Not to be changed once made; equal when file, way of inclusion, place, text and children are."""

    __slots__ = ("_args", "_words", "children", "data", "end", "lua", "name", "opens", "source", "start")

    def __init__(
        self, source: Source, name: str, start: int, end: int, opens: int, children: tuple[Directive, ...], data: bool = False, lua: str | None = None
    ) -> None:
        self.source = source
        self.name = name
        self.start = start
        self.end = end
        self.opens = opens
        self.children = children
        self.data = data
        self.lua = lua
        self._words: tuple[Word, ...] | None = None
        self._args: tuple[str, ...] | None = None

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def via(self) -> tuple[str, ...]:
        return self.source.via

    @property
    def words(self) -> tuple[Word, ...]:
        if self._words is None:
            source = self.source
            self._words = source.split(source, self.start, self.end if self.opens < 0 else self.opens)
        return self._words

    @property
    def args(self) -> tuple[str, ...]:
        if self._args is None:
            self._args = tuple([word.value for word in self.words[1:]])
        return self._args

    @property
    def line(self) -> int:
        return self.source.line_at(self.start)

    @property
    def where(self) -> Where:
        return Where(self.file, self.line, self.start, self.end, self.via)

    def where_of(self, n: int) -> Where:
        """The span of word `n`, quotes included."""
        word = self.words[n]
        return Where(self.file, word.line, word.start, word.end, self.via)

    def _place(self) -> tuple[str, tuple[str, ...], int, int, int, bool]:
        return (self.file, self.via, self.start, self.end, self.opens, self.data)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Directive):
            return NotImplemented
        if self._place() != other._place() or self.source.data[self.start : self.end] != other.source.data[other.start : other.end]:
            return False
        return self.children == other.children

    def __hash__(self) -> int:
        return hash(self._place())

    def __repr__(self) -> str:
        return f"Directive({self.name!r}, {self.file!r}:{self.line})"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: "missing", "unreadable" (denied, or no regular file), "directory", "loop", "too_big", "syntax" (reading ends there),
    "name" (a word that can be no directive). `text` is for a person; for the last two, `where` is the place a person should look and `nginx_line` the line
    nginx itself would name (0: same)."""

    kind: str
    file: str
    where: Where | None
    text: str
    nginx_line: int = 0

    @property
    def hides(self) -> bool:
        """Whether nginx may well read there what was not read here."""
        return self.kind in ("unreadable", "too_big")


@dataclass(frozen=True)
class Config:
    """The whole configuration from `main` on. `files` are path → bytes in the order they were read; `wanted_files` and `wanted_dirs`
    are paths that must still be looked at before it is complete; `dirs` are the directories in which includes look for matching names."""

    main: str
    files: Mapping[str, bytes]
    root: tuple[Directive, ...]
    problems: tuple[Problem, ...]
    wanted_files: tuple[str, ...]
    wanted_dirs: tuple[str, ...]
    dirs: tuple[str, ...] = ()

    def walk(self) -> Iterator[Directive]:
        """Every directive, in file order, blocks before what is in them."""
        return walk(self.root)

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits that stand for the names and contents of all files."""
        digest = hashlib.sha256()
        for path, data in self.files.items():
            name = path.encode("utf-8", "surrogateescape")
            digest.update(b"%d %d " % (len(name), len(data)) + name + data)
        return digest.hexdigest()[:12]


def walk(directives: Iterable[Directive]) -> Iterator[Directive]:
    """Every directive of these blocks, in file order, blocks before what is in them."""
    stack = [iter(directives)]
    while stack:
        for directive in stack[-1]:
            yield directive
            if directive.children:
                stack.append(iter(directive.children))
                break
        else:
            stack.pop()
