"""502 and 504 of which no error log tells and the access log does: the application answered so itself, nginx did and asked nobody, or a try failed while
error logs are silent.

Only access logs whose format has `$upstream_status` tell these apart. With `$upstream_header_time` an answer of the application is told by it; without, by
that no error log has a failure at that peer, which it would have if it was nginx's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tui502.model.config import Config, Where
from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import LogTarget, Outage, Pass, PeerState, Request, Routes, Target
from tui502.read import keys, requests
from tui502.read.access_log import ANSWERED, FAILED, GATEWAY, TRIED, UNASKED
from tui502.read.answers import Answer, logs_of
from tui502.read.memo import Memo, Shelf
from tui502.read.outages.going import goes_on, replayed
from tui502.read.outages.logged import rate
from tui502.read.outages.named import symptom_of
from tui502.read.outages.places import target
from tui502.read.outages.shares import shares
from tui502.read.outages.spans import RECENT
from tui502.read.outages.sums import Sum, since_it_began
from tui502.read.outages.unlogged import is_silent
from tui502.read.outcomes import peers_of
from tui502.read.routing import located
from tui502.read.symptoms import FAILING
from tui502.text import neutral

BACKEND, NGINX, LOST = "backend", "nginx", "lost"
"""Who answered; LOST is a failed try that was logged nowhere."""


class _Key(NamedTuple):
    who: str
    status: str
    peer: str
    server: str


class _Found(NamedTuple):
    route: Pass | None
    target: Target
    request: Request | None


_placed: Memo[Shelf[_Found]] = Memo()


def own_answers(
    evidence: Evidence, config: Config, routes: Routes, logs: tuple[LogTarget, ...], states: Mapping[str, PeerState], told: tuple[Answer, ...],
    formats: tuple[str, ...],
) -> Iterator[Outage]:  # fmt: skip
    """The outages of this kind of the last 15 minutes."""
    shelf = _placed((config, routes, formats), Shelf)
    heard = not any(is_silent(evidence, target) for target in logs if target.kind == "error")
    failed = [tally for seen in logs_of(evidence, logs, "error") for tally in seen.tallies if tally.symptom in FAILING]
    for key, tallies in _by_key(told, heard, failed).items():
        if max(tally.last for tally in tallies) > evidence.taken_at - RECENT:
            total = since_it_began(tallies, told, key.peer, key.server, evidence.taken_at)
            yield _outage(evidence, states, told, key, total, _placed_on(shelf, config, routes, formats, key, total))


def _outage(evidence: Evidence, states: Mapping[str, PeerState], told: tuple[Answer, ...], key: _Key, total: Sum, placed: _Found) -> Outage:
    symptom = symptom_of(states.get(key.peer)) if key.who == LOST else f"{key.who}_answers_{key.status}"
    share, peak = shares(evidence, told, key.server, total.first, own=key.who != LOST)
    return Outage(
        key=keys.outage_key(symptom or key.who, key.peer, key.server),
        target=placed.target,
        symptoms=(symptom,) if symptom else (),
        client_visible=total.count,
        rate=rate(evidence, total.recent, total.first),
        share=share,
        first=total.first,
        last=total.last,
        now=goes_on(evidence, symptom, total.last, placed.request, states.get(key.peer), placed.route),
        request=placed.request,
        replay=replayed(evidence, placed.request)[1],
        peak=peak,
        saved=0,
    )


def _by_key(told: tuple[Answer, ...], heard: bool, failed: list[Tally]) -> dict[_Key, list[Tally]]:
    found: dict[_Key, list[Tally]] = {}
    for each in told:
        tally = each.tally
        if tally.symptom in GATEWAY and tally.first and (who := _who(each, heard, failed)):
            found.setdefault(_Key(who, "" if who == LOST else tally.symptom, tally.peer.rpartition(", ")[2], each.server), []).append(tally)
    return found


def _who(answer: Answer, heard: bool, failed: list[Tally]) -> str:
    """Who made these answers, '' where that is told by an error log, or not certain."""
    phase, peers = answer.tally.phase, peers_of(answer.tally)
    if phase == ANSWERED:
        return BACKEND
    if phase == UNASKED:
        return "" if any(not tally.peer and tally.server in ("", answer.server) for tally in failed) else NGINX
    if not peers or any(not tally.peer or tally.peer in peers for tally in failed):
        return ""
    if not heard:
        return LOST if phase in (FAILED, TRIED) else ""
    return BACKEND if phase == TRIED else ""


def _placed_on(shelf: Shelf[_Found], config: Config, routes: Routes, formats: tuple[str, ...], key: _Key, total: Sum) -> _Found:
    return shelf(key, lambda _: total.samples, lambda: _place(config, routes, formats, key, total))


def _place(config: Config, routes: Routes, formats: tuple[str, ...], key: _Key, total: Sum) -> _Found:
    """Where these answers come from: the location to which their newest requests are routed, '' where that is not one."""
    passes = [route for route in routes.passes if key.server in ("", *route.names[:1])]
    dialling = [route for route in passes if any(peer.address == key.peer for peer in route.peers)] if key.peer else passes
    own = [route for route in routes.passes if key.server and key.server == next(iter(route.names), "")] or dialling
    asked = [request for line in reversed(total.samples) if own and (request := requests.from_line(line, own[0], formats))]
    leading = {(found.pass_, found.location.where if found.location else None) for each in asked if (found := located(config, each, routes))}
    route, where = leading.pop() if len(leading) == 1 else (None, None)
    route = dialling[0] if len(dialling) == 1 and key.peer else route
    shown = target(route, key.peer, key.server) if route and (not key.peer or route in dialling) else _unrouted(config, key, where)
    return _Found(route, shown, next(iter(asked), None))


def _unrouted(config: Config, key: _Key, where: Where | None) -> Target:
    location = next((" ".join(one.args) for one in config.walk() if one.name == "location" and one.where == where), "") if where else ""
    return Target(neutral(key.server), "", neutral(location), "", "", neutral(key.peer), where)
