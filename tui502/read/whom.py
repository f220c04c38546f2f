"""Who is asked. Where few peers are dialled all of them are; where there are many, the kernel's table tells who listens, and only those are asked that a
failure, or the request that a person named, points to."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Pass, Peer, Routes
from tui502.read import addresses, asked, lookup
from tui502.read.memo import Memo

MANY = 256
"""More peers than these are many: to ask each of them would take seconds, and be noticed by all backends of a large host."""

MOST_CONNECTED = 1024
"""Of many peers, so many that cannot be seen to listen are tried with a mere connect, in the order of the configuration."""

_addresses: Memo[dict[str, Peer]] = Memo(4)


def are_many(routes: Routes) -> bool:
    """Are more peers dialled than are asked without a reason?"""
    return len(_dialled(routes)) > MANY


def asked_of(evidence: Evidence, facts: Facts) -> tuple[str, ...]:
    """The addresses of the peers that get a request, in the order of the configuration."""
    dialled = _dialled(facts.routes)
    if not are_many(facts.routes):
        return tuple(dialled)
    wanted = {peer.address for route in _concerned(evidence, facts) for peer in route.peers}
    return tuple(address for address in dialled if address in wanted)


def connected_to(evidence: Evidence, facts: Facts) -> tuple[str, ...]:
    """The addresses of the peers that are tried with a connect: those that get a request too, and of many all that the kernel's table does not show."""
    found = asked_of(evidence, facts)
    if not are_many(facts.routes):
        return found
    dialled = _dialled(facts.routes)
    unseen = [state.peer for state in facts.peers if not (state.listening and not state.connect) and state.peer in dialled]
    return tuple(dict.fromkeys((*found, *unseen[:MOST_CONNECTED])))


def _dialled(routes: Routes) -> dict[str, Peer]:
    return _addresses((routes,), lambda: {peer.address: peer for route in routes.passes for peer in route.peers if not peer.down and not is_unresolved(peer)})


def is_unresolved(peer: Peer) -> bool:
    """Is it a name of which no address is known yet?"""
    return peer.address == addresses.written(peer) and addresses.is_name(peer.host)


def _concerned(evidence: Evidence, facts: Facts) -> Iterator[Pass]:
    """The passes in which something failed, and those of the request that a person named."""
    failed = {outage.target.peer for outage in facts.outages} | {outage.target.upstream for outage in facts.outages} - {""}
    yield from lookup.passes_to(facts.routes, failed)
    for each in asked.asked(evidence, facts.config, facts.routes, facts.outages, facts.loaded):
        if each.found.pass_:
            yield each.found.pass_
