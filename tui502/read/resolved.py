"""Peers that are written as a name: nginx resolves it when it starts or reloads, and each address is a peer of its own, of which it logs the address only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui502.model.evidence import Seen
from tui502.model.facts import Pass, Peer, Routes
from tui502.read import addresses

Names = Mapping[str, Seen[tuple[str, ...]]]


def resolved(routes: Routes, names: Names) -> Routes:
    """The same passes with a peer for every address of a name, as far as the names were looked up; what holds no name stays the same object."""
    return Routes(tuple(_pass(route, names) for route in routes.passes))


def wanted(routes: Routes) -> tuple[str, ...]:
    """The names that stand for peers, each once."""
    return tuple(dict.fromkeys(peer.host for route in routes.passes for peer in route.peers if addresses.is_name(peer.host)))


def _pass(route: Pass, names: Names) -> Pass:
    if not any(addresses.addresses_of(peer.host, names) for peer in route.peers):
        return route
    return replace(route, peers=tuple(each for peer in route.peers for each in _peers(peer, names)))


def _peers(peer: Peer, names: Names) -> Iterable[Peer]:
    found = addresses.addresses_of(peer.host, names) if addresses.is_name(peer.host) else ()
    return [replace(peer, address=addresses.join(address, peer.port)) for address in found] or (peer,)
