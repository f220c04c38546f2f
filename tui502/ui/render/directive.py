"""All about the directive under the cursor: what it does, what it takes, and every line that sets it, the deciding one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui502.read.directives import about, default_of
from tui502.read.effective import chain, effective_all
from tui502.text import neutral
from tui502.ui.render.foot import block_name, inherits
from tui502.ui.render.spans import Row, cell, labelled, middle, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui502.model.config import Directive
    from tui502.model.facts import Facts

_AT = 11
MOST = 500
"""Lines that are listed at most."""


class Line(NamedTuple):
    """A line that sets the directive: "decides" here, is "overridden" here, or "elsewhere"."""

    one: Directive
    standing: str
    block: str


def head(one: Directive, facts: Facts, width: int) -> list[Row]:
    """What is known by the name alone, and nginx's default."""
    known = about(one.name)
    if known is None:
        return labelled(" does", "not known here: a module's, or a wrong name (nginx -t tells)", width, _AT)
    out = labelled(" does", known.does, width, _AT) if known.does else []
    if known.takes:
        out += labelled(" takes", known.takes + (f"; since nginx {known.since}" if known.since else ""), width, _AT)
    if known.contexts:
        out += labelled(" stands in", ", ".join(known.contexts), width, _AT)
    version = facts.nginx.version if facts.nginx else ""
    usual = default_of(one.name, version)
    if usual:
        out += labelled(" default", f"{usual}   nginx {version}" if version else usual, width, _AT)
    return out


def lines(one: Directive, facts: Facts) -> list[Line]:
    """Every line that sets the directive: what decides at this place, what it overrides, then the others in file order."""
    around = chain(facts.config, one.where)
    deciding = {(each.where.file, each.where.start) for each in effective_all(facts.config, one.where, one.name)} if inherits(one, around) else set()
    levels = {id(block) for block in around} | {id(None)}
    found: list[Line] = []
    for each, block in _with_blocks(facts.config.root):
        if each.name == one.name and not each.data:
            decides = (each.file, each.start) in deciding
            standing = "decides here" if decides else "overridden here" if deciding and id(block) in levels else ""
            found.append(Line(each, standing, block_name([block] if block else [])))
    order = {"decides here": 0, "overridden here": 1, "": 2}
    return sorted(found, key=lambda line: order[line.standing])[:MOST]


def _with_blocks(root: Sequence[Directive]) -> Iterator[tuple[Directive, Directive | None]]:
    """Every directive with the block it stands in, in file order."""
    stack: list[tuple[Directive | None, Iterator[Directive]]] = [(None, iter(root))]
    while stack:
        block, rest = stack[-1]
        one = next(rest, None)
        if one is None:
            stack.pop()
            continue
        yield one, block
        if one.children:
            stack.append((one, iter(one.children)))


def line_row(line: Line, width: int, selected: bool, first: int) -> Row:
    """Standing in a column of `first` cells, place, value and block; the value is cut last."""
    place = neutral(f"{line.one.file}:{line.one.line}")
    value = neutral(" ".join(line.one.args))
    room = max(12, min(44, (width - first - 3) // 2))
    text = f"{value}   {neutral(line.block)}" if value else neutral(line.block)
    left = row("▸" if selected else " ", cell(line.standing, first), cell(middle(place, room), room), " ")
    return (*left, *row(cell(text, max(0, width - first - room - 2))))
