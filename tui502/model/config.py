"""nginx's configuration as a tree over the bytes of its files: every word keeps its exact span."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A span [start, end) of bytes in a file; `line` counts from 1. `via` are the files whose includes led here, outermost first."""

    file: str
    line: int
    start: int
    end: int
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a directive: raw span (quotes included), line where it starts, the quote character or '', and its value with escapes resolved."""

    start: int
    end: int
    line: int
    quote: str
    value: str


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive: `words[0]` is its name. `end` is the offset behind its `;` or its closing `}`; `opens` is the offset of its `{`, or -1.
    `children` stand in file order with includes replaced by what they include (the include itself stays, before its content).
    `data` marks the entries of map, geo, types and the like, whose first word is no name; `lua` the text of a Lua block."""

    file: str
    words: tuple[Word, ...]
    start: int
    end: int
    opens: int
    children: tuple[Directive, ...]
    via: tuple[str, ...] = ()
    data: bool = False
    lua: str | None = None

    @property
    def name(self) -> str:
        return self.words[0].value

    @property
    def args(self) -> tuple[str, ...]:
        return tuple(word.value for word in self.words[1:])

    @property
    def line(self) -> int:
        return self.words[0].line

    @property
    def where(self) -> Where:
        return Where(self.file, self.line, self.start, self.end, self.via)

    def where_of(self, n: int) -> Where:
        """The span of word `n`, quotes included."""
        word = self.words[n]
        return Where(self.file, word.line, word.start, word.end, self.via)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: "missing", "unreadable", "loop", "too_big", "syntax". `text` is for a person;
    for syntax, `where` is the place a person should look and `nginx_line` the line nginx itself would name (0: same)."""

    kind: str
    file: str
    where: Where | None
    text: str
    nginx_line: int = 0


@dataclass(frozen=True)
class Config:
    """The whole configuration from `main` on. `files` are path → bytes in the order they were read; `wanted_files` and `wanted_dirs`
    are paths that must still be looked at before it is complete."""

    main: str
    files: Mapping[str, bytes]
    root: tuple[Directive, ...]
    problems: tuple[Problem, ...]
    wanted_files: tuple[str, ...]
    wanted_dirs: tuple[str, ...]
