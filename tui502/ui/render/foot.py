"""The lower part of the configuration pane: what holds for the directive under the cursor, and where that comes from."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.rules import rule, title
from tui502.ui.render.spans import Row, labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.model.config import Config, Directive, Where
    from tui502.model.facts import Effective, Facts

_AT = 11
_TOP = ("upstream", "map", "geo", "types", "split_clients", "charset_map", "match")
"""Blocks in which nothing is inherited."""

_WITHOUT = ("include", "listen", "server_name", "server", "return", "rewrite", "set", "break", "try_files", "load_module")
"""Directives that no other level can override."""

MOST = 20_000
"""Lines of a file up to which the running text is compared line by line."""


class Index:
    """The directives of a configuration by place, made once per configuration."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._by: dict[str, dict[int, Directive]] = {}

    def at(self, path: str, line: int) -> Directive | None:
        """The first directive that begins in a line."""
        if path not in self._by:
            self._by[path] = {}
            for one in self.config.walk():
                if one.file == path:
                    self._by[path].setdefault(one.line, one)
        return self._by[path].get(line)


def rows(one: Directive, facts: Facts, width: int) -> list[Row]:
    """Value and origin on disk, what it overrides, and what runs; () where nothing is inherited."""
    from tui502.read.effective import chain, effective, effective_all

    around = chain(facts.config, one.where)
    if one.opens >= 0 or one.data or one.name in _WITHOUT or one.name.endswith("_pass") or any(block.name in _TOP for block in around):
        return []
    here = next((each for each in effective_all(facts.config, one.where, one.name) if each.where.start == one.start and each.where.file == one.file), None)
    if here is None:
        return []
    above = effective(facts.config, around[-2].where if len(around) > 1 else _outside(around), one.name) if around else None
    text = f"{' '.join(one.args)}   line {one.line}, {here.level}"
    if above is not None and above.where != here.where:
        text += f"   over {above.value}  {_place(above)}"
    name = f"{one.name} in {block_name(around)}"
    head = rule(width, title(neutral(name), False), "d next line not loaded" if facts.drift.state == "differs" else "")
    return [
        head,
        *labelled(" on disk", neutral(text), width, _AT),
        *labelled(" running", neutral(_running(one, around, facts)), width, _AT),
    ]


def _outside(around: Sequence[Directive]) -> Where:
    """A place that is in none of these blocks: the main level."""
    from dataclasses import replace

    return replace(around[0].where, start=-1)


def _place(found: Effective) -> str:
    return f"{found.where.file.rsplit('/', 1)[-1]}:{found.where.line}, {found.level}"


def block_name(around: Sequence[Directive]) -> str:
    """ "location /api/", "server", "main"."""
    return " ".join((around[-1].name, *around[-1].args)) if around else "main"


def _running(one: Directive, around: Sequence[Directive], facts: Facts) -> str:
    from tui502.read.effective import effective

    if facts.drift.state == "same":
        return "the same" if facts.drift.exact else "the same, by the times of the files"
    if facts.loaded is None:
        return f"not seen: {facts.drift.why}"
    place = _same_block(facts.loaded.config.root, around)
    if place is None and around:
        return "this block does not run"
    found = effective(facts.loaded.config, place.where if place else _outside((one,)), one.name)
    if found is None:
        return "not set, so nginx's default"
    return f"{found.value}   {_place(found)}"


def _same_block(root: Sequence[Directive], around: Sequence[Directive]) -> Directive | None:
    """The block of the same name in the same blocks of another configuration; servers are told apart by their names and their file."""
    level, found = root, None
    for block in around:
        found = next((one for one in level if one.opens >= 0 and _head(one) == _head(block)), None)
        if found is None:
            return None
        level = found.children
    return found


def _head(block: Directive) -> tuple[object, ...]:
    names = tuple(one.args for one in block.children if one.name in ("server_name", "listen")) if block.name == "server" else ()
    return block.name, block.args, block.file, names


@lru_cache(maxsize=16)
def not_loaded(running: bytes, disk: bytes) -> frozenset[int]:
    """Lines on disk (from 1) that nginx does not run: added or changed ones, and the line behind removed ones."""
    import difflib

    old, new = running.split(b"\n"), disk.split(b"\n")
    if len(old) + len(new) > MOST:
        return frozenset()
    lines: set[int] = set()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines.update(range(start + 1, max(end, start + 1) + 1))
    return frozenset(lines)


def definition(one: Directive, config: Config) -> tuple[str, int] | str:
    """File and line of what a directive names: the group of a pass, an included file, a named location. Else why there is none."""
    if one.name == "include":
        found = included(one, config)
        return (found[0], 1) if found else f"no file was read for {neutral(' '.join(one.args))}"
    if one.name.endswith("_pass") and one.args:
        name = one.args[0].partition("://")[2] or one.args[0]
        for each in config.walk():
            if each.name == "upstream" and each.opens >= 0 and each.args[:1] == (name.split("/")[0],):
                return each.file, each.line
        return f"{neutral(name)} is no group of this configuration"
    for word in one.args:
        variable = word.startswith("$") and word
        for each in config.walk() if variable or word.startswith("@") else ():
            if (each.name == "location" and each.args == (word,)) or (each.name in ("map", "geo", "set", "split_clients") and variable in each.args):
                return each.file, each.line
    return "this line names no group, file or location"


def included(one: Directive, config: Config) -> list[str]:
    """The files that an include brought in."""
    import posixpath
    from fnmatch import fnmatchcase

    pattern = posixpath.join(posixpath.dirname(config.main), one.args[0]) if one.args else ""
    return [path for path in config.files if path == pattern or fnmatchcase(path, pattern)]
