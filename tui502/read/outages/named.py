"""Outages of the request that a person named, of which no log tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui502.model.evidence import Evidence
from tui502.model.facts import Outage, PeerState, Request
from tui502.read import asked, keys, requests
from tui502.read.asked import Asked
from tui502.read.error_log import classify
from tui502.read.outages.places import target
from tui502.read.symptoms import FAILING


def named_outages(evidence: Evidence, named: tuple[Asked, ...], states: Mapping[str, PeerState], found: list[Outage]) -> Iterator[Outage]:
    """An outage of each request that a person named and that fails when it is replayed, unless the logs tell of it."""
    for each in named:
        request, route = each.request, each.found.pass_
        status = asked.status_of_replay(evidence, request)
        if route is None or status not in (502, 504) or any(outage.now and asked.meets(each, outage) for outage in found):
            continue
        peers = [peer.address for peer in route.peers]
        peer = next((address for address in peers if address in states and states[address].state != "UP"), next(iter(peers), ""))
        symptom = _told(evidence, request) or symptom_of(states.get(peer))
        key = keys.outage_key("asked", peer, next(iter(route.names), ""))
        yield Outage(key, target(route, peer), (symptom,) if symptom else (), 0, 0.0, None, 0.0, 0.0, True, request, status)


def _told(evidence: Evidence, request: Request) -> str:
    """How our own replay failed, in the words of the error log, '' where it has none. It counts nowhere, but it is a failure that was seen."""
    told = (classify(record).symptom for record in requests.own_records(request, (seen.value for seen in evidence.logs.values() if seen.value)))
    return next((symptom for symptom in told if symptom in FAILING), "")


def symptom_of(state: PeerState | None) -> str:
    """What nginx would log of a peer in this state, '' where that is nothing."""
    ends = {"refused": "connection_refused", "absent": "socket_missing", "denied": "socket_permission", "timeout": "upstream_timeout_connect"}
    return ends.get(state.connect, "") if state else ""
