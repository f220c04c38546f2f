"""Where the backend of a dead peer seems to be: the listener that something ties to it, and what makes that sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui502.causes import failing, repoint
from tui502.causes.failing import Dead
from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Candidate, Facts
from tui502.read import addresses, asking, questions, ties
from tui502.read import units as services
from tui502.read.hosted import good, status_of

Kind = Literal["port", "address", "family"]
"""In what a listener differs from what is dialled: its port; its address alone; its address alone, and that is of the other family (IPv4, IPv6)."""


@dataclass(frozen=True)
class Moved:
    """A dead peer and the tied listeners that have the most to say for being its backend, more than one when they are equal. `statuses` are their answers to
    the failing request, None where they were not asked. `rivals` are tied listeners of other services that answer it well too. `doubt` says why nginx may
    ask for another page than they were asked."""

    dead: Dead
    kind: Kind
    found: tuple[Candidate, ...]
    statuses: tuple[int | None, ...]
    rivals: tuple[Candidate, ...]
    doubt: str = ""

    @property
    def best(self) -> Candidate:
        return self.found[0]

    @property
    def status(self) -> int | None:
        return self.statuses[0]

    @property
    def well(self) -> bool:
        """Did the best of them answer the failing request well?"""
        return good(self.status)


def moved_to(evidence: Evidence, facts: Facts, dead: Dead) -> Moved | None:
    """Where the backend seems to be. The dialled port on another address says more than another port, but where that answers well and this does not."""
    tied = [each for each in dead.state.candidates if each.ties and not dead.peer.path]
    asked = {each: _answer(evidence, facts, dead, each) for each in tied}
    same = [each for each in tied if kind_of(dead, each) != "port"]
    other = [each for each in tied if each not in same]
    if any(good(asked[each]) for each in other) and all(asked[each] is not None and not good(asked[each]) for each in same):
        same = []
    found = _best(dead, same or other, asked)
    if not found:
        return None
    kinds = {kind_of(dead, each) for each in found}
    kind: Kind = "port" if not same else "family" if kinds == {"family"} else "address"
    rivals = tuple(each for each in tied if each not in found and good(asked[each]) and _holder(each) != _holder(found[0]))
    return Moved(dead, kind, tuple(found), tuple(asked[each] for each in found), rivals, _doubt(facts, dead))


def _best(dead: Dead, tied: list[Candidate], asked: dict[Candidate, int | None]) -> list[Candidate]:
    """Those with the most ties, then on the address that is dialled, then the only good answer."""
    most = max((len(each.ties) for each in tied), default=0)
    best = [each for each in tied if len(each.ties) == most]
    best = [each for each in best if failing.is_beside(dead, each)] or best
    answering = [each for each in best if good(asked[each])]
    return answering if len(answering) == 1 and all(asked[each] is not None for each in best) else best


def kind_of(dead: Dead, candidate: Candidate) -> Kind:
    """In what a listener differs from what is dialled there."""
    host, port, _ = addresses.split(candidate.address)
    if port != dead.peer.port:
        return "port"
    return "family" if all((":" in host) != (":" in addresses.split(address)[0]) for address in dead.addresses) else "address"


def _holder(candidate: Candidate) -> str | int:
    return candidate.unit or candidate.pid


def look_at(facts: Facts, dead: Dead, candidate: Candidate) -> Look | None:
    """The failing request, asked of a candidate; None where it is not asked in HTTP."""
    return asking.elsewhere_look(facts, dead.state.peer, candidate.address, f"does {candidate.address} answer that request")


def _doubt(facts: Facts, dead: Dead) -> str:
    outage = asking.outage_of(facts, dead.state.peer)
    return questions.doubt(facts, asking.route_of(facts, dead.state.peer), outage) if outage and dead.state.peer in facts.routes.dialling else ""


def _answer(evidence: Evidence, facts: Facts, dead: Dead, candidate: Candidate) -> int | None:
    look = look_at(facts, dead, candidate)
    seen = evidence.exchanges.get(look.key) if look else None
    return status_of(seen.value) if seen and seen.value else None


def is_exact(facts: Facts, moved: Moved) -> bool:
    """Does the best of them belong to a service of just the name of this backend?"""
    unit = failing.unit_of(facts, moved.best.unit)
    return unit is not None and ties.bears_exactly(unit, moved.dead.passes)


def is_meant(facts: Facts, moved: Moved) -> bool:
    """The same, or where the port is the dialled one: does its service say this address itself, or the configuration, by a name that means both?"""
    if is_exact(facts, moved) or moved.kind == "port":
        return is_exact(facts, moved)
    unit = failing.unit_of(facts, moved.best.unit)
    return is_by_name(moved) or bool(unit and ties.names_surely(unit, moved.best.address))


def is_by_name(moved: Moved) -> bool:
    """Does a name in the configuration mean the dead address and this one?"""
    return any(repoint.is_same_word(route, moved.dead, moved.best) for route in moved.dead.passes)


def is_told_otherwise(facts: Facts, moved: Moved) -> bool:
    """Does its own service name what is dialled? Where only the address is another, just that address: a wildcard or a name that may mean both does not say."""
    if moved.kind == "port":
        return failing.own_words(moved.dead, facts, moved.best.unit)
    unit = failing.unit_of(facts, moved.best.unit)
    dialled = {addresses.split(address)[:2] for address in moved.dead.addresses}
    return unit is not None and any(addresses.split(served)[:2] in dialled for served in unit.serves)


def stands_alone(evidence: Evidence, facts: Facts, moved: Moved) -> bool:
    """Were all services seen, and is none of them stopped that names what is dialled?"""
    stopped = any(unit.state in services.STOPPED for unit in failing.naming(moved.dead, facts))
    return not stopped and not moved.rivals and failing.services_seen(evidence)
