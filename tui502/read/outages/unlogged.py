"""Failures of which no error log tells: the peers that accept no connection, and nginx itself while it does not run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence
from tui502.model.facts import LogTarget, Outage, PeerState, Routes
from tui502.read import keys, requests
from tui502.read.access_log import GATEWAY
from tui502.read.answers import Answer
from tui502.read.hosted import status_of
from tui502.read.outages.named import symptom_of
from tui502.read.outages.places import group_state, target
from tui502.read.outages.spans import RECENT
from tui502.text import neutral

NOT_SERVED = "not_served"
"""The symptom of a client that finds nobody at nginx's own address."""


def unlogged(
    evidence: Evidence, routes: Routes, logs: tuple[LogTarget, ...], states: Mapping[str, PeerState], told: tuple[Answer, ...], formats: tuple[str, ...],
    found: list[Outage],
) -> Iterator[Outage]:  # fmt: skip
    """Where failures may go unlogged (an error log that is no readable file, or whose level hides them), or an access log tells of 502 and 504 right now:
    passes none of whose peers accepts a connection. How many failed, and since when, is not known."""
    answered = _answered_badly(evidence, told)
    if not answered and not any(is_silent(evidence, target) for target in logs if target.kind == "error"):
        return
    known = {(outage.target.server, outage.target.peer) for outage in found}
    for route in routes.passes:
        working, all_peers = group_state(route, states)
        for peer in route.peers if all_peers and not working else ():
            state = states[peer.address]
            name = next((name for name in route.names if name), "")
            if state.connect in ("refused", "absent", "denied") and (neutral(name), peer.address) not in known:
                known.add((neutral(name), peer.address))
                symptom = symptom_of(state)
                request = requests.from_access(answered, route, formats)
                seen = evidence.exchanges.get(keys.replay_key(request)) if request else None
                status = status_of(seen.value) if seen and seen.value else None
                if status is None or status in (502, 504):
                    key = keys.outage_key(symptom, peer.address, name)
                    yield Outage(key, target(route, peer.address), (symptom,), 0, 0.0, None, 0.0, 0.0, True, request, status)


def is_silent(evidence: Evidence, target: LogTarget) -> bool:
    """Whether an error log says nothing of failures: it goes where it cannot be read from, was not readable, or its level hides them."""
    seen = evidence.logs.get(target.key)
    return target.hides or bool(seen.gap if seen else not target.path.startswith("/") or target.path.startswith("/dev/"))


def _answered_badly(evidence: Evidence, told: tuple[Answer, ...]) -> tuple[bytes, ...]:
    """The newest lines of access logs that say 502 or 504, of those that are not history."""
    tallies = [each.tally for each in told if each.tally.symptom in GATEWAY]
    return tuple(line for tally in tallies if tally.last > evidence.taken_at - RECENT for line in tally.samples)


def unserved(evidence: Evidence, config: Config, routes: Routes, stopped: float, broken: str) -> Iterator[Outage]:
    """While nginx does not run: the front page of the first server that could be asked, which nobody serves. Nothing is logged of that."""
    if evidence.view.value is not None or not evidence.view.at or not config.files:
        return
    for route in sorted(routes.passes, key=lambda route: route.server_where.file == broken):
        request = requests.to_server(route, "GET", "", "/")
        if request is None:
            continue
        seen = evidence.exchanges.get(keys.replay_key(request))
        status = status_of(seen.value) if seen and seen.value else None
        if status is None:
            yield Outage(keys.outage_key(NOT_SERVED, "", request.host), target(route, ""), (NOT_SERVED,), 0, 0.0, None, stopped, 0.0, True, request, None)
        return
