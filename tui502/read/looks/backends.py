"""The peers that routing names: what their names stand for, who answers there, and the pools behind them."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts
from tui502.read import asking, php_fpm, resolved, whom
from tui502.read.looks.ground import SLOW_EVERY, master
from tui502.text import neutral

NAME_PATIENCE = 5.0
"""Seconds for the addresses of a name: what a dead resolver may take keeps nothing else waiting."""


def names(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """What nginx would dial for the names in passes and groups. It asks for them once when it starts, and so do we: an answer of later may be another."""
    for name in resolved.wanted(facts.routes):
        yield Look(name, "name", (name,), master(evidence), NAME_PATIENCE, None, "which addresses does nginx dial for it")


def peers(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """A connect to every peer, and one request as nginx would send it; the same to what may have taken a dead peer's place. Of many peers only to those
    that failed (see `whom`)."""
    asked = frozenset(whom.asked_of(evidence, facts))
    for address in dict.fromkeys((*whom.connected_to(evidence, facts), *_connected_only(facts))):
        yield asking.connect_look(facts, address, "does anybody answer there")
        yield from asking.of_peer(evidence, facts, address) if address in asked else ()
    for state in facts.peers:
        for candidate in state.candidates:
            if candidate.ties and (look := asking.elsewhere_look(facts, state.peer, candidate.address)):
                yield look
            elif candidate.ties and candidate.address.startswith("unix:"):
                yield asking.connect_look(facts, candidate.address, f"does it listen for {state.peer}")


def _connected_only(facts: Facts) -> Iterator[str]:
    """Peers that are tried and asked nothing: those of a group in which none is left although its parameters set them aside, and those of the text
    that nginx runs which no file on disk names any more."""
    emptied = {outage.target.upstream for outage in facts.outages if outage.now and "no_live_upstream" in outage.symptoms}
    dialled = [peer for route in facts.routes.passes if neutral(route.upstream) in emptied for peer in route.peers if peer.down]
    only_loaded = {state.peer for state in (facts.loaded.peers if facts.loaded else ())}
    dialled += [peer for route in (facts.loaded.routes.passes if facts.loaded else ()) for peer in route.peers if peer.address in only_loaded]
    yield from dict.fromkeys(peer.address for peer in dialled if not whom.is_unresolved(peer))


def pools(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The configuration of PHP-FPM, where nginx speaks to it."""
    if any(route.family == "fastcgi" for route in facts.routes.passes):
        files, dirs = php_fpm.wanted(evidence, facts.units)
        for path in dirs:
            yield Look(path, "dir", (path,), 0, 3.0, SLOW_EVERY, "which pools PHP-FPM has")
        for path in files:
            yield Look(path, "file", (path,), 0, 3.0, SLOW_EVERY, "which pools PHP-FPM has")
