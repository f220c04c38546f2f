"""What causes about a group of peers share: its peers, their parameters, who of them answers, what failed at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    """An `upstream`: its peers as nginx dials them and their states, the passes through it, what fails now at one of its peers, and the failures that say that
    none of them is left. `not_loaded` are peers on disk that nginx does not dial yet, `not_written` those among `peers` that stand no more on disk; where
    the running text is not known both are () and `changed` names a file of the group that is newer than nginx's workers, '' where none is."""

    name: str
    peers: tuple[Peer, ...]
    states: tuple[PeerState, ...]
    passes: tuple[Pass, ...]
    outages: tuple[Outage, ...]
    emptied: tuple[Outage, ...]
    not_loaded: tuple[Peer, ...] = ()
    not_written: tuple[Peer, ...] = ()
    changed: str = ""

    @property
    def shown(self) -> str:
        return neutral(self.name)

    def failing(self) -> tuple[PeerState, ...]:
        """Peers that requests fail at now, or that were found broken; where a file changed only the former, as nginx may not dial the others."""
        named = {outage.target.peer for outage in self.outages}
        found = (state for state in self.states if state.state != "OFF")
        return tuple(state for state in found if neutral(state.peer) in named or (state.state in BROKEN and not self.changed))

    def answering(self) -> tuple[PeerState, ...]:
        """Peers that accept connections and at which nothing fails."""
        bad = {state.peer for state in self.failing()}
        return tuple(state for state in self.states if state.peer not in bad and state.connect in ANSWERS)


def groups(facts: Facts) -> Iterator[Group]:
    """The groups in which something fails now."""
    failing = lookup.failing(facts)
    states = {**{state.peer: state for state in (facts.loaded.peers if facts.loaded else ())}, **lookup.states(facts)}
    for shown, passes in lookup.upstreams(facts.routes).items():
        if shown not in failing:
            continue
        on_disk, run = _peers(passes), _run(facts, passes)
        dialled = {address: on_disk.get(address, peer) for address, peer in run.items()}
        own, addresses = [outage for outage in failing[shown] if not OWN_ANSWERS & {*outage.symptoms}], {neutral(address) for address in dialled}
        yield Group(
            passes[0].upstream, tuple(dialled.values()), tuple(states[address] for address in dialled if address in states), passes,
            tuple(outage for outage in own if outage.target.peer in addresses and "no_live_upstream" not in outage.symptoms),
            tuple(outage for outage in own if "no_live_upstream" in outage.symptoms),
            tuple(peer for address, peer in on_disk.items() if address not in dialled), tuple(peer for peer in dialled.values() if peer.address not in on_disk),
            _changed(facts, on_disk),
        )  # fmt: skip


def _peers(passes: Iterable[Pass]) -> dict[str, Peer]:
    return {peer.address: peer for route in passes for peer in route.peers}


def _run(facts: Facts, passes: tuple[Pass, ...]) -> dict[str, Peer]:
    """The peers that nginx dials at the places of these passes: by the text that it runs where that is known and has them."""
    places = {route.place for route in passes}
    running = [route for route in (facts.loaded.routes.passes if facts.loaded else ()) if route.place in places]
    return _peers(running or passes)


def _changed(facts: Facts, on_disk: Mapping[str, Peer]) -> str:
    """A file with peers of the group that is newer than nginx's workers."""
    if facts.drift.exact or facts.drift.state != "differs":
        return ""
    return next((peer.where.file for peer in on_disk.values() if peer.where.file in facts.drift.changed), "")


def written(facts: Facts, peer: Peer) -> Directive | None:
    """The `server` directive in which a peer stands."""
    return next((one for one in facts.config.walk() if one.name == "server" and one.opens < 0 and len(one.words) > 1 and one.where_of(1) == peer.where), None)


def parameter(facts: Facts, peer: Peer, name: str) -> str:
    """The value of a parameter of a peer ("fail_timeout"), '' where it is not written."""
    found = written(facts, peer)
    return next((word.partition("=")[2] for word in (found.args if found else ()) if word.startswith(f"{name}=")), "")
