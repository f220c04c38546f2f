"""Rows of the watch: failures a minute, the backends, and what happened; calm, the same places as long as nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.read.symptoms import WORDS
from tui502.report import rate, watch
from tui502.text import neutral
from tui502.ui.render import events, tree
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Row, cell, cell_len, middle, row
from tui502.ui.render.times import age

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui502.model.evidence import Tally
    from tui502.model.facts import Node, PeerState
    from tui502.model.findings import Incident
    from tui502.ui.moment import Moment

_FAILURES = 4
"""Kinds of failures that have a row of their own."""

_BEFORE = 300.0
"""Seconds before the watched time over which the former rate is taken at most; fewer where it began later."""


def rows(moment: Moment, width: int, whole: bool) -> list[Row]:
    """All of it; `whole`: only the events."""
    incident = moment.incident
    if incident is None:
        return [row(" ", ("looking…", "looking"))]
    found = events.of(moment)
    if whole:
        return events.rows(found, width, moment.utc_offset, 2)
    states = rule(width, row("backends"), _tally(incident))
    return [
        *_failures(incident, moment.watched, width), states, *_backends(incident, moment, width),
        rule(width, row("events"), "newest first"), *events.rows(found, width, moment.utc_offset, 2),
    ]  # fmt: skip


def _tally(incident: Incident) -> str:
    """ "4 up, 1 flapping of 5"."""
    told = tree.tally(incident.facts.nodes)
    up = len({node.label for node in incident.facts.nodes if node.kind == "peer" and node.state == "UP"})
    return told if told.endswith(" up") else f"{up} up, {told}" if told else ""


def _failures(incident: Incident, since: float, width: int) -> list[Row]:
    name = max(15, min(32, width - 37))
    groups = watch.tallies_of(incident)
    own = sorted(list(groups)[:_FAILURES])
    rest = [tally for key, tallies in groups.items() if key not in own for tally in tallies]
    out = [row(f"  {cell('failures a minute', name)}{'before':>6}{'now':>6}   {'last 20 min' if width >= name + 37 else ''}")]
    for symptom, peer in own:
        word = WORDS.get(symptom, symptom.replace("_", " "))
        text = neutral(f"{peer} {word}" if peer else word)
        out.append(_rate(text if cell_len(text) <= name - 1 else middle(text, name - 1), groups[symptom, peer], incident, since, name))
    return [*out, _rate("all other 502 and 504", rest, incident, since, name)]


def _rate(text: str, tallies: Sequence[Tally], incident: Incident, since: float, name: int) -> Row:
    now = incident.evidence.taken_at
    window = max(60.0, min(_BEFORE, since - min((tally.first for tally in tallies if tally.first), default=0.0)))
    before = rate.between(tallies, since - window, since) * 60 / window
    bars = rate.spark(rate.spread(tallies, now, rate.MINUTES))
    return row("  ", cell(text, name), f"{before:>6.0f}{rate.between(tallies, now - 60):>6}   {bars}")


def _backends(incident: Incident, moment: Moment, width: int) -> list[Row]:
    """A row each; remote ones of one group that are all well share one."""
    states = {neutral(state.peer): state for state in incident.facts.peers}
    nodes = list({node.label: node for node in incident.facts.nodes if node.kind == "peer"}.values())
    joined: dict[str, list[Node]] = {}
    for node in nodes:
        state = states.get(node.label)
        alone = node.state != "UP" or state is None or state.pid
        joined.setdefault(node.label if alone else f"group {_group(incident, node)}", []).append(node)
    longest = max((cell_len(each[0].label) + 2 for each in joined.values()), default=0)
    names = max(17, min(30 if width >= 76 else 22, longest))
    return [_backend(each, states.get(each[0].label), incident, moment, width, names) for each in joined.values()]


def _group(incident: Incident, node: Node) -> str:
    return next((peer.group for route in incident.facts.routes.passes for peer in route.peers if neutral(peer.address) == node.label), "")


def _backend(nodes: list[Node], state: PeerState | None, incident: Incident, moment: Moment, width: int, names: int) -> Row:
    first = nodes[0]
    glyph, role = STATES[first.state]
    whole = 43 if width < 100 else 56
    if len(nodes) > 1:
        text = cell(", ".join(node.label for node in nodes), whole)
    else:
        behind = ", ".join(part for part in (state.process, neutral(state.unit)) if part) if state else ""
        group = _group(incident, first)
        text = cell(middle(first.label, names - 1), names) + cell(behind or (f"peer of {neutral(group)}" if group else ""), whole - names)
    begun = max((node.since for node in nodes), default=0.0)
    since = age(moment.now - begun) if begun and moment.now >= begun else ""
    flipped = any(neutral(flip.peer) == first.label and moment.now - flip.at < tree.FRESH for flip in incident.evidence.flips)
    why = neutral(first.why) + (" *" if flipped else "")
    text = cell(text, max(20, width - 22)) if width < 76 else text
    return row("  ", (glyph, role), f" {text}", (cell(first.state, 10), f"{role} state"), f"{since:>6}  ", why if width >= 76 else "")
