"""What was found out about a dead peer is found out again only when something changed that it may depend on."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from tui502.causes.failing import Dead
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.read import keys, lookup
from tui502.read.memo import Inputs, Memo, Shelf
from tui502.read.peers import YOUNG

T = TypeVar("T")

DAY = 86400.0
"""Seconds after which a time is told with its date."""

_results: Memo[dict[str, Shelf[object]]] = Memo(4)
_inputs: Memo[Shelf[Inputs]] = Memo(4)
_of_moment: Memo[dict[int, tuple[Dead, Inputs]]] = Memo()
_shared: Memo[Inputs] = Memo()
_turns: Memo[list[float]] = Memo()


def once(cause: str, evidence: Evidence, facts: Facts, dead: Dead, judge: Callable[[Dead], T]) -> T:
    """The result of `judge`, a pure function of this dead peer: its own state and outages, what it and what may take its place was asked, and the parts of
    the host that are the same for all peers."""
    shelf = _results((facts.routes,), dict).setdefault(cause, Shelf())
    inputs = _of(evidence, facts, dead)
    return cast(T, shelf(dead.state.peer, lambda _: (inputs,), lambda: judge(dead)))


def _of(evidence: Evidence, facts: Facts, dead: Dead) -> Inputs:
    """All that it may depend on: the same tuple as long as its parts are the same."""
    known = _of_moment((evidence, facts), dict)
    if id(dead) not in known:
        found = tuple(_concerns(evidence, facts, dead))
        known[id(dead)] = dead, _inputs((facts.routes,), Shelf)(dead.state.peer, lambda _: found, lambda: found)
    return known[id(dead)][1]


def _concerns(evidence: Evidence, facts: Facts, dead: Dead) -> Iterator[object]:
    yield dead
    yield _shared((evidence, facts), lambda: _of_all(evidence, facts))
    asked, states = lookup.asked(evidence), lookup.states(facts)
    for address in (*dead.aliases, *(each.address for each in dead.state.candidates)):
        yield from asked.get(address, ())
    yield from lookup.outages_at(facts, dead.state.peer)
    for outage in dead.outages:
        yield evidence.exchanges.get(keys.replay_key(outage.request)) if outage.request else None
        yield from (evidence.taken_at - at < DAY for at in (outage.first, outage.last))
    yield from (states.get(peer.address) for route in dead.passes for peer in route.peers)
    young = (lookup.process(evidence, each.pid) for each in dead.state.candidates)
    yield evidence.taken_at if any(each and evidence.taken_at - each.started < YOUNG for each in young) else 0.0


def _of_all(evidence: Evidence, facts: Facts) -> Inputs:
    """What is the same for all peers, and how many of the moments are over from which on something is told otherwise."""
    turns = _turns((facts.units, evidence.processes), lambda: _moments(evidence, facts))
    found = (
        facts.config, facts.units, facts.pools, facts.nginx, facts.logs, facts.drift, facts.loaded, lookup.placed(facts), evidence.view, evidence.files,
        evidence.dirs, evidence.commands, evidence.listeners, evidence.processes, evidence.names, evidence.logs, evidence.running, evidence.paths,
        evidence.access, evidence.addresses, evidence.euid, evidence.probing, evidence.utc_offset, evidence.url, bisect(turns, evidence.taken_at),
    )  # fmt: skip
    return _inputs((facts.routes,), Shelf)("", lambda _: found, lambda: found)


def _moments(evidence: Evidence, facts: Facts) -> list[float]:
    """When services came into their state a day ago, and processes grow old enough to count as settled."""
    return sorted((*(unit.since + DAY for unit in facts.units), *(each.started + YOUNG for each in evidence.processes.value or ())))
