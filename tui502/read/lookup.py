"""What is looked up again and again, laid out once for the parts of the evidence or the facts that it is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from tui502.model.evidence import Evidence, Process
from tui502.model.facts import Facts, LogTarget, Outage, Pass, PeerState, Routes, Unit
from tui502.read import hosted, keys
from tui502.read.memo import Memo, Shelf
from tui502.text import neutral

K = TypeVar("K")
T = TypeVar("T")

_states: Memo[Mapping[str, PeerState]] = Memo()
_units: Memo[Mapping[str, Unit]] = Memo()
_processes: Memo[Mapping[int, Process]] = Memo()
_placed: Memo[Shelf[frozenset[str]]] = Memo(4)
_asked: Memo[hosted.Asked] = Memo()
_upstreams: Memo[Mapping[str, tuple[Pass, ...]]] = Memo(4)
_places: Memo[Mapping[tuple[str, str], tuple[tuple[int, Pass], ...]]] = Memo(4)
_dialling: Memo[Mapping[str, tuple[Pass, ...]]] = Memo(4)
_failing: Memo[Mapping[str, tuple[Outage, ...]]] = Memo()
_by_key: Memo[Mapping[str, tuple[Outage, ...]]] = Memo()
_at_peers: Memo[Mapping[str, tuple[Outage, ...]]] = Memo()
_logs: Memo[Mapping[str, str]] = Memo()


def states(facts: Facts) -> Mapping[str, PeerState]:
    """The state of each peer of the configuration by its address."""
    return _states((facts.peers,), lambda: {state.peer: state for state in facts.peers})


def units(facts: Facts) -> Mapping[str, Unit]:
    """The services by their names."""
    return _units((facts.units,), lambda: {unit.name: unit for unit in facts.units})


def placed(facts: Facts) -> frozenset[str]:
    """The services behind the peers at which somebody listens; the same object as long as they are the same."""
    found = frozenset(state.unit for state in facts.peers if state.listening)
    return _placed((facts.routes,), Shelf).settled("", found)


def process(evidence: Evidence, pid: int) -> Process | None:
    """A process that was seen, by its pid."""
    return _processes((evidence.processes,), lambda: {each.pid: each for each in reversed(evidence.processes.value or ())}).get(pid)


def asked(evidence: Evidence) -> hosted.Asked:
    """What each peer was asked directly, newest first."""
    return _asked((evidence.exchanges,), lambda: hosted.asked(evidence.exchanges))


def upstreams(routes: Routes) -> Mapping[str, tuple[Pass, ...]]:
    """The passes that spread requests over several peers, by the neutral name of what they spread them over."""
    return _upstreams((routes,), lambda: _grouped((neutral(route.upstream), route) for route in routes.passes if route.upstream))


def passes_at(routes: Routes, location: str, *targets: str) -> tuple[Pass, ...]:
    """The passes of a neutral location to one of these neutral names of an upstream or addresses of a peer, in the order of the configuration."""
    laid_out = _places((routes,), lambda: _grouped(_all_places(routes)))
    found = dict(item for target in targets if target for item in laid_out.get((location, target), ()))
    return tuple(found[n] for n in sorted(found))


def passes_to(routes: Routes, targets: Iterable[str]) -> Iterator[Pass]:
    """The passes to any of these neutral names of an upstream or addresses of a peer."""
    laid_out = _dialling((routes,), lambda: _grouped((target, route) for (_, target), (_, route) in _all_places(routes)))
    yield from (route for target in targets for route in laid_out.get(target, ()))


def _all_places(routes: Routes) -> Iterator[tuple[tuple[str, str], tuple[int, Pass]]]:
    for n, route in enumerate(routes.passes):
        for target in dict.fromkeys((neutral(route.upstream), *(neutral(peer.address) for peer in route.peers))):
            yield (neutral(route.location), target), (n, route)


def failing(facts: Facts) -> Mapping[str, tuple[Outage, ...]]:
    """The outages that go on, by what their requests are spread over ('' where that is one peer)."""
    return _failing((facts.outages,), lambda: _grouped((outage.target.upstream, outage) for outage in facts.outages if outage.now))


def by_key(facts: Facts) -> Mapping[str, tuple[Outage, ...]]:
    """The outages that go on, by their keys."""
    return _by_key((facts.outages,), lambda: _grouped((outage.key, outage) for outage in facts.outages if outage.now))


def outages_at(facts: Facts, peer: str) -> tuple[Outage, ...]:
    """All outages at a peer, those that are over too."""
    return _at_peers((facts.outages,), lambda: _grouped((outage.target.peer, outage) for outage in facts.outages)).get(neutral(peer), ())


def log_of(evidence: Evidence, logs: tuple[LogTarget, ...], key: str) -> str:
    """The error log that tells of the failures of that key, '' where none does."""
    return _logs((evidence.logs, logs), lambda: dict(reversed(tuple(_told(evidence, logs))))).get(key, "")


def _told(evidence: Evidence, logs: tuple[LogTarget, ...]) -> Iterator[tuple[str, str]]:
    for target in logs:
        seen = evidence.logs.get(target.path) if target.kind == "error" else None
        for tally in seen.value.tallies if seen and seen.value else ():
            yield keys.outage_key(tally.symptom, tally.peer, tally.server), target.path


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    found: dict[K, list[T]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return {key: tuple(items) for key, items in found.items()}
