"""The file on disk is right, but nginx still runs what it loaded before.

**What happens.** Somebody (a person, a release, a tool) changed the configuration, and nginx was not told to read it again, or could not. nginx never looks at
its files by itself: it goes on dialling the old address.

**How it shows.** Failures at an address that stands in no file any more, while the one that stands there answers.

**What tells it from its neighbours.** Where nginx keeps the text it runs in memory (builds with --with-debug), it is compared with the files, and this cause
holds only when the two differ in what the failing pass dials. Elsewhere the times say it: the file is newer than nginx's workers, and a worker of today
dials an address that no file names. A difference somewhere else is not this cause. Where `nginx -t` fails, that comes first (`config_invalid`).

**What mends it.** A test and a reload, nothing is edited. Everything else that differs on disk is loaded with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui502.causes import doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.groups import ANSWERS
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, Pass, Peer, PeerState
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import addresses, asking, lookup
from tui502.read.error_log import parse
from tui502.read.lines import unified
from tui502.text import neutral, shorten

ID = "config_not_loaded"


@dataclass(frozen=True)
class Stale:
    """Failures at an address that nginx dials by the text it runs, the pass as it stands on disk, and the peers there that answer."""

    outage: Outage
    route: Pass
    answering: tuple[PeerState, ...]

    @property
    def peer(self) -> Peer:
        return next(peer for peer in self.route.peers if peer.address == self.answering[0].peer)


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    failing_now = any(outage.now for outage in facts.outages)
    if not failing_now or not facts.nginx.running:
        return Opinion()
    if facts.drift.state == "same" and facts.drift.exact:
        seen = Clue("config", "running", None, facts.drift.why, evidence.running.at)
        return Opinion(ruled_out=(RuledOut(ID, "the text that nginx runs is the one on disk", (seen,)),))
    if facts.loaded is None if facts.drift.exact else not _newer(facts):
        return Opinion()
    found = [stale for outage in facts.outages if outage.now and (stale := _stale(evidence, facts, outage))]
    return Opinion((_finding(evidence, facts, found),)) if found else Opinion()


def _stale(evidence: Evidence, facts: Facts, outage: Outage) -> Stale | None:
    dialled = outage.target.peer
    for route in facts.routes.passes:
        here = outage.target.server in map(neutral, (*route.names, "")) and neutral(route.location) == outage.target.location
        if not here or neutral(route.target) != outage.target.pass_ or any(dialled in _shown(peer) for peer in route.peers):
            continue
        if _is_loaded(facts, route, dialled) if facts.drift.exact else _is_newer(evidence, facts, route, outage):
            states = lookup.states(facts)
            answering = tuple(states[peer.address] for peer in route.peers if peer.address in states and states[peer.address].connect in ANSWERS)
            return Stale(outage, route, answering) if answering else None
    return None


def _shown(peer: Peer) -> tuple[str, ...]:
    return tuple(map(neutral, addresses.aliases(peer)))


def _is_loaded(facts: Facts, route: Pass, dialled: str) -> bool:
    """Does the text that nginx runs dial that address at this place?"""
    running = (one for one in (facts.loaded.routes.passes if facts.loaded else ()) if one.place == route.place)
    return any(dialled in _shown(peer) for one in running for peer in one.peers)


def _is_newer(evidence: Evidence, facts: Facts, route: Pass, outage: Outage) -> bool:
    """Was a file in which this pass is written changed since, and did a worker that is still there dial the address, which no file names any more?"""
    files = {route.where.file, *(peer.where.file for peer in route.peers)}
    anywhere = {alias for one in facts.routes.passes for peer in one.peers for alias in _shown(peer)}
    return bool(files & _newer(facts)) and outage.target.peer not in anywhere and _is_of_today(evidence, facts, outage)


def _newer(facts: Facts) -> set[str]:
    """The files that nginx has not loaded, or perhaps not."""
    return {*facts.drift.changed, *(file.path for file in facts.drift.files if file.state == "unknown" and file.path in facts.config.files)}


def _is_of_today(evidence: Evidence, facts: Facts, outage: Outage) -> bool:
    if outage.replay in (502, 504):
        return True
    paths = [target.path for target in facts.logs if target.kind == "error"]
    tallies = (tally for path in paths if (seen := evidence.logs.get(path)) and seen.value for tally in seen.value.tallies)
    pids = {parse(raw).pid for tally in tallies if neutral(tally.peer) == outage.target.peer for raw in tally.samples[-1:]}
    return bool(pids & set(facts.nginx.workers))


def _finding(evidence: Evidence, facts: Facts, found: list[Stale]) -> Finding:
    worst = found[0]
    site = worst.outage.target.server or "nginx"
    return Finding(
        id=failing.finding_id(ID, worst.outage.target.server, worst.outage.target.peer),
        cause=ID,
        certainty=_certainty(facts, found),
        target=worst.outage.target,
        summary=words.fitted(f"{site} was mended on disk{_since(evidence, facts, worst)}, but nginx has not loaded it"),
        clues=(*_clues(evidence, facts, worst), *_against(facts, found)),
        outages=tuple(dict.fromkeys(stale.outage.key for stale in found)),
        explains=(),
        fixes=(_reload(evidence, facts, worst),),
        decider=None,
    )


def _certainty(facts: Facts, found: list[Stale]) -> Certainty:
    """Proven: the running text itself dials the address, that fails at this moment, and what stands on disk answers now."""
    if not facts.drift.exact and any(_by_name(peer) for stale in found for peer in stale.route.peers):
        return "possible"
    return "proven" if facts.drift.exact and _fails_now(facts, found) else "likely"


def _fails_now(facts: Facts, found: list[Stale]) -> bool:
    """Do all of them fail at this moment?"""
    dead = {state.peer for state in (facts.loaded.peers if facts.loaded else ()) if state.state in ("DOWN", "DENIED", "FAILING")}
    return all(stale.outage.replay in (502, 504) or stale.outage.target.peer in map(neutral, dead) for stale in found)


def _against(facts: Facts, found: list[Stale]) -> Iterator[Clue]:
    """What keeps it from being proven."""
    if not facts.drift.exact:
        yield doubts.against("config", "running", "the text that nginx runs was not read: only the times of the files say that they are not loaded")
        if any(_by_name(peer) for stale in found for peer in stale.route.peers):
            yield doubts.against("config", "running", "it is dialled by a name, which may have meant the old address when nginx was started")
    if not _fails_now(facts, found):
        yield doubts.against("probe", "", f"{found[0].outage.target.peer} was not seen to fail just now")


def _by_name(peer: Peer) -> bool:
    """Is it dialled by a name? Then the old address may be what the name meant when nginx was started."""
    return peer.host != "localhost" and addresses.is_name(peer.host)


def _changed(evidence: Evidence, facts: Facts, stale: Stale) -> float:
    """When the file that holds the new address was changed; 0 when that is not known."""
    for where in (stale.peer.where, stale.route.where):
        seen = evidence.files.get(where.file)
        if seen and seen.value and where.file in _newer(facts):
            return seen.value.mtime_ns / 1e9
    return 0.0


def _since(evidence: Evidence, facts: Facts, stale: Stale) -> str:
    at = _changed(evidence, facts, stale)
    return f" at {words.clock(evidence, at)}" if at else ""


def _clues(evidence: Evidence, facts: Facts, stale: Stale) -> Iterator[Clue]:
    where, old, new = stale.peer.where, stale.outage.target.peer, neutral(stale.peer.address)
    if facts.drift.exact:
        yield Clue("config", "running", None, f"nginx dials {old} by the text in its memory, {new} stands at {words.place(where)}", evidence.running.at)
    else:
        changed = f"changed{_since(evidence, facts, stale)}: {_told_by(facts, where.file)}"
        yield Clue("config", where.file, where, f"{words.place(where)} says {new}, {changed}", None)
        yield Clue("config", where.file, None, f"{old} stands in no file that nginx reads", None)
    state = stale.answering[0]
    yield Clue("probe", asking.connect_look(facts, state.peer, "").key, None, f"{new} answers" + (f" {state.status}" if state.status else ""), None)
    yield from failing.log_clues(evidence, facts, (stale.outage,))


def _told_by(facts: Facts, path: str) -> str:
    """What makes it likely that nginx has not loaded a file."""
    return next((neutral(file.why) for file in facts.drift.files if file.path == path), "")


def _reload(evidence: Evidence, facts: Facts, stale: Stale) -> Fix:
    files = ", ".join(map(neutral, facts.drift.changed or sorted(_newer(facts))))
    return with_id(
        Fix(
            id="",
            cause=ID,
            title="reload nginx: it loads what stands on disk",
            why=f"nginx still dials {stale.outage.target.peer}; on disk stands {neutral(stale.peer.address)}, which answers",
            risk=f"a reload cannot be undone; it loads all that differs on disk, in {shorten(files, 200)}",
            kind="config",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=stale.peer.address,
            diff=_difference(evidence, facts),
            reload=True,
        )
    )


def _difference(evidence: Evidence, facts: Facts) -> str:
    """What would be loaded: from the running text to that on disk, where the former is known."""
    running = evidence.running.value
    if running is None or not facts.drift.exact:
        return ""
    return "".join(unified(path, running.get(path), facts.config.files.get(path)) for path in facts.drift.changed)


CAUSE = Cause(ID, judge, __doc__ or "")
