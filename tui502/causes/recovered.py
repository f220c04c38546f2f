"""It failed, it works now.

**What happens.** The logs hold failures, the newest is over, and what failed answers again.

**How it shows.** Old lines only; the same request, replayed, gets a good answer, or the status it had before. What changed at that moment is looked for: a new
process behind the peer, a service that came up, new workers of nginx (a reload), a new master (a restart).

**What tells it from its neighbours.** A failure within the last quarter of an hour counts as going on unless a newer look disproves it. A 502 that became the
application's 404 or 500 is not mended. Failures that are long over are history, not an incident, and `no_fault` says so.

**What mends it.** Nothing is to be done. Worth asking: what ended it, and whether it will come again.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import answered, doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, PeerState
from tui502.model.findings import Certainty, Clue, Finding, RuledOut
from tui502.read import keys, times
from tui502.read.hosted import BROKEN
from tui502.read.nginx import worker_processes
from tui502.read.symptoms import CONNECTING
from tui502.text import neutral

ID = "recovered"

JITTER = 1.5
"""Seconds by which the start of a process may be off: the kernel tells its boot in whole seconds, as nginx does the times in its log."""

BY_RESTART = 120.0
"""Seconds around the end within which a new process of the backend, or a reload, is what ended it."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    if not facts.nginx.running or any(outage.now for outage in facts.outages):
        return Opinion()
    states = {neutral(state.peer): state for state in facts.peers}
    found: dict[str, list[Outage]] = {}
    for outage in facts.outages:
        if outage.last and answered.is_news(evidence, outage) and not _still_down(states.get(outage.target.peer)):
            found.setdefault(outage.target.server, []).append(outage)
    badly = {server: bad for server, outages in found.items() if (bad := next((each for each in outages if answered.badly(evidence, facts, each)), None))}
    broken = any((outage.replay or 0) >= BROKEN for outage in badly.values())
    well = () if broken else tuple(outages for server, outages in found.items() if server not in badly)
    return Opinion(
        tuple(_finding(evidence, facts, outages, states) for outages in well),
        tuple(RuledOut(ID, _otherwise(evidence, outage), tuple(_replay_clue(evidence, outage))) for outage in badly.values()),
    )


def _otherwise(evidence: Evidence, outage: Outage) -> str:
    """What the request gets now, and what it got before."""
    request = f"{outage.request.method} {neutral(outage.request.uri)}" if outage.request else "the request"
    site = outage.target.server or "nginx"
    return f"{site} reaches its backend again since {words.clock(evidence, outage.last)}, but {request} answers {outage.replay} now"


def _still_down(state: PeerState | None) -> bool:
    return state is not None and state.state in ("DOWN", "DENIED", "FAILING")


def _finding(evidence: Evidence, facts: Facts, outages: list[Outage], states: dict[str, PeerState]) -> Finding:
    worst = max(outages, key=lambda outage: outage.last)
    first = min(outage.first for outage in outages)
    state = states.get(worst.target.peer) or _youngest(facts, worst, states)
    return Finding(
        id=failing.finding_id(ID, worst.target.server, str(int(worst.last))),
        cause=ID,
        certainty=_certainty(evidence, facts, worst, state),
        target=worst.target,
        summary=_summary(evidence, facts, worst, first, state),
        clues=(*_clues(evidence, facts, worst, state), *_against(evidence, facts, worst, state)),
        outages=tuple(outage.key for outage in outages),
        explains=(),
        fixes=(),
        decider=None,
    )


def _youngest(facts: Facts, outage: Outage, states: dict[str, PeerState]) -> PeerState | None:
    """Of the peers of a group in which none was left, the one that came up last."""
    passes = [route for route in facts.routes.passes if route.upstream and neutral(route.upstream) == outage.target.upstream]
    peers = {neutral(peer.address) for route in passes for peer in route.peers}
    return max((states[peer] for peer in sorted(peers) if peer in states), key=lambda state: state.since, default=None)


def _certainty(evidence: Evidence, facts: Facts, outage: Outage, state: PeerState | None) -> Certainty:
    """Proven by the same request answered since, in a group by that very peer too: another may have answered it. Likely when the peer answers, or the request
    was answered."""
    answers = state is not None and state.connect in ("answered", "connected")
    newer = answered.is_newer(evidence, outage)
    if newer and (answers or _is_alone(facts, outage)):
        return "proven"
    return "likely" if newer or answers else "possible"


def _is_alone(facts: Facts, outage: Outage) -> bool:
    """Is there no other peer that may have answered it?"""
    passes = [route for route in facts.routes.passes if route.upstream and neutral(route.upstream) == outage.target.upstream]
    return len({peer.address for route in passes for peer in route.peers if not peer.down}) <= 1


def _against(evidence: Evidence, facts: Facts, outage: Outage, state: PeerState | None) -> Iterator[Clue]:
    """What keeps it from being proven."""
    if _certainty(evidence, facts, outage, state) == "proven":
        return
    answers = state is not None and state.connect in ("answered", "connected")
    if not answered.is_newer(evidence, outage):
        yield doubts.against("replay", keys.replay_key(outage.request) if outage.request else "", "the request that failed was not seen to be answered since")
    elif not answers and not _is_alone(facts, outage):
        yield doubts.against("probe", "", "another peer of the group may have answered it")
    if not answers and outage.target.peer:
        yield doubts.against("probe", keys.connect_key(outage.target.peer), f"{outage.target.peer} was not seen to answer")


def _summary(evidence: Evidence, facts: Facts, outage: Outage, first: float, state: PeerState | None) -> str:
    site = outage.target.server or "nginx"
    head = f"{site} answers again since {words.clock(evidence, outage.last)}"
    if outage.client_visible == 1:
        return words.fitted(f"{head}; one request failed")
    lasted = outage.last - first
    text = f"{head}; it {_how(facts, outage)} {times.span(lasted) if lasted >= 1.0 else 'less than 1 s'}"
    change = _change(evidence, facts, outage, state)
    return words.fitted(*([f"{text}, until {change[0]}"] if change else []), text)


def _how(facts: Facts, outage: Outage) -> str:
    """Whether every request failed, or only those that no other peer saved, or those of some pages."""
    if not set(outage.symptoms) & CONNECTING:
        return "failed for"
    peers = [peer for route in facts.routes.passes if route.upstream and neutral(route.upstream) == outage.target.upstream for peer in route.peers]
    return "was down" if len({peer.address for peer in peers}) <= 1 or "no_live_upstream" in outage.symptoms else "failed for"


def _change(evidence: Evidence, facts: Facts, outage: Outage, state: PeerState | None) -> tuple[str, float] | None:
    """(what ended it, when): a new process behind the peer, else a restart or a reload of nginx; what came last before it worked, or soon after."""
    found: list[tuple[str, float]] = []
    first = outage.first - JITTER
    process = next((each for each in evidence.processes.value or () if state and each.pid == state.pid), None)
    if state and state.process:
        found.append((f"{words.who(state.process, state.unit)} was started", process.started if process else state.since))
    workers = [worker.started for worker in worker_processes(evidence)]
    if workers and min(workers) > outage.first:
        found.append(("nginx was started" if facts.nginx.since > outage.first else "nginx was reloaded", min(workers)))
    near = [each for each in found if first < each[1] and abs(each[1] - outage.last) <= BY_RESTART]
    return min(near, key=lambda each: abs(each[1] - outage.last), default=None)


def _replay_clue(evidence: Evidence, outage: Outage) -> Iterator[Clue]:
    if outage.request and outage.replay is not None:
        key = keys.replay_key(outage.request)
        seen = evidence.exchanges.get(key)
        yield Clue("replay", key, None, f"{outage.request.method} {neutral(outage.request.uri)} {outage.replay} now", seen.at if seen else None)


def _clues(evidence: Evidence, facts: Facts, outage: Outage, state: PeerState | None) -> Iterator[Clue]:
    yield from _replay_clue(evidence, outage)
    yield Clue("error_log", "", None, f"last failure {words.clock(evidence, outage.last)}", outage.last)
    if change := _change(evidence, facts, outage, state):
        yield Clue("process", "", None, f"{change[0]} at {words.clock(evidence, change[1])}", change[1])
    if state and state.connect in ("answered", "connected"):
        yield Clue("probe", keys.connect_key(state.peer), None, f"{neutral(state.peer)} accepts", None)


CAUSE = Cause(ID, judge, __doc__ or "")
