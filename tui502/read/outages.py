"""Outages: the failures that the logs tell of, joined with routing, and whether they go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Exchange, Seen, Tally
from tui502.model.facts import Loaded, LogTarget, Onset, Outage, Pass, PeerState, Request, Routes, Target
from tui502.read import addresses, asked, keys, outcomes, requests
from tui502.read.asked import Asked
from tui502.read.counts import STEP
from tui502.read.error_log import classify
from tui502.read.hosted import status_of
from tui502.read.memo import Memo, Shelf
from tui502.read.onset import onset
from tui502.read.routing import locate
from tui502.read.symptoms import CONNECTING, FAILING, TIMEOUT
from tui502.text import neutral

RECENT = 900.0
"""A failure within so many seconds counts as going on, unless a newer look disproves it."""

WINDOW = 300.0
"""Seconds over which the rate is taken."""

MOST_SAMPLES = 8

NOT_SERVED = "not_served"
"""The symptom of a client that finds nobody at nginx's own address."""


class _Place(NamedTuple):
    """Where failures stand, by what their newest records say: the pass that they went through (as it stands on disk, and as nginx runs it) and its peer, the
    requests that failed, newest first."""

    route: Pass | None
    running: Pass | None
    address: str
    target: Target
    requests: tuple[Request, ...]


_served: Memo[dict[str, tuple[tuple[Pass, str], ...]]] = Memo()
_placed: Memo[Shelf[_Place]] = Memo()
_newest: Memo[Shelf[Outage]] = Memo()


@dataclass
class _Sum:
    """The tallies of one symptom × peer × server, added up over phases and logs."""

    count: int = 0
    recent: int = 0
    first: float = 0.0
    last: float = 0.0
    samples: tuple[bytes, ...] = ()
    tallies: tuple[Tally, ...] = ()


def outages(
    evidence: Evidence, config: Config, routes: Routes, logs: tuple[LogTarget, ...], peers: tuple[PeerState, ...], loaded: Loaded | None = None,
    stopped: float = 0.0, broken: str = "",
) -> tuple[Outage, ...]:  # fmt: skip
    """All outages that the evidence tells of: those of the request that a person named first, then most client-visible failures. Those without failures in
    a log come from that request, while nginx does not run (since `stopped`) from a server that nobody serves (not one of the file `broken`, which keeps
    nginx from starting), and, where no error log could be read, from peers that are down."""
    states = {state.peer: state for state in (*peers, *(loaded.peers if loaded else ()))}
    dialled = loaded.routes if loaded else None
    served = _served((routes, dialled), lambda: _all_served(routes, dialled))
    shelf = _placed((config, routes, dialled), Shelf)
    sums = _sums(evidence, logs)
    onsets = {key: onset(evidence, logs, total.tallies) if key[0] == TIMEOUT else None for key, total in sums.items()}
    placed = {key: _place(shelf, config, routes, dialled, served, key, total, onsets[key]) for key, total in sums.items()}
    alone = {key: _alone(key[0], placed[key].running, states) for key in sums}
    told = outcomes.outcomes(evidence, logs, {key: total.tallies for key, total in sums.items()}, alone)
    shares = _shares(evidence, logs)
    found = [_outage(evidence, states, shares, key, total, placed[key], told[key], onsets[key]) for key, total in sums.items()]
    found = _proved(evidence, found, states)
    named = asked.asked(evidence, config, routes, found, loaded)
    found += _named(evidence, named, states, found)
    found += _unlogged(evidence, routes, logs, states, found)
    found += _unserved(evidence, config, routes, stopped, broken)
    found = asked.marked(named, found)
    known = _newest((config, routes), Shelf)
    return tuple(known.settled(each.key, each) for each in sorted(found, key=_order))


def _order(outage: Outage) -> tuple[bool, bool, int, float, str]:
    return not outage.now, not outage.asked, -outage.client_visible, -outage.last, outage.key


def group_state(route: Pass | None, states: Mapping[str, PeerState]) -> tuple[int, int]:
    """(peers that are not down, all peers) of a pass."""
    peers = [peer for peer in (route.peers if route else ()) if not peer.down]
    down = ("DOWN", "DENIED", "FAILING")
    return sum(1 for peer in peers if peer.address not in states or states[peer.address].state not in down), len(peers)


def _sums(evidence: Evidence, logs: tuple[LogTarget, ...]) -> dict[tuple[str, str, str], _Sum]:
    found: dict[tuple[str, str, str], _Sum] = {}
    for seen in outcomes.logs_of(evidence, logs, "error"):
        for tally in seen.tallies:
            if tally.symptom in FAILING:
                _add(found.setdefault((tally.symptom, tally.peer, tally.server), _Sum()), tally, evidence.taken_at)
    return found


def _add(total: _Sum, tally: Tally, now: float) -> None:
    total.count += tally.count
    total.recent += sum(_window(tally, now, WINDOW))
    total.first = min(total.first or tally.first, tally.first)
    total.tallies = (*total.tallies, tally)
    newer = tally.last >= total.last
    total.samples = (*total.samples, *tally.samples) if newer else (*tally.samples, *total.samples)
    total.last = max(total.last, tally.last)


def _window(tally: Tally, now: float, seconds: float) -> tuple[int, ...]:
    """The counts of the steps of ten seconds that begin within the last `seconds`."""
    steps = int((seconds - max(0.0, now - tally.last)) // STEP)
    return tally.per_10s[-steps:] if steps > 0 else ()


def _all_served(routes: Routes, running: Routes | None) -> dict[str, tuple[tuple[Pass, str], ...]]:
    """The passes behind what a log names, by the text on disk and by that which nginx runs."""
    served = _by_alias(routes)
    for alias, items in _counterparts(_by_alias(running), routes).items() if running else ():
        served[alias] = tuple(dict.fromkeys((*served.get(alias, ()), *items)))
    return served


def _by_alias(routes: Routes) -> dict[str, tuple[tuple[Pass, str], ...]]:
    """Address as a log writes it, or the name of a group or of several addresses → the passes behind it with the peer's own address ('' for such a name)."""
    found: dict[str, dict[tuple[str, str], tuple[Pass, str]]] = {}
    for route in routes.passes:
        if route.upstream:
            found.setdefault(route.group or route.peers[0].host, {})[route.key, ""] = (route, "")
        for peer in route.peers:
            for alias in addresses.aliases(peer):
                found.setdefault(alias, {})[route.key, peer.address] = (route, peer.address)
    return {alias: tuple(items.values()) for alias, items in found.items()}


def _counterparts(running: dict[str, tuple[tuple[Pass, str], ...]], routes: Routes) -> dict[str, tuple[tuple[Pass, str], ...]]:
    """The passes of the running text replaced by those of the same server and location on disk, so that places are places on disk; others are left out."""
    on_disk = {route.place: route for route in reversed(routes.passes)}
    return {alias: tuple((on_disk[route.place], address) for route, address in items if route.place in on_disk) for alias, items in running.items()}


def _place(
    shelf: Shelf[_Place], config: Config, routes: Routes, dialled: Routes | None, served: Mapping[str, tuple[tuple[Pass, str], ...]],
    key: tuple[str, str, str], total: _Sum, began: Onset | None,
) -> _Place:  # fmt: skip
    samples = total.samples[-MOST_SAMPLES:]
    oldest = tuple(raw for tally in total.tallies for raw in tally.oldest)[:MOST_SAMPLES]
    failed = (began.record,) if began else (*reversed(samples), *oldest)

    def read() -> _Place:
        route, address = _route(config, routes, served, key, samples)
        running = next((each for each in dialled.passes if each.place == route.place), route) if dialled and route else route
        return _Place(route, running, address, target(route, address or key[1], key[2]), requests.all_from_records(failed, route) if route else ())

    return shelf(key, lambda _: (*samples, None, *failed), read)


def _asked_again(evidence: Evidence, failed: tuple[Request, ...]) -> Request | None:
    """The one of these requests that stands for all: the newest, but one that is known to fail when it is replayed is kept as long as the log has it among
    its newest and oldest records. Else each new failure would be replayed too, on a host that has enough to do."""
    for request in failed:
        seen = evidence.exchanges.get(keys.replay_key(request))
        if seen is not None and (seen.value is None or (status_of(seen.value) or 500) >= 500):
            return request
    return failed[0] if failed else None


def _outage(
    evidence: Evidence, states: Mapping[str, PeerState], shares: tuple[float | None, float | None], key: tuple[str, str, str], total: _Sum, placed: _Place,
    told: outcomes.Outcomes, began: Onset | None,
) -> Outage:  # fmt: skip
    symptom, peer, server = key
    request = _asked_again(evidence, placed.requests)
    seen = evidence.exchanges.get(keys.replay_key(request)) if request else None
    status = status_of(seen.value) if seen and seen.value else None
    share, peak = shares
    since_first = (evidence.taken_at - total.first) // STEP * STEP
    return Outage(
        key=keys.outage_key(symptom, peer, server),
        target=placed.target,
        symptoms=(symptom,),
        client_visible=told.failed,
        rate=total.recent * 60 / min(WINDOW, max(30.0, since_first)),
        share=share,
        first=total.first,
        last=total.last,
        now=_now(evidence, symptom, total.last, seen, status, states.get(placed.address), placed.running),
        request=request,
        replay=status,
        peak=peak,
        saved=told.saved,
        onset=began,
    )


def _route(
    config: Config, routes: Routes, served: Mapping[str, tuple[tuple[Pass, str], ...]], key: tuple[str, str, str], samples: tuple[bytes, ...]
) -> tuple[Pass | None, str]:
    """The pass that these failures went through: that of the server nginx names; of several the one that the newest request is routed to. Where no pass
    dials that address any more, the one that answers such a request now."""
    _, peer, server = key
    passes = served.get(peer, ())
    if not passes and peer:
        passes = tuple((route, peer) for route in routes.passes if server in route.names[:1])
        if len(passes) > 1:
            passes = _asked_for(config, passes, samples)[:1]
    own = [item for item in passes if server in item[0].names[:1] or (not item[0].names and not server)] or list(passes)
    if len(own) > 1:
        own = list(_asked_for(config, tuple(own), samples)) or own
    return own[0] if own else (None, "")


def _asked_for(config: Config, passes: tuple[tuple[Pass, str], ...], samples: tuple[bytes, ...]) -> tuple[tuple[Pass, str], ...]:
    """Those of the passes to which the newest request is routed."""
    request = requests.from_records(samples, passes[0][0])
    located = locate(config, Routes(tuple(route for route, _ in passes)), request) if request else None
    return tuple(item for item in passes if located and item[0].key == located.key)


def _alone(symptom: str, route: Pass | None, states: Mapping[str, PeerState]) -> bool:
    """Whether every such failure reached the client: no other peer works that could have saved the request."""
    up, all_peers = group_state(route, states)
    return all_peers <= 1 or up == 0 or symptom == "no_live_upstream"


def target(route: Pass | None, peer: str, server: str = "") -> Target:
    """Where a failure stands, in neutral text."""
    if route is None:
        return Target(neutral(server), "", "", "", "", neutral(peer), None)
    where = next((each.where for each in route.peers if each.address == peer), route.where)
    listen = next(iter(route.listens), None)
    shown = "" if listen is None else listen.address if not listen.port else f"{listen.address}:{listen.port}"
    name = server or next((name for name in route.names if name), "")
    return Target(neutral(name), shown, neutral(route.location), neutral(route.target), neutral(route.upstream), neutral(peer), where)


def _shares(evidence: Evidence, logs: tuple[LogTarget, ...]) -> tuple[float | None, float | None]:
    """(share of 502 and 504 in all requests of the last five minutes, its worst minute of the last two hours); None where nothing was asked."""
    minutes: dict[int, list[int]] = {}
    recent = [0, 0]
    for seen in outcomes.logs_of(evidence, logs, "access"):
        for tally in seen.tallies:
            bad = tally.symptom in outcomes.GATEWAY
            now = sum(_window(tally, evidence.taken_at, WINDOW))
            recent[0] += now
            recent[1] += now if bad else 0
            last = int(tally.last // 10)
            for n, count in enumerate(reversed(tally.per_10s)):
                minute = minutes.setdefault((last - n) // 6, [0, 0])
                minute[0] += count
                minute[1] += count if bad else 0
    worst = max((bad / total for total, bad in minutes.values() if total >= 10), default=None)
    return (recent[1] / recent[0] if recent[0] else None), worst


def _now(evidence: Evidence, symptom: str, last: float, seen: Seen[Exchange] | None, status: int | None, peer: PeerState | None, route: Pass | None) -> bool:
    """Does it go on? Recent, and not disproved by a newer look: the replay (of no use where another peer may have answered it), or the peer itself."""
    if evidence.taken_at - last > RECENT:
        return False
    if symptom in CONNECTING and symptom != "no_live_upstream" and _answers_since(evidence, peer, last):
        return False
    alone = route is None or sum(1 for each in route.peers if not each.down) <= 1 or symptom == "no_live_upstream"
    return not (alone and seen is not None and status is not None and status < 500 and seen.at >= last)


def _answers_since(evidence: Evidence, peer: PeerState | None, last: float) -> bool:
    """Does a peer accept connections again, seen later than its newest failure?"""
    if peer is None or peer.connect not in ("answered", "connected") or peer.state in ("FLAPPING", "DOWN"):
        return False
    exchanges = (item for item in evidence.exchanges.values() if item.value and item.value.peer == peer.peer and item.value.speak != "replay")
    return max((item.at for item in exchanges), default=0.0) > last


def _proved(evidence: Evidence, found: list[Outage], states: Mapping[str, PeerState]) -> list[Outage]:
    """With the proof by replay: where the request fails at this moment, the newest outage of that request goes on, however old it is. In a group in which
    nobody is asked any more it is not that of a peer which accepts by now."""
    shown = {neutral(address): state for address, state in states.items()}
    emptied = {outage.target.upstream for outage in found if "no_live_upstream" in outage.symptoms and outage.replay in (502, 504)}
    newest: dict[Request, Outage] = {}
    for outage in found:
        if outage.target.upstream in emptied and _answers_since(evidence, shown.get(outage.target.peer), outage.last):
            continue
        if outage.request and outage.replay in (502, 504) and _age(outage) >= _age(newest.get(outage.request, outage)):
            newest[outage.request] = outage
    proved = {outage.key for outage in newest.values()}
    return [replace(outage, now=True) if outage.key in proved and not outage.now else outage for outage in found]


def _age(outage: Outage) -> tuple[float, bool]:
    """Orders outages by their newest failure; within a second "no live upstreams" comes after what the peers did."""
    return outage.last, "no_live_upstream" in outage.symptoms


def _named(evidence: Evidence, named: tuple[Asked, ...], states: Mapping[str, PeerState], found: list[Outage]) -> Iterator[Outage]:
    """An outage of each request that a person named and that fails when it is replayed, unless the logs tell of it."""
    for each in named:
        request, route = each.request, each.found.pass_
        status = asked.status_of_replay(evidence, request)
        if route is None or status not in (502, 504) or any(outage.now and asked.meets(each, outage) for outage in found):
            continue
        peers = [peer.address for peer in route.peers]
        peer = next((address for address in peers if address in states and states[address].state != "UP"), next(iter(peers), ""))
        symptom = _told(evidence, request) or _symptom(states.get(peer))
        key = keys.outage_key("asked", peer, next(iter(route.names), ""))
        yield Outage(key, target(route, peer), (symptom,) if symptom else (), 0, 0.0, None, 0.0, 0.0, True, request, status)


def _told(evidence: Evidence, request: Request) -> str:
    """How our own replay failed, in the words of the error log, '' where it has none. It counts nowhere, but it is a failure that was seen."""
    told = (classify(record).symptom for record in requests.own_records(request, (seen.value for seen in evidence.logs.values() if seen.value)))
    return next((symptom for symptom in told if symptom in FAILING), "")


def _symptom(state: PeerState | None) -> str:
    ends = {"refused": "connection_refused", "absent": "socket_missing", "denied": "socket_permission", "timeout": "upstream_timeout_connect"}
    return ends.get(state.connect, "") if state else ""


def _unlogged(evidence: Evidence, routes: Routes, logs: tuple[LogTarget, ...], states: Mapping[str, PeerState], found: list[Outage]) -> Iterator[Outage]:
    """Where failures may go unlogged (an error log that is no readable file, or whose level hides them), or an access log tells of 502 and 504 right now:
    passes none of whose peers accepts a connection. How many failed, and since when, is not known."""
    answered = _answered_badly(evidence, logs)
    if not answered and not any(_is_silent(evidence, target) for target in logs if target.kind == "error"):
        return
    told = {(outage.target.server, outage.target.peer) for outage in found}
    for route in routes.passes:
        working, all_peers = group_state(route, states)
        for peer in route.peers if all_peers and not working else ():
            state = states[peer.address]
            name = next((name for name in route.names if name), "")
            if state.connect in ("refused", "absent", "denied") and (neutral(name), peer.address) not in told:
                told.add((neutral(name), peer.address))
                symptom = _symptom(state)
                request = requests.from_access(answered, route)
                seen = evidence.exchanges.get(keys.replay_key(request)) if request else None
                status = status_of(seen.value) if seen and seen.value else None
                if status is None or status in (502, 504):
                    key = keys.outage_key(symptom, peer.address, name)
                    yield Outage(key, target(route, peer.address), (symptom,), 0, 0.0, None, 0.0, 0.0, True, request, status)


def _is_silent(evidence: Evidence, target: LogTarget) -> bool:
    """Whether an error log says nothing of failures: it goes where it cannot be read from, was not readable, or its level hides them."""
    seen = evidence.logs.get(target.path)
    return target.hides or not target.path.startswith("/") or bool(seen and seen.gap)


def _answered_badly(evidence: Evidence, logs: tuple[LogTarget, ...]) -> tuple[bytes, ...]:
    """The newest lines of access logs that say 502 or 504, of the last five minutes."""
    tallies = [tally for seen in outcomes.logs_of(evidence, logs, "access") for tally in seen.tallies if tally.symptom in ("502", "504")]
    return tuple(line for tally in tallies if tally.last > evidence.taken_at - WINDOW for line in tally.samples)


def _unserved(evidence: Evidence, config: Config, routes: Routes, stopped: float, broken: str) -> Iterator[Outage]:
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
