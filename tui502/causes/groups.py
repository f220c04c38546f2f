"""What causes about a group of peers share: its peers, their parameters, who of them answers, what failed at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui502.model.config import Directive
from tui502.model.facts import Facts, Outage, Pass, Peer, PeerState
from tui502.read import lookup
from tui502.read.symptoms import OWN_ANSWERS
from tui502.text import neutral

ANSWERS = ("connected", "answered")
BROKEN = ("DOWN", "DENIED", "FAILING")


@dataclass(frozen=True)
class Group:
    """An `upstream`: its peers as written and their states, the passes through it, what fails now at one of its peers, and the failures that say that
    none of them is left."""

    name: str
    peers: tuple[Peer, ...]
    states: tuple[PeerState, ...]
    passes: tuple[Pass, ...]
    outages: tuple[Outage, ...]
    emptied: tuple[Outage, ...]

    @property
    def shown(self) -> str:
        return neutral(self.name)

    def failing(self) -> tuple[PeerState, ...]:
        """Peers that requests fail at now, or that were found broken."""
        named = {outage.target.peer for outage in self.outages}
        return tuple(state for state in self.states if state.state != "OFF" and (neutral(state.peer) in named or state.state in BROKEN))

    def answering(self) -> tuple[PeerState, ...]:
        """Peers that accept connections and at which nothing fails."""
        bad = {state.peer for state in self.failing()}
        return tuple(state for state in self.states if state.peer not in bad and state.connect in ANSWERS)


def groups(facts: Facts) -> Iterator[Group]:
    """The groups in which something fails now."""
    states, failing = lookup.states(facts), lookup.failing(facts)
    for shown, passes in lookup.upstreams(facts.routes).items():
        if shown not in failing:
            continue
        peers = tuple({peer.address: peer for route in passes for peer in route.peers}.values())
        addresses, own = {neutral(peer.address) for peer in peers}, [outage for outage in failing[shown] if not OWN_ANSWERS & {*outage.symptoms}]
        yield Group(
            passes[0].upstream, peers, tuple(states[peer.address] for peer in peers if peer.address in states), passes,
            tuple(outage for outage in own if outage.target.peer in addresses and "no_live_upstream" not in outage.symptoms),
            tuple(outage for outage in own if "no_live_upstream" in outage.symptoms),
        )  # fmt: skip


def written(facts: Facts, peer: Peer) -> Directive | None:
    """The `server` directive in which a peer stands."""
    return next((one for one in facts.config.walk() if one.name == "server" and one.opens < 0 and len(one.words) > 1 and one.where_of(1) == peer.where), None)


def parameter(facts: Facts, peer: Peer, name: str) -> str:
    """The value of a parameter of a peer ("fail_timeout"), '' where it is not written."""
    found = written(facts, peer)
    return next((word.partition("=")[2] for word in (found.args if found else ()) if word.startswith(f"{name}=")), "")
