"""The backend listens, on another port than nginx dials.

**What happens.** nginx connects to an address where nobody listens; the kernel refuses at once, and nginx answers 502. Mostly a release, a changed
environment or a new default moved the application to another port, and only one of the two places that hold the port was changed.

**How it shows.** `connect() failed (111: Connection refused) while connecting to upstream`, while the application is up and answers when asked directly.

**What tells it from its neighbours.** A stopped service that names the dialled address is `backend_stopped`: then nothing is wrong with the port. The same port
on another address is `bound_elsewhere` or `address_family`. Another application on a port nearby proves nothing: this cause needs a tie between the
listener and this backend, which is its service's name, its working directory, or the dialled address in its own configuration.

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
from tui502.model.facts import Candidate, Facts, Pass
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import addresses, ties
from tui502.read import units as services
from tui502.read.candidates import good
from tui502.text import neutral

ID = "wrong_port"
ANSWERED = 500
"""A status below this one is an answer of the application itself."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for dead in failing.dead_peers(evidence, facts):
        found = _candidates(dead)
        stopped = [unit for unit, named in failing.stopped_units(dead, facts, services.STOPPED) if named]
        if found and not stopped:
            findings.append(_finding(evidence, facts, dead, found))
        elif found:
            ruled_out.append(RuledOut(ID, f"{neutral(stopped[0].name)}, which is stopped, names {dead.shown}: the port is right", ()))
        else:
            ruled_out += _untied(dead)
    return Opinion(tuple(findings), tuple(ruled_out))


def _candidates(dead: Dead) -> list[Candidate]:
    """The tied listeners on another port that have the most to say for them: most ties, then the address that is dialled, then the only good answer.
    More than one when they are equal."""
    tied = [each for each in dead.state.candidates if each.ties and addresses.split(each.address)[1] not in (0, dead.peer.port)]
    if not tied:
        return []
    most = max(len(each.ties) for each in tied)
    best = [each for each in tied if len(each.ties) == most]
    best = [each for each in best if addresses.split(each.address)[0] in _hosts(dead)] or best
    answering = [each for each in best if good(each.status)]
    return answering if len(answering) == 1 and all(each.status is not None for each in best) else best


def _hosts(dead: Dead) -> set[str]:
    return {addresses.split(alias)[0] for alias in dead.aliases}


def _finding(evidence: Evidence, facts: Facts, dead: Dead, found: list[Candidate]) -> Finding:
    best = found[0]
    listens = f"{words.who(best.process, best.unit)} listens on {best.address}"
    if len(found) > 1:
        listens += f", {words.who(found[1].process, found[1].unit)} on {found[1].address}"
    certainty = _certainty(dead, found)
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


def _certainty(dead: Dead, found: list[Candidate]) -> Certainty:
    """Proven: refused at the old port and answered at the new one, both seen now. A tie with something unseen is likely; two equal ones are possible."""
    if len(found) > 1:
        return "possible"
    status = found[0].status
    if dead.state.connect == "refused" and status is not None and status < ANSWERED:
        return "proven"
    return "likely" if dead.state.connect == "refused" or dead.state.listening is False else "possible"


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
    return alternatives([fix for each in found if (fix := _fix(evidence, facts, dead, each))])


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
