"""The lower part of the configuration pane: what holds for the directive under the cursor, and where that comes from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui502.read.directives import default_of, words_of
from tui502.read.effective import chain, effective, effective_all
from tui502.text import neutral
from tui502.ui.render.rules import rule, title
from tui502.ui.render.spans import Row, labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.model.config import Config, Directive, Where
    from tui502.model.facts import Effective, Facts

_AT = 11
_VARIABLE = re.compile(r"\$(\w+|\{\w+\})")
_TOP = ("upstream", "map", "geo", "types", "split_clients", "charset_map", "match")
"""Blocks in which nothing is inherited."""

_WITHOUT = ("include", "listen", "server_name", "server", "return", "rewrite", "set", "break", "try_files", "load_module")
"""Directives that no other level can override."""


def rows(one: Directive, facts: Facts, width: int) -> list[Row]:
    """What a directive does; where a value is inherited also its value and origin on disk, what it overrides, and what runs."""
    around = chain(facts.config, one.where)
    outer = around[:-1] if one.opens >= 0 else around
    head = rule(width, title(neutral(f"{one.name} in {block_name(outer)}"), False), _drift_key(facts))
    does = words_of(one.name, outer[-1].name if outer else "")
    said = labelled(" does", does, width, _AT) if does and not one.data else []
    if not inherits(one, around):
        return [head, *said] if said else []
    here = next((each for each in effective_all(facts.config, one.where, one.name) if each.where.start == one.start and each.where.file == one.file), None)
    if here is None:
        return [head, *said, *labelled(" on disk", f"{neutral(' '.join(one.args))}   another line decides here: enter lists all", width, _AT)]
    above = effective(facts.config, around[-2].where if len(around) > 1 else _outside(around), one.name) if around else None
    text = f"{' '.join(one.args)}   line {one.line}, {here.level}"
    if above is not None and above.where != here.where:
        text += f"   over {above.value}  {_place(above)}"
    running = _running(one, around, facts) + _ordinary(one.name, facts)
    return [head, *said, *labelled(" on disk", neutral(text), width, _AT), *labelled(" running", neutral(running), width, _AT)]


def inherits(one: Directive, around: Sequence[Directive]) -> bool:
    """Whether blocks inside may leave the value to this one, so that "which one decides" is a question."""
    return not (one.opens >= 0 or one.data or one.name in _WITHOUT or one.name.endswith("_pass") or any(block.name in _TOP for block in around))


def _drift_key(facts: Facts) -> str:
    return "d next line not loaded" if facts.drift.state == "differs" else ""


def _ordinary(name: str, facts: Facts) -> str:
    usual = default_of(name, facts.nginx.version if facts.nginx else "")
    return f"   default {usual}" if usual else ""


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


def definition(one: Directive, config: Config) -> tuple[str, int] | str:
    """File and line of what a directive names: the group of a pass, an included file, a named location. Else why there is none."""
    if one.name == "include":
        found = included(one, config)
        return (found[0], 1) if found else f"no file was read for {neutral(' '.join(one.args))}"
    if one.name.endswith("_pass") and one.args and "$" not in one.args[0]:
        name = one.args[0].partition("://")[2] or one.args[0]
        for each in config.walk():
            if each.name == "upstream" and each.opens >= 0 and each.args[:1] == (name.split("/")[0],):
                return each.file, each.line
        return f"{neutral(name)} is no group of this configuration"
    for word in one.args:
        if word.startswith("@"):
            for each in config.walk():
                if each.name == "location" and each.args == (word,) and each is not one:
                    return each.file, each.line
        for variable in _VARIABLE.findall(word):
            name = "$" + variable.strip("{}")
            for each in config.walk():
                if each is not one and _sets(each, name):
                    return each.file, each.line
    return "this line names no group, file, location or variable that is set here"


def _sets(one: Directive, variable: str) -> bool:
    """Whether a directive gives a variable its value; `geo` and `map` name it last, `set` first."""
    if one.name == "set":
        return one.args[:1] == (variable,)
    return one.name in ("map", "geo", "split_clients") and one.opens >= 0 and one.args[-1:] == (variable,)


def included(one: Directive, config: Config) -> list[str]:
    """The files that an include brought in."""
    return [path for path in config.files if fits(one, config, path)]


def fits(one: Directive, config: Config, path: str) -> bool:
    """Whether an include names a path; its wildcards stop at a "/"."""
    import posixpath
    from fnmatch import fnmatchcase

    pattern = posixpath.join(posixpath.dirname(config.main), one.args[0]) if one.args else ""
    return path == pattern or (fnmatchcase(path, pattern) and path.count("/") == pattern.count("/"))
