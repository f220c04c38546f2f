"""The backend listens, on another port than nginx dials.

**What happens.** nginx connects to an address where nobody listens; the kernel refuses at once, and nginx answers 502. Mostly a release, a changed
environment or a new default moved the application to another port, and only one of the two places that hold the port was changed.

**How it shows.** `connect() failed (111: Connection refused) while connecting to upstream`, while the application is up and answers when asked directly.

**What tells it from its neighbours.** A service that names the dialled address and does not listen there is down or still starting: then nothing is wrong with
the port. The same port on another address is `bound_elsewhere` or `address_family`. Another application on a port nearby proves nothing: this cause needs a
tie between the listener and this backend, its service's name or its working directory. Proof is a service that bears the whole name of the backend and answers
the failing request well, long after its start or where its own configuration says so; a sibling (shop-api for shop) and a 404 are none.

**What mends it.** The port where the target is written, then a reload. Risk: the port now stands in two places, and the next release may move it again.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.failing import Dead
from tui502.causes.repoint import alternatives, diff_of, repointed
from tui502.fix.identity import with_id
from tui502.model.config import Where
from tui502.model.evidence import Evidence
from tui502.model.facts import Candidate, Facts, Pass, Unit
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import addresses, ties
from tui502.read import units as services
from tui502.read.candidates import good
from tui502.read.peers import YOUNG
from tui502.text import neutral

ID = "wrong_port"
BROKEN = 500
"""A status from this one on says that the application itself fails there."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for dead in failing.dead_peers(evidence, facts):
        found = _candidates(dead)
        if not found:
            ruled_out += _untied(dead)
        elif why := _against(evidence, facts, dead, found):
            ruled_out.append(RuledOut(ID, why, ()))
        else:
            findings.append(_finding(evidence, facts, dead, found))
    return Opinion(tuple(findings), tuple(ruled_out))


def _against(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> str:
    """What says that the port is right: a service that should listen there and does not, or one that has only just begun. '' where nothing does."""
    best, own = found[0], {each.unit for each in found}
    for unit in failing.naming(dead, facts):
        if neutral(unit.name) not in own and not (unit.state in services.STOPPED and _rivals(facts, dead, best, unit)):
            return f"{neutral(unit.name)}, which is {words.state(unit)}, names {dead.shown}: the port is right"
    age = failing.age(evidence, best.pid)
    if age is not None and age < YOUNG and (failing.own_words(dead, facts, best.unit) or not (best.status is None or good(best.status))):
        return f"{words.who(best.process, best.unit)} was started {age:.0f} s ago: it may still come up on {dead.shown}"
    return ""


def _rivals(facts: Facts, dead: Dead, candidate: Candidate, stopped: Unit) -> bool:
    """Is it as good an explanation as a stopped service that names the address? It bears the whole name, and was not seen to answer badly. One that listens on
    another address than the dialled, beside a stopped one of such a name, is another installation."""
    fits = _is_exact(facts, dead, candidate) and (candidate.status is None or good(candidate.status))
    return fits and (failing.is_beside(dead, candidate) or not failing.bears(dead, stopped))


def _is_exact(facts: Facts, dead: Dead, candidate: Candidate) -> bool:
    unit = failing.unit_of(facts, candidate.unit)
    return unit is not None and ties.bears_exactly(unit, dead.passes)


def _candidates(dead: Dead) -> list[Candidate]:
    """The tied listeners on another port that have the most to say for them: most ties, then the address that is dialled, then the only good answer.
    More than one when they are equal."""
    tied = [each for each in dead.state.candidates if each.ties and addresses.split(each.address)[1] not in (0, dead.peer.port)]
    if not tied:
        return []
    most = max(len(each.ties) for each in tied)
    best = [each for each in tied if len(each.ties) == most]
    best = [each for each in best if failing.is_beside(dead, each)] or best
    answering = [each for each in best if good(each.status)]
    return answering if len(answering) == 1 and all(each.status is not None for each in best) else best


def _finding(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Finding:
    best = found[0]
    listens = f"{words.who(best.process, best.unit)} listens on {best.address}"
    if len(found) > 1:
        listens += f", {words.who(found[1].process, found[1].unit)} on {found[1].address}"
    certainty = _certainty(evidence, facts, dead, found)
    unasked = next((each for each in found if each.status is None), None)
    return Finding(
        id=failing.finding_id(ID, dead.state.peer, dead.worst.target.server),
        cause=ID,
        certainty=certainty,
        target=dead.worst.target,
        summary=words.sentence(dead.worst, f"nginx dials {dead.shown}, but {listens}", partly=failing.partly(dead, facts), whole=failing.whole(dead)),
        clues=tuple(_clues(evidence, facts, dead, found)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=tuple(_fixes(evidence, facts, dead, found)),
        decider=failing.http_look(unasked.address, dead.worst.request, dead, facts, f"does {unasked.address} answer that request") if unasked else None,
    )


def _certainty(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Certainty:
    """Proven: refused at the old port, and the failing request answered well at the new one by a service of just that name, both seen now, and nothing else
    that could be the backend. With something unseen it is likely; a sibling, a bad answer, or two equal ones are possible."""
    best = found[0]
    if len(found) > 1 or failing.own_words(dead, facts, best.unit) or _namesakes(facts, dead, best) or (best.status or 0) >= BROKEN:
        return "possible"
    stopped = any(unit.state in services.STOPPED for unit in failing.naming(dead, facts))
    exact, well, refused = _is_exact(facts, dead, best), good(best.status), dead.state.connect == "refused"
    alone = not stopped and failing.services_seen(evidence) and failing.is_beside(dead, best)
    if exact and well and refused and dead.worst.request and alone and _is_settled(evidence, facts, best):
        return "proven"
    return "likely" if (well or (exact and best.status is None)) and (refused or dead.state.listening is False) else "possible"


def _namesakes(facts: Facts, dead: Dead, candidate: Candidate) -> bool:
    """Is there a service of the backend's whole name that does not run, beside the one that this listener belongs to?"""
    expected = (failing.unit_of(facts, neutral(name)) for name in dead.state.expected_units)
    down = (unit for unit in expected if unit and unit.state not in (*services.RUNS, *services.STOPPED) and neutral(unit.name) != candidate.unit)
    return any(ties.bears_exactly(unit, dead.passes) for unit in down)


def _is_settled(evidence: Evidence, facts: Facts, candidate: Candidate) -> bool:
    """Has it come up for good? Long ago, or where its own words say that it listens."""
    unit, age = failing.unit_of(facts, candidate.unit), failing.age(evidence, candidate.pid)
    return bool(unit and ties.names_surely(unit, candidate.address)) or (age is not None and age >= YOUNG)


def _clues(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Iterator[Clue]:
    yield failing.probe_clue(evidence, dead)
    for each in found:
        yield Clue("listener", each.address, None, f"{words.who(each.process, each.unit)} listens on {each.address}", evidence.listeners.at)
        if each.status is not None:
            asked = failing.http_look(each.address, dead.worst.request, dead, facts, "")
            seen = evidence.exchanges.get(asked.key)
            yield Clue("probe", asked.key, None, f"{neutral(' '.join((asked.args[2], asked.args[4])))} answers {each.status} there", seen.at if seen else None)
        yield Clue("unit" if each.unit else "process", each.unit or str(each.pid), None, "; ".join(each.ties), None)
    yield from failing.log_clues(evidence, facts, dead.outages)
    yield failing.config_clue(dead)


def _fixes(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> list[Fix]:
    fixes = [fix for each in found if (fix := _fix(evidence, facts, dead, each))]
    return alternatives([*fixes, *([_as_told(dead, found[0])] if failing.own_words(dead, facts, found[0].unit) else [])])


def _as_told(dead: Dead, candidate: Candidate) -> Fix:
    """The other way round, where the service itself is told to listen at the dialled address."""
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"have {candidate.unit} listen on {dead.shown}, as it is told",
            why=f"{candidate.unit} names {dead.shown} as its own address and listens on {candidate.address}",
            risk="why it does not is not known: it may not have been restarted since it was told, or not heed it",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


def _fix(evidence: Evidence, facts: Facts, dead: Dead, candidate: Candidate) -> Fix | None:
    """The new address at every place where the failing passes that this listener is tied to write the old one; advice where a tool owns the file."""
    places = _places(facts, evidence, dead, candidate)
    found = repointed(facts, places, dead.state.peer, candidate.address)
    if found is None:
        return None
    edits, owner = found
    request = dead.worst.request
    there = f"{request.method} {request.uri}" if request else "GET /"
    what = [f"answers {candidate.status}" if candidate.status else "was not asked", *([f'"{candidate.title}"'] if candidate.title else [])]
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"point nginx at {candidate.address}" if not owner else f"have {owner} point nginx at {candidate.address}",
            why=f"nothing listens on {dead.shown}; {words.who(candidate.process, candidate.unit)} listens on {candidate.address}",
            risk="the next release may move the port again" if not owner else "an edit by hand would be overwritten by the tool that owns the file",
            kind="config" if edits else "advice",
            edits=edits,
            commands=(),
            alternative_to=(),
            tie="; ".join(candidate.ties),
            there=neutral(", ".join((f"{there} {what[0]}", *what[1:], *([f"Server: {candidate.server}"] if candidate.server else [])))),
            peer=candidate.address,
            diff=diff_of(edits, facts.config.files),
        )
    )


def _places(facts: Facts, evidence: Evidence, dead: Dead, candidate: Candidate) -> list[Where]:
    """The words that write the dead address, in the servers that fail, where this listener is tied to the pass."""
    servers = {outage.target.server for outage in dead.outages}
    found: dict[tuple[str, int], Where] = {}
    for route in dead.passes:
        if servers.intersection(map(neutral, route.names or ("",))) and _tied(facts, evidence, dead, candidate, route):
            for peer in route.peers:
                if peer.address == dead.state.peer:
                    found.setdefault((peer.where.file, peer.where.start), peer.where)
    return list(found.values())


def _tied(facts: Facts, evidence: Evidence, dead: Dead, candidate: Candidate, route: Pass) -> bool:
    called = ties.names((route,))
    unit = next((unit for unit in facts.units if neutral(unit.name) == candidate.unit), None)
    if unit and ties.of_unit(unit, dead.aliases, called):
        return True
    directories = {each.directory for each in facts.units if each.name in dead.state.expected_units} - {"", "/"}
    process = next((each for each in evidence.processes.value or () if each.pid == candidate.pid), None)
    return bool(process and ties.of_process(process, directories, called))


def _untied(dead: Dead) -> list[RuledOut]:
    """What listens near the dead port and is nobody we know: said, so that nobody takes it for the backend."""
    near = [each for each in dead.state.candidates if not each.ties][:1]
    clues = tuple(Clue("listener", each.address, None, f"{words.who(each.process, each.unit)} listens on {each.address}", None) for each in near)
    return [RuledOut(ID, f"{words.who(each.process, each.unit)} listens on {each.address}, but nothing ties it to this backend", clues) for each in near]


CAUSE = Cause(ID, judge, __doc__ or "")
