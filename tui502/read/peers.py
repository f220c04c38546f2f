"""The state of every peer that routing names, and what stands behind it: connection, listener, process, service, and what may have taken its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tui502.model.evidence import Evidence, Exchange, Flip, Listener, Process, Seen
from tui502.model.facts import Candidate, Nginx, Pass, Peer, PeerState, Pool, Routes, State, Unit
from tui502.read import access, addresses, keys, lookup, ties, whom
from tui502.read import units as services
from tui502.read.candidates import Spots, candidates, siblings
from tui502.read.exchanges import protocol
from tui502.read.exchanges.telling import another, telling
from tui502.read.hosted import BROKEN, Asked, hosted, status_of
from tui502.read.memo import Memo, Shelf
from tui502.read.unix_candidates import unix_candidates
from tui502.text import neutral

FLAPPING_FLIPS, FLAPPING_WINDOW = 3, 300.0
"""A peer flaps when it changed this often within so many seconds."""

YOUNG = 60.0
"""Seconds for which a listener without a good answer counts as starting."""

ACCEPTED = ("answered", "connected", "closed", "reset", "full")
"""Ends of an exchange that need somebody who listens."""

NOBODY = ("refused", "absent")

_ENDS: dict[str, tuple[State, str]] = {
    "connected": ("UP", "accepts"),
    "refused": ("DOWN", "refused"),
    "absent": ("DOWN", "no such socket"),
    "denied": ("DENIED", "denied"),
    "unreachable": ("DOWN", "unreachable"),
    "full": ("FULL", "the accept queue is full"),
    "closed": ("FAILING", "closes before it answers"),
    "reset": ("FAILING", "resets the connection"),
}


_spots: Memo[Spots] = Memo(4)
_flips: Memo[Mapping[str, tuple[Flip, ...]]] = Memo()
_all_dialled: Memo[tuple[Dialled, ...]] = Memo(4)
_states: Memo[Shelf[PeerState]] = Memo(4)


class _Seen(NamedTuple):
    """What is the same for all peers: what listens here, the answers and the flips by peer, the pools of PHP-FPM, whether they are too many to ask each."""

    spots: Spots
    asked: Asked
    flips: Mapping[str, tuple[Flip, ...]]
    pools: tuple[Pool, ...]
    many: bool


class Dialled(NamedTuple):
    """A peer, the passes that dial it, and all addresses of the word that it is written as: several where that is a name."""

    peer: Peer
    passes: tuple[Pass, ...]
    same_word: tuple[str, ...]


def peers(evidence: Evidence, routes: Routes, units: tuple[Unit, ...], nginx: Nginx, pools: tuple[Pool, ...] = ()) -> tuple[PeerState, ...]:
    """One state a peer address, in the order of the configuration."""
    spots = _spots((evidence.listeners, evidence.processes, evidence.view, routes, units, nginx), lambda: Spots(hosted(evidence, routes, units, nginx), units))
    seen = _Seen(spots, lookup.asked(evidence), _flips((evidence.flips,), lambda: _by_peer(evidence.flips)), pools, whom.are_many(routes))
    shelf = _states((routes,), Shelf)
    return tuple(_kept(shelf, evidence, seen, each) for each in _all_dialled((routes,), lambda: tuple(_dialled(routes))))


def _dialled(routes: Routes) -> Iterator[Dialled]:
    passes: dict[str, list[Pass]] = {}
    first: dict[str, Peer] = {}
    words: dict[str, list[str]] = {}
    for route in routes.passes:
        for peer in route.peers:
            if first.setdefault(peer.address, peer) is peer:
                words.setdefault(addresses.written(peer), []).append(peer.address)
            passes.setdefault(peer.address, []).append(route)
    for address, peer in first.items():
        yield Dialled(peer, tuple(passes[address]), tuple(words[addresses.written(peer)]))


def _kept(shelf: Shelf[PeerState], evidence: Evidence, seen: _Seen, dialled: Dialled) -> PeerState:
    """The state of a peer, read again only when something changed that it is read from."""
    peer = dialled.peer
    aliases = access.aliases(evidence, peer)
    flips = tuple(flip for alias in aliases for flip in seen.flips.get(alias, ()))

    def inputs(state: PeerState) -> tuple[object, ...]:
        concerned = (*aliases, *(each.address for each in state.candidates))
        now = evidence.taken_at if flips or (state.status or 0) >= BROKEN else 0.0
        rights = (evidence.paths.get(keys.path_key(peer.path)), evidence.access.get(keys.access_key(peer.address)), evidence.euid) if peer.path else ()
        told = (item for address in concerned for item in seen.asked.get(address, ()))
        return (seen.spots, seen.pools, evidence.addresses, evidence.names.get(peer.host), evidence.probing, now, *rights, *concerned, *flips, *told)

    return shelf(peer.address, inputs, lambda: _state(evidence, seen, dialled, aliases))


def _state(evidence: Evidence, known: _Seen, dialled: Dialled, aliases: tuple[str, ...]) -> PeerState:
    peer, passes = dialled.peer, dialled.passes
    spots, host = known.spots, known.spots.host
    listener = host.listener(aliases)
    seen, families = [item for alias in aliases for item in known.asked.get(alias, ())], {route.family for route in passes}
    newest = _overtaken(evidence, peer, listener, telling(seen, families))
    exchange = newest.value if newest else None
    listening = _listening(evidence, peer, listener, exchange)
    process = host.holder(listener) if listening else None
    dead = listening is False
    called = ties.names(passes) if dead else {}
    called_at = (*aliases, addresses.written(peer))
    expected = tuple(unit.name for unit in spots.services.of(called_at, called)) if dead else ()
    barred = _barred(evidence, peer, exchange)
    state, why = barred or _judged(evidence, peer, exchange, listening, process, [host.units[name] for name in expected], known.many)
    speaks = another(seen, families) if state in ("UP", "FAILING", "SLOW") and listening is not False else ""
    state, why = ("FAILING", f"speaks {speaks}") if speaks else (state, why)
    return PeerState(
        peer=peer.address,
        state=_flapping(evidence, aliases) or state,
        why=why,
        since=_since(evidence, aliases, process, state),
        connect=_connect(barred, exchange),
        status=status_of(exchange) if exchange else None,
        took=exchange.first_byte if exchange else None,
        listening=listening,
        pid=process.pid if process else 0,
        process=neutral(process.name) if process else "",
        unit=host.owner(process),
        expected_units=expected,
        candidates=_candidates(known, dialled, called_at, called, expected) if dead else (),
    )


def _candidates(
    known: _Seen, dialled: Dialled, aliases: tuple[str, ...], called: dict[str, frozenset[str]], expected: tuple[str, ...]
) -> tuple[Candidate, ...]:
    spots, asked = known.spots, known.asked
    if dialled.peer.path:
        return unix_candidates(spots.host, asked, dialled.passes, aliases, called, expected, known.pools)
    same_word = siblings(spots.host, asked, dialled.peer, dialled.same_word)
    return (*same_word, *candidates(spots, asked, dialled.peer, aliases, called, expected))


def _barred(evidence: Evidence, peer: Peer, exchange: Exchange | None) -> tuple[State, str] | None:
    """A socket that nginx's worker may not use, whatever our own rights are; and one that only we may not use, of which nothing can be said."""
    if not peer.path or peer.down:
        return None
    denied = access.denied(evidence, peer)
    if denied:
        found = access.refusal(evidence, peer)
        return "DENIED", ("denied" if found is None else "nginx may not write it" if found.need == "w" else f"nginx may not enter {neutral(found.part.path)}")
    process = access.worker(evidence)
    if exchange and exchange.end == "denied" and process and process.uid != evidence.euid:
        return "UNSEEN", "it lets nginx in, but not us" if denied is False else "we may not look there"
    return None


def _connect(barred: tuple[State, str] | None, exchange: Exchange | None) -> str:
    if barred:
        return "denied" if barred[0] == "DENIED" else ""
    return exchange.end if exchange else ""


def _local(evidence: Evidence, peer: Peer) -> bool:
    return addresses.is_local(peer, evidence.addresses.value or ())


def _uncertain(peer: Peer, listener: Listener) -> bool:
    """A wildcard of IPv6 serves IPv4 unless its socket says otherwise, which not every table tells."""
    return listener.family == "inet6" and listener.address in addresses.ANY and ":" not in addresses.split(peer.address)[0]


def _overtaken(evidence: Evidence, peer: Peer, listener: Listener | None, newest: Seen[Exchange] | None) -> Seen[Exchange] | None:
    """The exchange, unless the kernel's table was read later and tells that a listener came or went since."""
    if newest is None or newest.value is None or evidence.listeners.value is None or evidence.listeners.at <= newest.at or not _local(evidence, peer):
        return newest
    came = listener is not None and newest.value.end in NOBODY and not _uncertain(peer, listener) and any(flip.peer == peer.address for flip in evidence.flips)
    went = listener is None and newest.value.end in ACCEPTED and (not peer.path or any(flip.peer == peer.address for flip in evidence.flips))
    return None if came or went else newest


def _listening(evidence: Evidence, peer: Peer, listener: Listener | None, exchange: Exchange | None) -> bool | None:
    """Does anybody listen there? None for another host, and where the kernel's table was not seen."""
    end = exchange.end if exchange else ""
    if end in ACCEPTED:
        return True if _local(evidence, peer) or listener else None
    if listener:
        return not (end in NOBODY and _uncertain(peer, listener))
    if end == "denied":
        return None
    return False if _local(evidence, peer) and (end in NOBODY or evidence.listeners.value is not None) else None


def _judged(
    evidence: Evidence, peer: Peer, exchange: Exchange | None, listening: bool | None, process: Process | None, expected: list[Unit], many: bool
) -> tuple[State, str]:
    if peer.down:
        return "OFF", "down in the configuration"
    if exchange is None:
        return _unresolved(evidence, peer) or _unasked(evidence, listening, many)
    if exchange.end in NOBODY and any(unit.state in services.STARTS for unit in expected):
        return "STARTING", exchange.end
    if exchange.end == "answered" and not protocol.as_asked(exchange):
        return "FAILING", "answers in no protocol that nginx knows"
    if exchange.end == "answered":
        status = status_of(exchange)
        if status is not None and status >= BROKEN:
            young = process is not None and evidence.taken_at - process.started < YOUNG
            return ("STARTING" if young else "FAILING"), f"answers {status}"
        return "UP", f"{status}" if status else "answers"
    if exchange.end == "timeout":
        return ("DOWN", "no answer to connect") if exchange.connected is None else ("SLOW", "accepts, no answer yet")
    return _ENDS.get(exchange.end) or _unasked(evidence, listening, many)


def _unresolved(evidence: Evidence, peer: Peer) -> tuple[State, str] | None:
    """Of a name without an address nobody can be asked."""
    seen = evidence.names.get(peer.host)
    return ("UNSEEN", "its name was not resolved") if seen and seen.gap else None


def _unasked(evidence: Evidence, listening: bool | None, many: bool) -> tuple[State, str]:
    """Of a peer that was not asked, and will not be where they are many, the kernel's table tells whether it accepts."""
    if listening is False:
        return "DOWN", "nobody listens"
    if evidence.probing and many:
        return ("UP", "listens") if listening else ("UNSEEN", "not asked")
    if not evidence.probing:
        return "UNSEEN", "listens, not asked" if listening else "not asked"
    return "LOOKING", "not asked yet"


def _flapping(evidence: Evidence, aliases: tuple[str, ...]) -> State | None:
    return "FLAPPING" if len(_turns(evidence, aliases, evidence.taken_at - FLAPPING_WINDOW)) >= FLAPPING_FLIPS else None


def _by_peer(flips: tuple[Flip, ...]) -> Mapping[str, tuple[Flip, ...]]:
    found: dict[str, list[Flip]] = {}
    for flip in flips:
        found.setdefault(flip.peer, []).append(flip)
    return {peer: tuple(each) for peer, each in found.items()}


def _turns(evidence: Evidence, aliases: tuple[str, ...], since: float) -> list[float]:
    """When it went from answering to not answering, or back. One recovery shows in the kernel's table and in two exchanges: that is one turn."""
    turns: list[float] = []
    last: bool | None = None
    for flip in sorted((flip for flip in evidence.flips if flip.peer in aliases and flip.at > since), key=lambda flip: flip.at):
        up = flip.now == "listening" or flip.now in ACCEPTED
        if up != last:
            turns.append(flip.at)
            last = up
    return turns


def _since(evidence: Evidence, aliases: tuple[str, ...], process: Process | None, state: State) -> float:
    """When it came into its state: its last turn, else the start of the process that serves it; 0 when not known."""
    turns = _turns(evidence, aliases, 0.0)
    if turns:
        return turns[-1]
    return process.started if process and state in ("UP", "STARTING", "FAILING", "SLOW", "FULL") else 0.0
