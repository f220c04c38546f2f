"""Where failures stand: the pass that they went through, its peer, and the requests that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.facts import Loaded, Onset, Pass, PeerState, Request, Routes, Target
from tui502.read import addresses, requests
from tui502.read.memo import Memo, Shelf
from tui502.read.outages.sums import NO_LIVE, Sum
from tui502.read.outcomes import Key
from tui502.read.routing import locate
from tui502.text import neutral

MOST_SAMPLES = 8

Served = Mapping[str, tuple[tuple[Pass, str], ...]]
"""The passes behind what a log names, each with the peer's own address ('' for a group or a name of several addresses)."""


class Place(NamedTuple):
    """Where failures stand, by what their newest records say: the pass that they went through (as it stands on disk, and as nginx runs it) and its peer, the
    requests that failed, newest first."""

    route: Pass | None
    running: Pass | None
    address: str
    target: Target
    requests: tuple[Request, ...]


_served: Memo[Served] = Memo()
_placed: Memo[Shelf[Place]] = Memo()


def served(routes: Routes, loaded: Loaded | None) -> Served:
    """What logs name, by the text on disk and by that which nginx runs."""
    dialled = loaded.routes if loaded else None
    return _served((routes, dialled), lambda: _all_served(routes, dialled))


def place(config: Config, routes: Routes, loaded: Loaded | None, key: Key, total: Sum, began: Onset | None) -> Place:
    """The place of these failures, read anew only when their records are others."""
    shelf = _placed((config, routes, loaded.routes if loaded else None), Shelf)
    samples = total.samples[-MOST_SAMPLES:]
    oldest = tuple(raw for tally in total.tallies for raw in tally.oldest)[:MOST_SAMPLES]
    failed = (began.record,) if began else (*reversed(samples), *oldest)

    def read() -> Place:
        route, address = _route(config, routes, served(routes, loaded), key, samples)
        dialled = loaded.routes if loaded else None
        running = next((each for each in dialled.passes if each.place == route.place), route) if dialled and route else route
        return Place(route, running, address, target(route, address or key[1], key[2]), requests.all_from_records(failed, route) if route else ())

    return shelf(key, lambda _: (*samples, None, *failed), read)


def group_state(route: Pass | None, states: Mapping[str, PeerState]) -> tuple[int, int]:
    """(peers that are not known to fail, all peers) of a pass. Of one that was not asked, be it seen to listen, nothing is known: it may work."""
    peers = [peer for peer in (route.peers if route else ()) if not peer.down]
    down = ("DOWN", "DENIED", "FAILING")
    return sum(1 for peer in peers if peer.address not in states or states[peer.address].state not in down), len(peers)


def alone(symptom: str, route: Pass | None, states: Mapping[str, PeerState]) -> bool:
    """Whether every such failure is known to have reached the client: no other peer could have saved the request. One that may work could."""
    up, all_peers = group_state(route, states)
    return all_peers <= 1 or up == 0 or symptom == NO_LIVE


def target(route: Pass | None, peer: str, server: str = "") -> Target:
    """Where a failure stands, in neutral text."""
    if route is None:
        return Target(neutral(server), "", "", "", "", neutral(peer), None)
    where = next((each.where for each in route.peers if each.address == peer), route.where)
    listen = next(iter(route.listens), None)
    shown = "" if listen is None else listen.address if not listen.port else f"{listen.address}:{listen.port}"
    name = server or next((name for name in route.names if name), "")
    return Target(neutral(name), shown, neutral(route.location), neutral(route.target), neutral(route.upstream), neutral(peer), where)


def _route(config: Config, routes: Routes, behind: Served, key: Key, samples: tuple[bytes, ...]) -> tuple[Pass | None, str]:
    """The pass that these failures went through: that of the server nginx names; of several the one that the newest request is routed to. Where no pass
    dials that address any more, the one that answers such a request now."""
    _, peer, server = key
    passes = behind.get(peer, ())
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


def _all_served(routes: Routes, running: Routes | None) -> Served:
    """The passes behind what a log names, by the text on disk and by that which nginx runs."""
    found = _by_alias(routes)
    for alias, items in _counterparts(_by_alias(running), routes).items() if running else ():
        found[alias] = tuple(dict.fromkeys((*found.get(alias, ()), *items)))
    return found


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
