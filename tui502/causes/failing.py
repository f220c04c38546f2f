"""What several causes share: the peers that fail now, with everything known about each, and the clues that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tui502.causes import words
from tui502.model.evidence import Evidence
from tui502.model.facts import Candidate, Facts, Outage, Pass, Peer, PeerState, Unit
from tui502.model.findings import Clue
from tui502.read import access, addresses, front_page, keys, lookup, ties
from tui502.read.memo import Memo, Shelf
from tui502.read.outages import group_state
from tui502.read.symptoms import WORDS
from tui502.text import neutral

UNREACHED = ("connection_refused", "socket_missing")
"""Symptoms of a target at which nobody listens."""


_by_name: Memo[dict[str, Unit]] = Memo()
_seen: Memo[bool] = Memo()
_failing: Memo[tuple[Dead, ...]] = Memo(16)
_known: Memo[Shelf[Dead]] = Memo(32)
_dialling: Memo[dict[str, tuple[tuple[Pass, ...], Peer]]] = Memo()


@dataclass(frozen=True)
class Dead:
    """A peer at which nobody listens and requests that fail for it now, worst outage first. `aliases` are all ways to write its address, `front` says
    whether the front page of the site that fails worst is dialled there, and not known to be answered all the same. Where nobody listens at several
    addresses of one name they are one: `name` then is that name with its port, `addresses` are all of them."""

    state: PeerState
    peer: Peer
    passes: tuple[Pass, ...]
    outages: tuple[Outage, ...]
    aliases: tuple[str, ...]
    front: bool = False
    addresses: tuple[str, ...] = ()
    name: str = ""

    @property
    def worst(self) -> Outage:
        return self.outages[0]

    @property
    def shown(self) -> str:
        return neutral(self.name or self.state.peer)


def dead_peers(evidence: Evidence, facts: Facts) -> Iterator[Dead]:
    """Peers with an outage that goes on, at which nothing was found to listen. Peers on other hosts are left out: what runs there is not seen."""
    return (dead for dead in failing_peers(evidence, facts, UNREACHED) if dead.state.listening is False)


def failing_peers(evidence: Evidence, facts: Facts, symptoms: tuple[str, ...]) -> tuple[Dead, ...]:
    """Peers with an outage of one of these symptoms (or of none yet) that goes on, the echo of it in their group among the outages."""
    which = " ".join(sorted(symptoms))
    known = _known((facts.routes, which), Shelf)
    found = _failing_peers(evidence, facts, symptoms)
    return _failing((evidence, facts, which), lambda: tuple(known.settled(dead.state.peer, dead) for dead in found))


def _failing_peers(evidence: Evidence, facts: Facts, symptoms: tuple[str, ...]) -> Iterator[Dead]:
    told: dict[str, list[Outage]] = {}
    for each in facts.outages:
        if each.now and (not each.symptoms or each.symptoms[0] in symptoms):
            told.setdefault(each.target.peer, []).append(each)
    echoes = [each for each in facts.outages if each.now and "no_live_upstream" in each.symptoms]
    for states in _by_word(facts, [state for state in facts.peers if neutral(state.peer) in told]) if told else ():
        dialled = [_passes_to(facts)[state.peer] for state in states]
        passes = tuple({route.key: route for routes, _ in dialled for route in routes}.values())
        groups = {neutral(route.upstream) for route in passes if route.upstream}
        down = states[0].state in ("DOWN", "DENIED", "FAILING")
        echo = [each for each in echoes if down and each.target.upstream in groups]
        outages = _in_order(facts, [each for state in states for each in told[neutral(state.peer)]], echo, len(states) > 1)
        written = addresses.written(dialled[0][1])
        numeric = tuple(dict.fromkeys(alias for _, peer in dialled for alias in access.aliases(evidence, peer)))
        yield Dead(
            states[0], dialled[0][1], passes, outages, tuple(dict.fromkeys((*numeric, written))), _front(evidence, facts, passes, outages[0]), numeric,
            written if len(states) > 1 else "",
        )  # fmt: skip


def _by_word(facts: Facts, states: list[PeerState]) -> list[list[PeerState]]:
    """Peers one by one; addresses of one name at which nobody listens are one peer to whoever wrote it."""
    found: dict[str, list[PeerState]] = {}
    for state in states:
        peer = _passes_to(facts)[state.peer][1]
        found.setdefault(addresses.written(peer) if state.listening is False else state.peer, []).append(state)
    return list(found.values())


def _passes_to(facts: Facts) -> dict[str, tuple[tuple[Pass, ...], Peer]]:
    """Address of a peer → the passes that dial it, and the peer as the first of them has it."""

    def read() -> dict[str, tuple[tuple[Pass, ...], Peer]]:
        found: dict[str, tuple[dict[str, Pass], Peer]] = {}
        for route in facts.routes.passes:
            for peer in route.peers:
                found.setdefault(peer.address, ({}, peer))[0][route.key] = route
        return {address: (tuple(passes.values()), peer) for address, (passes, peer) in found.items()}

    return _dialling((facts.routes,), read)


def _in_order(facts: Facts, own: list[Outage], echo: list[Outage], mixed: bool) -> tuple[Outage, ...]:
    """These outages as the facts have them, worst first; "no live upstreams" is the echo of what the peers of a group did before."""
    return tuple(each for each in facts.outages if each in own or each in echo) if echo or mixed else tuple(own)


def is_leftover(evidence: Evidence, dead: Dead) -> bool:
    """Is the file of a socket there, behind which nobody listens?"""
    seen = access.way(evidence, dead.peer)
    there = seen is not None and seen.end == "found" and seen.parts[-1].kind == "socket"
    return there and dead.state.connect in ("refused", "") and dead.state.listening is False


def partly(dead: Dead, facts: Facts) -> bool:
    """Do other peers of the group through which requests fail still work? Of every group that it stands in, where it is not known which that is."""
    states = lookup.states(facts)
    failing = front_page.pass_of(facts, dead.worst)
    return all(group_state(route, states)[0] > 0 for route in ((failing,) if failing else dead.passes))


def whole(dead: Dead) -> bool:
    """Does the failing site dial it for its front page?"""
    return dead.front


def _front(evidence: Evidence, facts: Facts, passes: tuple[Pass, ...], outage: Outage) -> bool:
    server = outage.target.server
    here = [route for route in passes if route.location in ("/", "") and (server in map(neutral, route.names) if server else not any(route.names))]
    return bool(here) and not front_page.works(evidence, facts, outage)


def finding_id(cause: str, *parts: str) -> str:
    """The same for the same fault for ever: from the cause and what it is about."""
    digest = hashlib.sha256("\0".join((cause, *parts)).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{cause}-{digest[:8]}"


def stopped_units(dead: Dead, facts: Facts, states: tuple[str, ...]) -> list[tuple[Unit, bool]]:
    """Services in one of `states` that should serve this peer, with whether they name its address (else they only bear its name)."""
    known = lookup.units(facts)
    found = [known[name] for name in dead.state.expected_units if name in known and known[name].state in states]
    named = [(unit, any(ties.names_address(unit, address) for address in dead.aliases)) for unit in found]
    return sorted(named, key=lambda pair: (not pair[1], pair[0].name))


def naming(dead: Dead, facts: Facts) -> list[Unit]:
    """Services, whatever their state, that name the address of this peer as their own."""
    return ties.services(facts.units).naming(dead.aliases)


def unit_of(facts: Facts, name: str) -> Unit | None:
    """The service of a neutral name."""
    known = _by_name((facts.units,), lambda: {neutral(unit.name): unit for unit in reversed(facts.units)})
    return known.get(name)


def own_words(dead: Dead, facts: Facts, name: str) -> bool:
    """Is the service of this neutral name told to listen at the dead address?"""
    return any(neutral(unit.name) == name for unit in naming(dead, facts))


def bears(dead: Dead, unit: Unit) -> bool:
    """Does a service bear the name of this backend, "shop-2" for shop among them?"""
    return bool(ties.of_unit(unit, (), ties.names(dead.passes)))


def is_beside(dead: Dead, candidate: Candidate) -> bool:
    """Does it listen on the very address that is dialled, at another port?"""
    return addresses.split(candidate.address)[0] in {addresses.split(alias)[0] for alias in dead.aliases}


def age(evidence: Evidence, pid: int) -> float | None:
    """Seconds since a process was started; None where it was not seen."""
    process = lookup.process(evidence, pid) if pid else None
    return evidence.taken_at - process.started if process else None


def services_seen(evidence: Evidence) -> bool:
    """Was every service manager that is there asked, and did it answer? One that is not there is no gap."""
    return _seen((evidence.commands, evidence.processes, evidence.euid), lambda: _all_answered(evidence))


def _all_answered(evidence: Evidence) -> bool:
    systemd = (keys.SYSTEMD_UNITS, keys.SYSTEMD_SHOW) if keys.unit_names(evidence) else (keys.SYSTEMD_UNITS,)
    found = [evidence.commands.get(key) for key in (*systemd, *(keys.supervisor_key(conf) for conf, _ in keys.supervisors(evidence)))]
    return all(seen is not None and (seen.value is not None or (seen.gap is not None and seen.gap.why == "absent")) for seen in found)


def probe_clue(evidence: Evidence, dead: Dead) -> Clue:
    """What a connect got, else what the kernel's table says."""
    seen = max((item for alias in dead.aliases for item in lookup.asked(evidence).get(alias, ())), key=lambda item: item.at, default=None)
    if dead.state.connect and seen and seen.value:
        said = {"refused": "refused just now", "absent": "has no socket file just now"}.get(dead.state.connect, dead.state.connect)
        return Clue("probe", keys.connect_key(seen.value.peer), None, f"{dead.shown} {said}", seen.at)
    return Clue("listener", dead.state.peer, None, f"nobody listens on {dead.shown}", evidence.listeners.at)


def log_clues(evidence: Evidence, facts: Facts, outages: tuple[Outage, ...]) -> Iterator[Clue]:
    """The log that tells of the failures, and the replay of one."""
    for outage in outages[:1]:
        path = lookup.log_of(evidence, facts.logs, outage.key)
        if path:
            word = WORDS.get(outage.symptoms[0], outage.symptoms[0].replace("_", " "))
            times = "once" if outage.first == outage.last else f"since {words.clock(evidence, outage.first)}"
            yield Clue("error_log", path, None, f"{outage.target.peer} {word} in the log {times}", outage.last)
        if outage.request and outage.replay is not None:
            text = f"{outage.request.method} {neutral(outage.request.uri)} {outage.replay} through nginx"
            seen = evidence.exchanges.get(keys.replay_key(outage.request))
            yield Clue("replay", keys.replay_key(outage.request), None, text, seen.at if seen else None)


def config_clue(dead: Dead) -> Clue:
    where = dead.peer.where
    return Clue("config", where.file, where, f"{dead.shown} is written at {words.place(where)}", None)
