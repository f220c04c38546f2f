"""The health tree: server → location → pass → group → peer → listener → process → service, and what was found in a dead peer's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from tui502.model.config import Where
from tui502.model.facts import Candidate, Loaded, Node, Outage, Pass, PeerState, Routes, State, Unit
from tui502.read import units as services
from tui502.read.memo import Memo, Shelf
from tui502.read.ties import names_address
from tui502.text import neutral

_WORST: tuple[State, ...] = (
    "DOWN", "DENIED", "FAILING", "FULL", "SLOW", "DEGRADED", "FLAPPING", "BENCHED", "STARTING", "UNSEEN", "STALE", "LOOKING", "UP", "OFF",
)  # fmt: skip
_BROKEN = ("DOWN", "DENIED", "FAILING")
NOTHING: Mapping[int, str] = {}
_by_name: Memo[Mapping[str, Unit]] = Memo()
_all_servers: Memo[Mapping[str, list[Pass]]] = Memo()
_kept: Memo[Shelf[tuple[Node, ...]]] = Memo()


class _Known(NamedTuple):
    """Services by name, and what processes use by pid."""

    units: Mapping[str, Unit]
    uses: Mapping[int, str]


def nodes(
    routes: Routes, peers: tuple[PeerState, ...], units: tuple[Unit, ...], outages: tuple[Outage, ...], loaded: Loaded | None = None,
    uses: Mapping[int, str] = NOTHING,
) -> tuple[Node, ...]:  # fmt: skip
    """All nodes, parents before children, in the order of the configuration. Parts roll up to the worst, the peers of a group to DEGRADED while one is left.
    Where nginx runs another text than that on disk, the peers that it dials by that text stand first and are those that count. `uses` says of a pid what its
    process uses."""
    states = {state.peer: state for state in (*peers, *(loaded.peers if loaded else ()))}
    running = {route.place: route for route in reversed(loaded.routes.passes)} if loaded else {}
    known = _Known(_by_name((units,), lambda: {unit.name: unit for unit in units}), uses)
    since = {outage.target.peer: outage.first for outage in reversed(outages) if outage.now}
    shelf = _kept((routes, units, loaded.routes if loaded else None), Shelf)
    found: list[Node] = []
    for key, passes in _all_servers((routes,), lambda: _servers(routes)).items():
        pairs = [(route, running.get(route.place, route) if running else route) for route in passes]
        found += _of_server(shelf, key, pairs, states, known, since)
    return shelf.settled("", tuple(found))


def _of_server(
    shelf: Shelf[tuple[Node, ...]], key: str, pairs: list[tuple[Pass, Pass]], states: Mapping[str, PeerState], known: _Known, since: Mapping[str, float]
) -> tuple[Node, ...]:
    """A server and all below it, made anew only when something of it changed."""
    dialled = dict.fromkeys(peer.address for pair in pairs for route in pair for peer in route.peers)
    inputs = [states.get(address) for address in dialled]
    words = [known.uses.get(pid, "") for state in inputs if state for pid in (state.pid, *(each.pid for each in state.candidates))] if known.uses else []
    times = [since.get(neutral(address), 0.0) for address in dialled] if since else []

    def read() -> tuple[Node, ...]:
        children = [node for route, running in pairs for node in _location(key, route, running, states, known, since)]
        return (_server(key, pairs[0][0], [node for node in children if node.parent == key]), *children)

    return shelf(key, lambda _: (*inputs, *words, *times), read)


def worst(states: tuple[State, ...]) -> State:
    """The state that stands for parts of which each is needed."""
    return min(states, key=_WORST.index, default="UP")


def alternatives(states: tuple[State, ...]) -> State:
    """The state that stands for peers of which one is enough."""
    wanted = tuple(state for state in states if state != "OFF")
    if not wanted:
        return "OFF"
    if any(state in _BROKEN for state in wanted):
        return worst(wanted) if all(state in _BROKEN for state in wanted) else "DEGRADED"
    return worst(wanted)


def _servers(routes: Routes) -> dict[str, list[Pass]]:
    found: dict[str, list[Pass]] = {}
    for route in routes.passes:
        found.setdefault(server_key(route), []).append(route)
    return found


def server_key(route: Pass) -> str:
    """Names a server for ever: its names and listens, not its place in a file."""
    listens = " ".join(sorted(f"{each.address}:{each.port}" for each in route.listens))
    return f"server {' '.join(route.names)} {listens}"


def _server(key: str, route: Pass, heads: list[Node]) -> Node:
    name = next((name for name in route.names if name), "")
    port = next((each.port for each in route.listens if each.port), 0)
    state = worst(tuple(node.state for node in heads))
    failing = sum(1 for node in heads if node.state == state)
    why = f"{failing} of {len(heads)} passes" if state != "UP" and len(heads) > 1 else ""
    since = min((node.since for node in heads if node.state == state and node.since), default=0.0)
    return Node(key, "", "server", neutral(f"{name}:{port}" if port else name), state, since, why, route.server_where)


def _location(parent: str, route: Pass, running: Pass, states: Mapping[str, PeerState], known: _Known, since: Mapping[str, float]) -> Iterator[Node]:
    key = f"{parent} / location {route.location} / {route.key}"
    dialled, on_disk = ([each.address for each in one.peers] for one in (running, route))
    inner = [node for peer in dict.fromkeys((*dialled, *on_disk)) for node in _peer(f"{key} / peers", route, peer, states, known, since)]
    inner = [_told(node, f"{key} / peers", dialled, on_disk) for node in inner]
    heads = tuple(node for node in inner if node.kind == "peer" and (not dialled or node.key.removeprefix(f"{key} / peers / ") in dialled))
    state: State = alternatives(tuple(node.state for node in heads)) if heads else "UNSEEN"
    began = min((node.since for node in heads if node.state == state and node.since), default=max((node.since for node in heads), default=0.0))
    up = sum(1 for node in heads if node.state == "UP")
    why = route.undecided or (f"{up} of {len(heads)} up" if len(heads) > 1 else "")
    yield Node(key, parent, "location", neutral(f"location {route.location}" if route.location else "server"), state, began, neutral(why), route.location_where)
    yield Node(f"{key} / pass", key, "pass", neutral(f"{_directive(route)} {route.target}"), state, began, "", route.where)
    if route.upstream:
        text = f"group {route.upstream}, {len(heads)} peer{'s' if len(heads) != 1 else ''}"
        where = route.peers[0].where if route.peers else None
        yield Node(f"{key} / peers", f"{key} / pass", "group", neutral(text), state, began, f"{up} of {len(heads)} up", where)
        yield from inner
    else:
        yield from (Node(n.key, f"{key} / pass", n.kind, n.label, n.state, n.since, n.why, n.where) if n.kind == "peer" else n for n in inner)


def _told(node: Node, above: str, dialled: list[str], on_disk: list[str]) -> Node:
    """A peer that only one of the two texts names says so."""
    address = node.key.removeprefix(f"{above} / ")
    if node.kind != "peer" or (address in dialled) == (address in on_disk):
        return node
    return replace(node, why=f"{node.why}; " * bool(node.why) + ("still dialled, not on disk" if address in dialled else "on disk, not loaded"))


def _directive(route: Pass) -> str:
    return {"http": "proxy", "https": "proxy", "grpcs": "grpc"}.get(route.family, route.family) + "_pass"


def _peer(parent: str, route: Pass, address: str, states: Mapping[str, PeerState], known: _Known, since: Mapping[str, float]) -> Iterator[Node]:
    where: Where | None = next((each.where for each in route.peers if each.address == address), None)
    key, label = f"{parent} / {address}", neutral(address)
    state = states.get(address)
    if state is None:
        yield Node(key, parent, "peer", label, "LOOKING", 0.0, "", where)
        return
    began = state.since or (since.get(label, 0.0) if state.state in _BROKEN else 0.0)
    took = f" in {state.took * 1000:.0f} ms" if state.took is not None and state.connect == "answered" else ""
    yield Node(key, parent, "peer", label, state.state, began, state.why + took, where)
    if state.listening is False:
        yield Node(f"{key} / listener", key, "listener", f"nobody on {label}", "DOWN", began, "", None)
        for name in _serving(state, address, known):
            yield from _unit(f"{key} / listener", name, known)
        for candidate in state.candidates:
            yield from _found(f"{key} / listener", candidate, known)
    elif state.listening:
        yield Node(f"{key} / listener", key, "listener", label, "UP", state.since, "", None)
        yield from _process(f"{key} / listener", state.pid, state.process, state.unit, known)


def _serving(state: PeerState, address: str, known: _Known) -> tuple[str, ...]:
    """The service that should listen there: the one that names this very address, else the first that is tied to the backend by its name."""
    named = tuple(name for name in state.expected_units if name in known.units and names_address(known.units[name], address))
    return (named or state.expected_units)[:1]


def _found(parent: str, candidate: Candidate, known: _Known) -> Iterator[Node]:
    """Only what is tied to this backend: a listener that merely answers has no place in its tree."""
    if candidate.ties:
        key = f"{parent} / found {candidate.address}"
        yield Node(key, parent, "found", candidate.address, "UP", 0.0, str(candidate.status or ""), None)
        yield from _process(key, candidate.pid, candidate.process, candidate.unit, known)


def _process(parent: str, pid: int, name: str, unit: str, known: _Known) -> Iterator[Node]:
    if not pid:
        yield Node(f"{parent} / process", parent, "process", "process not seen", "UNSEEN", 0.0, "not visible", None)
        return
    yield Node(f"{parent} / process", parent, "process", f"{name} {pid}", "UP", 0.0, known.uses.get(pid, ""), None)
    if unit:
        yield from _unit(f"{parent} / process", unit, known)


def _unit(parent: str, name: str, known: _Known) -> Iterator[Node]:
    unit = known.units.get(name)
    state: State = "UNSEEN"
    if unit:
        state = "UP" if unit.state in services.RUNS else "STARTING" if unit.state in services.STARTS else "DOWN"
    since = unit.since if unit else 0.0
    yield Node(f"{parent} / unit {name}", parent, "unit", neutral(name), state, since, unit.state.lower() if unit else "", None)
