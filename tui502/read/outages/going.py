"""Whether an outage goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui502.model.evidence import Evidence, Exchange, Seen
from tui502.model.facts import Outage, Pass, PeerState, Request
from tui502.read import keys
from tui502.read.hosted import status_of
from tui502.read.outages.spans import RECENT
from tui502.read.symptoms import CONNECTING
from tui502.text import neutral


def replayed(evidence: Evidence, request: Request | None) -> tuple[Seen[Exchange] | None, int | None]:
    """The newest replay of a request and its status; None where there is none."""
    seen = evidence.exchanges.get(keys.replay_key(request)) if request else None
    return seen, status_of(seen.value) if seen and seen.value else None


def goes_on(evidence: Evidence, symptom: str, last: float, request: Request | None, peer: PeerState | None, route: Pass | None) -> bool:
    """Does it go on? Recent, and not disproved by a newer look: the replay (of no use where another peer may have answered it), or the peer itself."""
    if evidence.taken_at - last > RECENT:
        return False
    if symptom in CONNECTING and symptom != "no_live_upstream" and answers_since(evidence, peer, last):
        return False
    seen, status = replayed(evidence, request)
    alone = route is None or sum(1 for each in route.peers if not each.down) <= 1 or symptom == "no_live_upstream"
    return not (alone and seen is not None and status is not None and status < 500 and seen.at >= last)


def answers_since(evidence: Evidence, peer: PeerState | None, last: float) -> bool:
    """Does a peer accept connections again, seen later than its newest failure?"""
    if peer is None or peer.connect not in ("answered", "connected") or peer.state in ("FLAPPING", "DOWN"):
        return False
    exchanges = (item for item in evidence.exchanges.values() if item.value and item.value.peer == peer.peer and item.value.speak != "replay")
    return max((item.at for item in exchanges), default=0.0) > last


def proved(evidence: Evidence, found: list[Outage], states: Mapping[str, PeerState]) -> list[Outage]:
    """With the proof by replay: where the request fails at this moment, the newest outage of that request goes on, however old it is. In a group in which
    nobody is asked any more it is not that of a peer which accepts by now."""
    shown = {neutral(address): state for address, state in states.items()}
    emptied = {outage.target.upstream for outage in found if "no_live_upstream" in outage.symptoms and outage.replay in (502, 504)}
    newest: dict[Request, Outage] = {}
    for outage in found:
        if outage.target.upstream in emptied and answers_since(evidence, shown.get(outage.target.peer), outage.last):
            continue
        if outage.request and outage.replay in (502, 504) and _age(outage) >= _age(newest.get(outage.request, outage)):
            newest[outage.request] = outage
    failing = {outage.key for outage in newest.values()}
    return [replace(outage, now=True) if outage.key in failing and not outage.now else outage for outage in found]


def _age(outage: Outage) -> tuple[float, bool]:
    """Orders outages by their newest failure; within a second "no live upstreams" comes after what the peers did."""
    return outage.last, "no_live_upstream" in outage.symptoms
