"""All about the directive under the cursor: what it does, what it takes, and every line that sets it, the deciding one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui502.read.directives import about, default_of
from tui502.read.effective import chain, effective_all
from tui502.text import neutral
from tui502.ui.render.foot import block_name, inherits
from tui502.ui.render.spans import Row, cell, cell_len, labelled, middle, row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tui502.model.config import Directive
    from tui502.model.facts import Facts

_AT = 11
_ORDER = {"decides here": 0, "overridden here": 1, "overrides it": 2, "": 3}
MOST = 500
"""Lines that are listed at most."""


class Line(NamedTuple):
    """A line that sets the directive: it decides here, is overridden here, or overrides in a block inside; '' elsewhere."""

    one: Directive
    standing: str
    block: str


def head(one: Directive, facts: Facts, width: int) -> list[Row]:
    """What is known by the name alone, and nginx's default."""
    around = chain(facts.config, one.where)
    outer = around[:-1] if one.opens >= 0 else around
    block = outer[-1].name if outer else ""
    known = about(one.name, block)
    if known is None:
        return labelled(" does", "not known here: a module's, or a wrong name (nginx -t tells)", width, _AT)
    out = labelled(" does", known.does, width, _AT) if known.does else []
    if known.takes:
        out += labelled(" takes", known.takes + (f"; since nginx {known.since}" if known.since else ""), width, _AT)
    if known.contexts:
        out += labelled(" stands in", ", ".join(known.contexts), width, _AT)
    version = facts.nginx.version if facts.nginx else ""
    usual = default_of(one.name, version, block)
    if usual:
        out += labelled(" default", f"{usual}   nginx {version}" if version else usual, width, _AT)
    return out


def lines(one: Directive, facts: Facts) -> list[Line]:
    """Every line that sets the directive: what decides at this place, what it overrides, then the others in file order."""
    around = chain(facts.config, one.where)
    deciding = {(each.where.file, each.where.start) for each in effective_all(facts.config, one.where, one.name)} if inherits(one, around) else set()
    levels = {id(block) for block in around} | {id(None)}
    inside = {id(block) for block in _blocks(around[-1].children if around else facts.config.root)}
    found = [(each, block, _standing(each, block, deciding, levels, inside)) for each, block in _setting(one.name, facts.config.root)]
    found.sort(key=lambda each: _ORDER[each[2]])
    return [Line(each, standing, block_name([block] if block else [])) for each, block, standing in found[:MOST]]


def _standing(one: Directive, block: Directive | None, deciding: Collection[tuple[str, int]], levels: Collection[int], inside: Collection[int]) -> str:
    if (one.file, one.start) in deciding:
        return "decides here"
    if deciding and id(block) in levels:
        return "overridden here"
    return "overrides it" if deciding and id(block) in inside else ""


def _blocks(directives: Sequence[Directive]) -> Iterator[Directive]:
    """Every block among these and inside of them."""
    for one in directives:
        if one.opens >= 0:
            yield one
            yield from _blocks(one.children)


def _setting(name: str, root: Sequence[Directive]) -> list[tuple[Directive, Directive | None]]:
    """Every directive of that name with the block it stands in, in file order."""
    found: list[tuple[Directive, Directive | None]] = []

    def walk(directives: Sequence[Directive], block: Directive | None) -> None:
        for one in directives:
            if one.name == name and not one.data:
                found.append((one, block))
            if one.children:
                walk(one.children, one)

    walk(root, None)
    return found


def rows(lines: Sequence[Line], width: int, first: int, cursor: int) -> list[Row]:
    """Standing in a column of `first` cells, place, value and block; `cursor` is the number of the selected line. The value is cut last."""
    told = [(line.standing, neutral(f"{line.one.file}:{line.one.line}"), _value(line)) for line in lines]
    room = width - first - 4
    places = max((cell_len(place) for _, place, _ in told), default=0)
    values = max((cell_len(value) for _, _, value in told), default=0)
    at = max(12, min(places, max(room // 2, room - values)))
    return [
        row("▸" if n == cursor else " ", cell(standing, first), cell(middle(place, at), at), "  ", cell(value, max(0, width - first - at - 4)))
        for n, (standing, place, value) in enumerate(told)
    ]


def _value(line: Line) -> str:
    return "   ".join(part for part in (neutral(" ".join(line.one.args)), neutral(line.block)) if part)
