"""The look that would decide: what it does, what its answers would mean, what it costs, and what it said once it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui502.report import looks
from tui502.text import neutral
from tui502.ui.render.node.lines import harmless
from tui502.ui.render.spans import Row, cell, cell_len, labelled, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.evidence import Look, Seen
    from tui502.model.findings import Incident

_AT = 13
_ANSWER = 20
_LAST = 6
"""Lines of what a command said."""


def rows(incident: Incident, width: int, utc_offset: int) -> list[Row]:
    """Each look once, with what it means for every explanation that names it."""
    wanted = {finding.decider.key: finding.decider for finding in incident.findings if finding.decider}
    out: list[Row] = []
    for look in wanted.values():
        out += labelled(" the look", neutral(f"{looks.does(look)}: {look.reason}" if look.reason else looks.does(look)), width, _AT)
        means = [
            (answer.text, f"{n} is {answer.means}")
            for n, finding in enumerate(incident.findings, 1) if finding.decider and finding.decider.key == look.key for answer in finding.answers
        ]  # fmt: skip
        out += _means(means, width)
        out += labelled("   costs", looks.costs(look), width, _ANSWER)
        seen = answered(incident, look)
        out += _said(look, seen, width, utc_offset) if seen else []
    return out


def answered(incident: Incident, look: Look) -> Seen[Any] | None:
    """What it said, where it was taken."""
    evidence = incident.evidence
    if look.kind == "command":
        return evidence.commands.get(look.key)
    return evidence.access.get(look.key) if look.kind == "access" else evidence.exchanges.get(look.key)


def _means(pairs: list[tuple[str, str]], width: int) -> list[Row]:
    """Two beside each other where both fit."""
    out: list[Row] = []
    rest = list(pairs)
    while rest:
        text, means = rest.pop(0)
        line = f"   {cell(neutral(text), max(_ANSWER - 3, cell_len(neutral(text)) + 2))}{means}"
        more = f"{neutral(rest[0][0])}   {rest[0][1]}" if rest else ""
        if more and max(cell_len(line) + 2, 44) + cell_len(more) <= width:
            rest.pop(0)
            line = f"{cell(line, max(cell_len(line) + 2, 44))}{more}"
        out.append(row(line))
    return out


def _said(look: Look, seen: Seen[Any], width: int, utc_offset: int) -> list[Row]:
    at = f"taken {clock(seen.at, utc_offset)}"
    if seen.value is None:
        return labelled(f"   {at}", neutral(f"it came to nothing: {seen.gap.why}" if seen.gap else "it came to nothing"), width, _ANSWER)
    if look.kind != "command":
        return labelled(f"   {at}", neutral(f"it came to: {seen.value.end}"), width, _ANSWER)
    lines = [line for line in (seen.value.out or seen.value.err).splitlines() if line.strip()]
    text = f"it said {len(lines)} lines" + (f", the last {_LAST}:" if len(lines) > _LAST else ":")
    return labelled(f"   {at}", text, width, _ANSWER) + [row("   ", cell(harmless(line), width - 4)) for line in lines[-_LAST:]]
