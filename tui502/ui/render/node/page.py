"""The page of one node: where it stands, its state, then what belongs to its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.node import hops, talk
from tui502.ui.render.node.behind import Behind, behind
from tui502.ui.render.node.lines import AT, fact
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Row, cell_len, labelled, middle, row, wrap
from tui502.ui.render.times import age, clock

if TYPE_CHECKING:
    from tui502.ui.moment import Moment

_KINDS = ("server", "location", "pass", "peer", "found", "process", "unit")
"""Kinds that stand in the line of where something is; a listener is its peer's, a group is named by its pass."""


def title(moment: Moment, key: str, width: int) -> tuple[str, str]:
    """ "2 Upstreams  peer 127.0.0.1:3000", "DOWN 12 min". Where it is narrow its kind goes, then the age; never the address."""
    found = behind(moment.incident, key) if moment.incident else None
    if found is None:
        return "2 Upstreams", ""
    node = found.node
    kind = "" if node.label.startswith(node.kind) else f"{node.kind} "
    since = f" {age(moment.now - node.since)}" if node.since and moment.now >= node.since else ""
    label = neutral(node.label)
    whole = [(f"2 Upstreams  {kind}{label}", f"{node.state}{since}"), (f"2 Upstreams  {label}", f"{node.state}{since}"), (f"2 Upstreams  {label}", node.state)]
    return next(((left, right) for left, right in whole if cell_len(left + right) + 10 <= width), (f"2 {label}", node.state))


def rows(moment: Moment, key: str, width: int, alone: bool) -> list[Row]:
    """Everything that is known. `alone`: no other pane is on the screen, so the offer that mends it stands below."""
    found = behind(moment.incident, key) if moment.incident else None
    if found is None:
        return [row(" it is not there any more: esc goes back to the tree")]
    out = [*_where(found, width), *_state(found, moment, width)]
    kind = found.node.kind
    if kind in ("server", "location", "pass", "group"):
        out += hops.rows(found, width)
    if kind in ("peer", "listener"):
        out += [*hops.access(found, width), *hops.listens(found, width), *hops.instead(found, width)]
    if kind in ("found",):
        out += [*hops.tied(found, width), *hops.listens(found, width)]
    if kind in ("peer", "listener", "found"):
        out += talk.rows(found, moment, width)
    if kind in ("peer", "listener"):
        out += talk.logged(found, moment, width)
    if kind in ("peer", "listener", "found", "process"):
        out += hops.process(found, moment, width)
    if kind in ("peer", "listener", "found", "process", "unit"):
        out += hops.unit(found, moment, width)
    return [*out, *_offer(found, moment, width)] if alone else out


def _where(found: Behind, width: int) -> list[Row]:
    """The line from the server down to the node, its middle cut where it is narrow; and where it is written."""
    names = [neutral(node.label) for node in reversed(found.line) if node.kind in _KINDS]
    names = [name.partition(" ")[2] if name.startswith(("proxy_pass ", "fastcgi_pass ", "grpc_pass ")) else name for name in names]
    out = fact("where", _line(list(dict.fromkeys(names)), width - AT), width)
    where = next((node.where for node in found.line[:1] if node.where), None)
    return out + (fact("written", middle(neutral(f"{where.file}:{where.line}"), width - AT), width) if where else [])


def _line(names: list[str], width: int) -> str:
    """Hops from the outside to the node; of a line that is too long those in the middle go, whole ones."""
    for n in range(len(names) - 1):
        text = " → ".join((*names[:1], *(["…"] if n else []), *names[1 + n :]))
        if cell_len(text) <= width:
            return text
    return names[-1]


def _state(found: Behind, moment: Moment, width: int) -> list[Row]:
    node = found.node
    glyph, role = STATES[node.state]
    since = f"since {clock(node.since, moment.utc_offset)}, {age(moment.now - node.since)}" if node.since and moment.now >= node.since else ""
    text = ": ".join(part for part in (since, neutral(node.why)) if part)
    first, *rest = wrap(text, max(8, width - AT - len(node.state) - 3)) or [""]
    head = row(f" {'state':<{AT - 1}}", (glyph, role), " ", (node.state, f"{role} state"), f" {first}")
    return [head, *(row(" " * (AT + 2), part) for part in rest)]


def _offer(found: Behind, moment: Moment, width: int) -> list[Row]:
    """The selected offer, where it is about this node, in short: what it changes and its risk."""
    from tui502.ui.choose import ancestry, node_of
    from tui502.ui.render import offers

    about = node_of(found.incident, moment.offer.finding.target) if moment.offer else None
    if moment.offer is None or moment.repairing or about is None or not (about in found.line or found.node in ancestry(found.incident, about.key)):
        return []
    fix = moment.offer.fix
    out = [row(""), rule(width, row(f"4 Fix  {moment.offer.letter}"), offers.cost(fix)), *labelled("", neutral(fix.title), width, 1)]
    out += offers.changes(moment.offer, moment, width)
    return out + (labelled(" risk", neutral(fix.risk), width, offers.LABEL) if fix.risk else [])
