"""The socket's file is there, and nobody listens behind it.

**What happens.** The process that made the socket ended without removing its file (it was killed, or crashed), or another one took its place and listens
elsewhere. The kernel refuses every connection to such a leftover.

**How it shows.** `connect() to unix:… failed (111: Connection refused)`: on a unix socket that is always a leftover, for a missing file is error 2 and a full
queue is error 11.

**What tells it from its neighbours.** A tied socket under another path is `wrong_socket_path`. A missing file is `backend_stopped`, `backend_failed` or
`wrong_socket_path`. A service that starts right now is left alone.

**What mends it.** Start, or where it runs restart, the service that makes this socket. The file itself is not removed: its owner replaces it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.failing import Dead
from tui502.causes.repoint import alternatives
from tui502.causes.wrong_socket_path import maker, moved_to
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Unit
from tui502.model.findings import Certainty, Clue, Command, Finding, Fix, RuledOut
from tui502.read import asking, keys, ties
from tui502.read import units as services
from tui502.read.peers import YOUNG
from tui502.text import neutral

ID = "stale_socket"
_ENDED = (*services.STOPPED, *services.FAILED)


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for dead in failing.dead_peers(evidence, facts):
        if not failing.is_leftover(evidence, dead) or dead.state.state == "STARTING":
            continue
        if young := _begins(evidence, dead, facts):
            ruled_out.append(RuledOut(ID, f"{neutral(young.name)} has only just been started: it may still make its socket", ()))
            continue
        if (found := moved_to(dead)) and not maker(dead, facts):
            why = f"{neutral(dead.peer.path)} is a leftover, but the backend listens on {neutral(found[0].address)}"
            ruled_out.append(RuledOut(ID, why, ()))
        else:
            findings.append(_finding(evidence, facts, dead))
    return Opinion(tuple(findings), tuple(ruled_out))


def _owners(dead: Dead, facts: Facts) -> list[tuple[Unit, bool]]:
    """The services that should listen there, with whether they name the path: those that do, else those that bear the name of this backend."""
    found = failing.stopped_units(dead, facts, (*_ENDED, *services.RUNS))
    return [pair for pair in found if pair[1]] or [pair for pair in found if not pair[0].serves and ties.bears_exactly(pair[0], dead.passes)]


def _begins(evidence: Evidence, dead: Dead, facts: Facts) -> Unit | None:
    """A service that should listen there and came up less than a minute ago."""
    return next((unit for unit, _ in _owners(dead, facts) if unit.state in services.RUNS and unit.since and evidence.taken_at - unit.since < YOUNG), None)


def _finding(evidence: Evidence, facts: Facts, dead: Dead) -> Finding:
    owners, path = _owners(dead, facts), neutral(dead.peer.path)
    fact = f"{path} is a leftover, nobody listens on it"
    if len(owners) == 1:
        fact += f"; {neutral(owners[0][0].name)} is {_word(owners[0][0])}"
    return Finding(
        id=failing.finding_id(ID, dead.state.peer),
        cause=ID,
        certainty=_certainty(dead),
        target=dead.worst.target,
        summary=words.sentence(dead.worst, fact, partly=failing.partly(dead, facts), whole=failing.whole(dead)),
        clues=tuple(_clues(evidence, facts, dead, owners)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=tuple(alternatives([_fix(evidence, facts, dead, unit) for unit, _ in owners])) or (_advice(dead),),
        decider=None if dead.state.connect else asking.connect_look(facts, dead.state.peer, f"does anybody answer on {dead.shown}"),
        answers=() if dead.state.connect else doubts.ANYBODY,
    )


def _word(unit: Unit) -> str:
    if unit.state in services.RUNS:
        return "running all the same"
    return "masked and stopped" if unit.masked else "stopped" if unit.state in services.STOPPED else "failed"


def _certainty(dead: Dead) -> Certainty:
    """Proven: the file is a socket and the kernel refused the connect, both seen now: that leaves nobody who listens. Else by its table alone."""
    return "proven" if dead.state.connect == "refused" else "likely"


def _clues(evidence: Evidence, facts: Facts, dead: Dead, owners: list[tuple[Unit, bool]]) -> Iterator[Clue]:
    yield failing.probe_clue(evidence, dead)
    yield Clue("path", keys.path_key(dead.peer.path), None, f"{neutral(dead.peer.path)} is a socket", evidence.paths[keys.path_key(dead.peer.path)].at)
    for unit, named in owners:
        key = keys.SYSTEMD_SHOW if unit.manager == "systemd" else keys.supervisor_key(unit.path)
        tie = "names it as its own" if named else "bears the name of this backend"
        said = f"{neutral(unit.name)}, which {tie}, is {words.state(unit)}{words.unit_since(evidence, unit)}"
        yield Clue("unit", key, None, said, unit.since or None)
    yield from failing.log_clues(evidence, facts, dead.outages)
    yield failing.config_clue(dead)
    if dead.state.connect != "refused":
        yield doubts.against("probe", keys.connect_key(dead.state.peer), "no connect was refused: only the kernel's table says that nobody listens")


def _fix(evidence: Evidence, facts: Facts, dead: Dead, unit: Unit) -> Fix:
    """Start the service, restart it where it runs; where that cannot be done, advice only."""
    name, runs = neutral(unit.name), unit.state in services.RUNS
    argv = unit.restart if runs else unit.start
    verb = "restart" if runs else "start"
    command = Command(
        argv=argv,
        changes=f"{verb}s {name}, which makes its socket anew",
        needs=f"{name} is {unit.state} now, and nobody listens on {dead.shown}",
        interrupts=f"what {name} does now" if runs else "nothing",
        undo=argv if runs else unit.stop or None,
        ready=asking.connect_look(facts, dead.state.peer, f"does {name} listen"),
    )
    possible = bool(argv) and not unit.masked
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"{verb} {name}" if possible else f"ask why {name} is {_word(unit)}",
            why=f"nobody listens on {dead.shown}, and {name} makes it",
            risk=_risk(unit),
            kind="command" if possible else "advice",
            edits=(),
            commands=(command,) if possible else (),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


def _risk(unit: Unit) -> str:
    if unit.masked:
        return "somebody masked it so that nothing starts it: unmask it only when that reason is gone"
    if unit.state in services.RUNS:
        return "what it works on now is lost"
    if unit.state in services.FAILED:
        return "it ended with an error and may do so again: read its own last words first"
    return "it may have been stopped on purpose: ask before"


def _advice(dead: Dead) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"start what listens on {neutral(dead.peer.path)}",
            why=f"nobody listens on {dead.shown}, and no service here is known to",
            risk="do not remove the file: its owner replaces it when it starts",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
