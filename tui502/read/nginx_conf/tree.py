"""The tree of one file, made in a single pass: a match a directive, words cut later when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui502.model.config import Directive, Problem, Source
from tui502.read.nginx_conf.broken import Opened, problem
from tui502.read.nginx_conf.faults import Fault, fault_in, too_long
from tui502.read.nginx_conf.lexer import BUFFER, DIRECTIVE, lua_end, text_of, words
from tui502.read.nginx_conf.odd_names import NAME, odd_name
from tui502.read.nginx_conf.recover import Mend, mend, resume

Include = Callable[[Directive, str, int], Sequence[Directive]]
"""Gives what an include directive stands for; further arguments: the block it stands in or '', and how many blocks are open around it."""

DEEPEST = 150
"""Blocks inside each other. nginx has no limit; its configurations stay below ten."""

DATA_BLOCKS = {"map": True, "geo": True, "types": True, "split_clients": False, "charset_map": False}
"""Blocks whose entries begin with data, and whether `include` still means an include there."""


def parse(file: str, data: bytes) -> tuple[tuple[Directive, ...], tuple[Problem, ...]]:
    """The directives of one file, includes left alone. Where it breaks, one problem tells it, everything before is kept, and it is read on behind where a
    person would; where that cannot be told, blocks that were open end there."""
    return grow(Source(file, data, (), words), "", None)


def grow(source: Source, block: str, include: Include | None, depth: int = 0) -> tuple[tuple[Directive, ...], tuple[Problem, ...]]:
    """As `parse`, for a file that is included inside of `block` ('' for none) with `depth` blocks open around it. What `include` gives for an include
    directive is put behind it. Where it is None the place of the file is not known, and words that can be no directive there are no problem."""
    growth = first = _Growth(source, block, include, depth, None)
    if first.fault and (mended := mend(source.data, first.fault)):
        growth = _Growth(source, block, include, depth, mended)
    broken = None if first.fault is None else problem(source, first.fault, first.open_then)
    odd = None if include is None or all(map(NAME.match, growth.names.values())) else odd_name(source, block, growth.directives)
    if odd and first.fault and odd.where and odd.where.start >= first.fault.at:
        odd = None
    if odd and odd.kind == "syntax":
        broken = None
    return growth.directives, tuple(each for each in (odd, broken) if each)


class _Growth:
    """One pass over a file: its directives, the first break, and what was open there. Behind a break it reads on where it can."""

    def __init__(self, source: Source, block: str, include: Include | None, depth: int, mended: Mend | None) -> None:
        self.source, self.block, self.include, self.depth, self.mended = source, block, include, depth, mended
        self.names, self.entries = _Names(), _Names()
        self.level: list[Directive] = []
        self.opened: list[Opened] = []
        self.is_data = block in DATA_BLOCKS
        self.fault: Fault | None = None
        self.open_then: list[Opened] = []
        self.directives = self.close(self.read())

    def read(self) -> int:
        """Read to the end, or to where it cannot be read on: the offset of that."""
        data, match_at, pos = self.source.data, DIRECTIVE.match, 0
        while True:
            match = match_at(data, pos)
            assert match is not None
            begin, pos = pos, match.end()
            raw, mark = match.groups()
            fault = too_long(data, begin, pos) if pos - begin >= BUFFER else None
            if fault is not None:
                pass
            elif mark == b";" and raw is not None:
                self.add(raw, match.start(1), pos)
            elif mark == b"{" and raw is not None and not self.is_data:
                pos, fault = self.open(raw, match.start(1), pos)
            elif mark == b"}" and raw is None and self.opened:
                self.leave(pos)
            elif raw is None and not mark and pos == len(data):
                if self.opened:
                    self.note(Fault("unclosed", pos, pos, self.opened[-1].opens))
                return pos
            else:
                fault = fault_in(data, begin, self.is_data)
            if fault is not None:
                self.note(fault)
                on = resume(data, fault)
                if on.at <= begin:
                    return fault.at
                if on.directive and (found := words(self.source, *on.directive)):
                    self.add(data[found[0].start : found[0].end], *on.directive)
                pos = on.at

    def note(self, fault: Fault) -> None:
        if self.fault is None:
            self.fault, self.open_then = fault, list(self.opened)

    def add(self, raw: bytes, start: int, end: int) -> None:
        """A directive without a block, and what it includes."""
        name = (self.entries if self.is_data else self.names)[raw]
        node = Directive(self.source, name, start, end, -1, (), self.is_data)
        self.level.append(node)
        if name == "include" and DATA_BLOCKS.get(self.block, True):
            node.data = False
            self.level += self.include(node, self.block, self.depth + len(self.opened)) if self.include is not None else ()

    def open(self, raw: bytes, start: int, pos: int) -> tuple[int, Fault | None]:
        """A block begins: where to read on, and the fault that it is."""
        data, name, opens = self.source.data, self.names[raw], pos - 1
        if name.endswith("_by_lua_block"):
            close = lua_end(data, pos)
            if close >= 0:
                self.level.append(Directive(self.source, name, start, close + 1, opens, (), False, data[pos:close].decode("utf-8", "replace")))
                return close + 1, None
            self.enter(name, start, opens)
            return len(data), Fault("unclosed", len(data), len(data), opens)
        self.enter(name, start, opens)
        return pos, Fault("deep", opens, opens, opens) if self.depth + len(self.opened) > DEEPEST else None

    def enter(self, name: str, start: int, opens: int) -> None:
        self.opened.append(Opened(name, start, opens, self.level, self.block))
        self.level, self.block, self.is_data = [], name, name in DATA_BLOCKS

    def leave(self, end: int) -> None:
        """A block ends with its `}`; where that one is known to be wrong, two do, or none."""
        wrong = self.mended is not None and self.mended.at == end - 1
        if wrong and self.mended and self.mended.extra:
            return
        for behind in (end - 1, end) if wrong and len(self.opened) > 1 else (end,):
            last = self.opened.pop()
            node = Directive(self.source, last.name, last.start, behind, last.opens, tuple(self.level))
            self.level, self.block, self.is_data = last.level, last.block, False
            self.level.append(node)

    def close(self, end: int) -> tuple[Directive, ...]:
        """The directives of the file, blocks that are still open closed at `end`."""
        level = self.level
        for block in reversed(self.opened):
            level = [*block.level, Directive(self.source, block.name, block.start, end, block.opens, tuple(level))]
        return tuple(level)


class _Names(dict[bytes, str]):
    """Names by their raw word; the few that a configuration uses are made once."""

    def __missing__(self, raw: bytes) -> str:
        name = self[raw] = text_of(raw)
        return name
