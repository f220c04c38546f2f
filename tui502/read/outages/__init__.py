"""Outages: the failures that the logs tell of, joined with routing, and whether they go on.

`sums` adds up what error logs have, `places` finds where it stands, `going` says whether it goes on, `logged` makes an outage of it. No error log tells of
those in `own` (the application or nginx itself answered so), `named` (of the request that a person named) and `unlogged`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence
from tui502.model.facts import Loaded, LogTarget, Outage, PeerState, Routes
from tui502.read import access_log, asked
from tui502.read.answers import answers
from tui502.read.memo import Memo, Shelf
from tui502.read.onset import onset
from tui502.read.outages.going import proved
from tui502.read.outages.logged import logged
from tui502.read.outages.named import named_outages
from tui502.read.outages.own import own_answers
from tui502.read.outages.places import alone, group_state, place, target
from tui502.read.outages.spans import RECENT
from tui502.read.outages.sums import sums
from tui502.read.outages.unlogged import NOT_SERVED, unlogged, unserved
from tui502.read.outcomes import outcomes
from tui502.read.symptoms import TIMEOUT

__all__ = ["NOT_SERVED", "RECENT", "group_state", "outages", "target"]

_newest: Memo[Shelf[Outage]] = Memo()


def outages(
    evidence: Evidence, config: Config, routes: Routes, logs: tuple[LogTarget, ...], peers: tuple[PeerState, ...], loaded: Loaded | None = None,
    stopped: float = 0.0, broken: str = "",
) -> tuple[Outage, ...]:  # fmt: skip
    """All outages that the evidence tells of: those of the request that a person named first, then most client-visible failures. Those without failures in
    a log come from that request, while nginx does not run (since `stopped`) from a server that nobody serves (not one of the file `broken`, which keeps
    nginx from starting), and, where no error log could be read, from peers that are down."""
    states: Mapping[str, PeerState] = {state.peer: state for state in (*peers, *(loaded.peers if loaded else ()))}
    told = answers(evidence, config, logs, loaded)
    totals = sums(evidence, logs, told)
    onsets = {key: onset(evidence, logs, total.tallies) if key[0] == TIMEOUT and not total.before else None for key, total in totals.items()}
    placed = {key: place(config, routes, loaded, key, total, onsets[key]) for key, total in totals.items()}
    lonely = {key: alone(key[0], placed[key].running, states) for key in totals}
    came_to = outcomes(told, {key: total.tries() for key, total in totals.items()}, lonely)
    formats = access_log.formats_of(config, loaded, logs)
    found = [logged(evidence, states, told, key, total, placed[key], came_to[key], onsets[key]) for key, total in totals.items()]
    found += own_answers(evidence, config, routes, logs, states, told, formats)
    found = proved(evidence, found, states)
    named = asked.asked(evidence, config, routes, found, loaded)
    found += named_outages(evidence, named, states, found)
    found += unlogged(evidence, routes, logs, states, told, formats, found)
    found += unserved(evidence, config, routes, stopped, broken)
    found = asked.marked(named, found)
    known = _newest((config, routes), Shelf)
    return tuple(known.settled(each.key, each) for each in sorted(found, key=_order))


def _order(outage: Outage) -> tuple[bool, bool, int, float, str]:
    return not outage.now, not outage.asked, -outage.client_visible, -outage.last, outage.key
