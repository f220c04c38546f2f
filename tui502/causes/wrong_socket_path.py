"""The socket exists, under another path than nginx dials.

**What happens.** nginx connects to the path of a unix socket that is not there (or is a leftover), while the backend listens on another path. Mostly PHP was
upgraded and its socket bears the new version, or a pool or an application was given another socket.

**How it shows.** `connect() to unix:… failed (2: No such file or directory)`, or `(111: Connection refused)` on a file that was left behind.

**What tells it from its neighbours.** A service that should make the dialled socket and does not run is `backend_stopped` or `backend_failed`: then the path
is right. A socket whose file was deleted while its owner goes on listening is `socket_deleted`. Another socket proves nothing: this cause needs a tie, which is
the same name but for PHP's version, the pool's name, the service that names the dialled path, the working directory or the directory of the socket.

**What mends it.** The path in the pass (or in `server` of its group), then a reload. Risk: a path that holds a version breaks again at the next upgrade.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tui502.causes import doubts, failing, repoint, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.failing import Dead
from tui502.model.evidence import Evidence
from tui502.model.facts import Candidate, Facts, Unit
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import access, asking, keys, ties
from tui502.read import units as services
from tui502.read.hosted import good
from tui502.read.peers import ACCEPTED
from tui502.text import neutral

ID = "wrong_socket_path"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for dead in failing.dead_peers(evidence, facts):
        found = moved_to(dead)
        if not found:
            continue
        if owner := maker(dead, facts):
            why = f"{neutral(owner.name)}, which is {words.state(owner)}, is told to listen on {dead.shown}: the path is right"
            ruled_out.append(RuledOut(ID, why, ()))
        else:
            findings.append(_finding(evidence, facts, dead, found))
    return Opinion(tuple(findings), tuple(ruled_out))


def moved_to(dead: Dead) -> list[Candidate]:
    """The tied sockets that have the most to say for them; more than one when they are equal."""
    tied = [each for each in dead.state.candidates if each.ties] if dead.peer.path else []
    most = max((len(each.ties) for each in tied), default=0)
    return [each for each in tied if len(each.ties) == most]


def maker(dead: Dead, facts: Facts) -> Unit | None:
    """A service, whatever its state, that is told to listen at the dialled path."""
    return next((unit for unit in facts.units if set(unit.serves).intersection(dead.aliases)), None)


def _finding(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Finding:
    unasked = next((each for each in found if _asked(evidence, each) is None), None)
    return Finding(
        id=failing.finding_id(ID, dead.state.peer, dead.worst.target.server),
        cause=ID,
        certainty=_certainty(evidence, facts, dead, found),
        target=dead.worst.target,
        summary=_summary(facts, dead, found),
        clues=(*_clues(evidence, facts, dead, found), *_against(evidence, facts, dead, found)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=tuple(repoint.alternatives([fix for each in found if (fix := _fix(evidence, facts, dead, each))])),
        decider=asking.connect_look(facts, unasked.address, f"does {neutral(unasked.address)} accept a connection") if unasked else None,
    )


def _summary(facts: Facts, dead: Dead, found: list[Candidate]) -> str:
    """With whole paths where they fit; else what listens in the same directory is called by its name there."""
    folder, said = posixpath.dirname(dead.state.peer), ""
    for cut in (0, len(folder) + 1):
        names = [each.address[cut:] if posixpath.dirname(each.address) == folder else each.address for each in found[:2]]
        listens = " and ".join(f"{words.who(each.process, each.unit)} listens on {neutral(name)}" for each, name in zip(found, names, strict=False))
        said = words.sentence(dead.worst, f"nginx dials {dead.shown}, but {listens}", partly=failing.partly(dead, facts), whole=failing.whole(dead))
        if not said.endswith("…"):
            break
    return said


def _asked(evidence: Evidence, candidate: Candidate) -> tuple[str, bool] | None:
    """(key, did it take the connection) of the newest exchange with it, whatever was spoken; None when it was not asked."""
    seen = [(item.at, key, item.value.end) for key, item in evidence.exchanges.items() if item.value and item.value.peer == candidate.address]
    return (max(seen)[1], max(seen)[2] in ACCEPTED) if seen else None


def _accepts(evidence: Evidence, candidate: Candidate) -> bool:
    asked = _asked(evidence, candidate)
    return asked is not None and asked[1]


def _certainty(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Certainty:
    """Proven: nothing at the old path, and at the new one the same socket but for PHP's version, or a service of just the name of this backend, took a
    connection and answered nothing bad, both seen now. Two equal ones, and a bad answer, are possible."""
    best = found[0]
    if len(found) > 1 or (best.status is not None and not good(best.status)) or _namesake(dead, facts):
        return "possible"
    gone, exact = dead.state.connect in ("absent", "refused"), _is_exact(facts, dead, best)
    asked = best.status is not None or all(route.family != "http" for route in dead.passes)
    return "proven" if gone and exact and asked and _accepts(evidence, best) and failing.services_seen(evidence) else "likely"


def _is_exact(facts: Facts, dead: Dead, best: Candidate) -> bool:
    """Is it the same socket but for PHP's version, that of the pool, or of a service of just the name of this backend?"""
    unit = failing.unit_of(facts, best.unit)
    return any(" but for the version" in tie or tie.startswith("pool ") for tie in best.ties) or bool(unit and ties.bears_exactly(unit, dead.passes))


def _against(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Iterator[Clue]:
    """What keeps it from being proven."""
    best, shown = found[0], neutral(found[0].address)
    if len(found) > 1:
        yield doubts.against("listener", best.address, f"{len(found)} sockets fit alike: which of them is meant is not known")
    if best.status is not None and not good(best.status):
        yield doubts.against("probe", keys.connect_key(best.address), f"{shown} answers {best.status}")
    elif not _accepts(evidence, best):
        yield doubts.against("probe", keys.connect_key(best.address), f"{shown} was not seen to accept a connection")
    elif best.status is None and any(route.family == "http" for route in dead.passes):
        yield doubts.against("probe", keys.connect_key(best.address), f"{shown} was not asked a request")
    if dead.state.connect not in ("absent", "refused"):
        yield doubts.against(
            "probe", keys.connect_key(dead.state.peer), f"no connect to {dead.shown} was tried: only the kernel's table says that nobody listens"
        )
    if other := _namesake(dead, facts):
        yield doubts.against("unit", other.name, f"{neutral(other.name)}, which is {words.state(other)}, is called as the dialled socket: it may be its maker")
    if not _is_exact(facts, dead, best):
        yield doubts.against("unit" if best.unit else "process", best.unit or str(best.pid), f"{shown} is not called as the dialled socket")
    yield from doubts.services(evidence)


def _namesake(dead: Dead, facts: Facts) -> Unit | None:
    """A service that does not run and is called as the dialled socket: what makes it may stand in files that were not read."""
    stem = posixpath.basename(dead.peer.path).partition(".sock")[0]
    return next((unit for unit in facts.units if unit.state not in services.RUNS and stem and unit.name.removesuffix(".service") == stem), None)


def _clues(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Iterator[Clue]:
    yield failing.probe_clue(evidence, dead)
    for each in found:
        yield Clue("listener", each.address, None, f"{words.who(each.process, each.unit)} listens on {neutral(each.address)}", evidence.listeners.at)
        yield Clue("unit" if each.unit else "process", each.unit or str(each.pid), None, "; ".join(each.ties), None)
        if (asked := _asked(evidence, each)) and asked[1]:
            text = f"{neutral(each.address)} {f'answers {each.status}' if each.status else 'accepts'}"
            yield Clue("probe", asked[0], None, text, evidence.exchanges[asked[0]].at)
    yield from failing.log_clues(evidence, facts, dead.outages)
    yield failing.config_clue(dead)


def _fix(evidence: Evidence, facts: Facts, dead: Dead, candidate: Candidate) -> Fix | None:
    """The new path at every place where the failing servers write the old one."""
    places = repoint.places(dead, dead.passes)
    return repoint.fix(ID, facts, dead, candidate, places, risk=_risk(evidence, candidate), there=_there(evidence, candidate))


def _there(evidence: Evidence, candidate: Candidate) -> str:
    if candidate.status:
        return f"answers {candidate.status}"
    return "accepts a connection" if _accepts(evidence, candidate) else "was not asked"


def _risk(evidence: Evidence, candidate: Candidate) -> str:
    process, seen = access.worker(evidence), evidence.paths.get(keys.path_key(candidate.address.removeprefix("unix:")))
    refused = next(access.refusals(seen.value, process.uid, process.gids), None) if process and seen and seen.value else None
    if refused:
        return f"nginx's workers may not use {neutral(refused.part.path)} yet: its rights are the next thing to mend"
    return "a path that holds a version changes again at the next upgrade"


CAUSE = Cause(ID, judge, __doc__ or "")
