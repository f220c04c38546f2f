"""The tree of one file, made in a single pass: a match a directive, words cut later when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui502.model.config import Directive, Problem, Source
from tui502.read.nginx_conf.broken import Opened, problem
from tui502.read.nginx_conf.faults import Fault, fault_in, too_long
from tui502.read.nginx_conf.lexer import BUFFER, DIRECTIVE, lua_end, text_of, words

Include = Callable[[Directive, str, int], Sequence[Directive]]
"""Gives what an include directive stands for; further arguments: the data block it stands in or '', and how many blocks are open around it."""

DEEPEST = 150
"""Blocks inside each other. nginx has no limit; its configurations stay below ten."""

DATA_BLOCKS = {"map": True, "geo": True, "types": True, "split_clients": False, "charset_map": False}
"""Blocks whose entries begin with data, and whether `include` still means an include there."""


def parse(file: str, data: bytes) -> tuple[tuple[Directive, ...], tuple[Problem, ...]]:
    """The directives of one file, includes left alone. Where it breaks, everything before is kept (blocks that were open end there)
    and one problem tells it."""
    return grow(Source(file, data, (), words), "", None)


def grow(source: Source, block: str, include: Include | None, depth: int = 0) -> tuple[tuple[Directive, ...], tuple[Problem, ...]]:
    """As `parse`, for a file that is included inside the data block `block` ('' for none) with `depth` blocks open around it.
    What `include` gives for an include directive is put behind it."""
    data, names = source.data, _Names()
    match_at = DIRECTIVE.match
    level: list[Directive] = []
    opened: list[Opened] = []
    pos, is_data = 0, block in DATA_BLOCKS
    fault: Fault | None = None
    while fault is None:
        match = match_at(data, pos)
        assert match is not None
        begin, pos = pos, match.end()
        raw, mark = match.groups()
        if pos - begin >= BUFFER:
            fault = too_long(data, begin, pos)
            if fault is not None:
                break
        if mark == b";" and raw is not None:
            name = names[raw]
            node = Directive(source, name, match.start(1), pos, -1, (), is_data)
            level.append(node)
            if name == "include" and DATA_BLOCKS.get(block, True):
                node.data = False
                level += include(node, block, depth + len(opened)) if include is not None else ()
        elif mark == b"{" and raw is not None and not is_data:
            name, opens = names[raw], pos - 1
            if name.endswith("_by_lua_block"):
                close = lua_end(data, pos)
                if close < 0:
                    opened.append(Opened(name, match.start(1), opens, level, block))
                    level, fault = [], Fault("unclosed", len(data), len(data), opens)
                    break
                level.append(Directive(source, name, match.start(1), close + 1, opens, (), False, data[pos:close].decode("utf-8", "replace")))
                pos = close + 1
            else:
                opened.append(Opened(name, match.start(1), opens, level, block))
                level, block = [], name
                is_data = name in DATA_BLOCKS
                if depth + len(opened) > DEEPEST:
                    fault = Fault("deep", opens, opens, opens)
        elif mark == b"}" and raw is None and opened:
            last = opened.pop()
            node = Directive(source, last.name, last.start, pos, last.opens, tuple(level))
            level, block, is_data = last.level, last.block, False
            level.append(node)
        elif raw is None and not mark and pos == len(data):
            fault = Fault("unclosed", pos, pos, opened[-1].opens) if opened else None
            break
        else:
            fault = fault_in(data, begin, is_data)
    problems = () if fault is None else (problem(source, fault, opened),)
    return _closed(source, level, opened, len(data) if fault is None else fault.at), problems


class _Names(dict[bytes, str]):
    """Names by their raw word; the few that a configuration uses are made once."""

    def __missing__(self, raw: bytes) -> str:
        name = self[raw] = text_of(raw)
        return name


def _closed(source: Source, level: list[Directive], opened: list[Opened], end: int) -> tuple[Directive, ...]:
    """The directives of the file, blocks that are still open closed at `end`."""
    for block in reversed(opened):
        node = Directive(source, block.name, block.start, end, block.opens, tuple(level))
        level = [*block.level, node]
    return tuple(level)
