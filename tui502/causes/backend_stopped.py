"""Nothing runs that should serve this target: its service is stopped.

**What happens.** nginx connects to an address, or to a socket path, behind which nobody listens, because the service that would is not running and nothing
starts it: somebody stopped it, or it was never enabled at boot.

**How it shows.** `connect() failed (111: Connection refused)`, or `(2: No such file or directory)` for a socket. The service is inactive without a failure.

**What tells it from its neighbours.** A service that ended with an error or cannot stay up is `backend_failed`; one that is coming up is `backend_starting`. A
service that runs and listens elsewhere is `wrong_port`. Where the file of its socket was left behind it is `stale_socket`. Proof is a stopped service whose
own start command, environment or socket unit names this address.

**What mends it.** Start that service. It may have been stopped on purpose: ask before. Starting is not enabling; whether it comes up at boot is said
beside the fix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui502.causes import doubts, failing, kept, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.failing import Dead
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Unit
from tui502.model.findings import Answer, Certainty, Clue, Command, Finding, Fix, RuledOut
from tui502.read import asking, keys, lookup, ties
from tui502.read import units as services
from tui502.text import neutral

ID = "backend_stopped"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    peers = failing.dead_peers(evidence, facts)
    found = [kept.once(ID, evidence, facts, dead, lambda dead: _of(evidence, facts, dead)) for dead in peers]
    return Opinion(tuple(each for each in found if isinstance(each, Finding)), tuple(each for each in found if isinstance(each, RuledOut)))


def _of(evidence: Evidence, facts: Facts, dead: Dead) -> Finding | RuledOut | None:
    if failing.is_leftover(evidence, dead):
        return None
    stopped = _stopped_units(dead, facts)
    sure = [unit for unit, named in stopped if named]
    running = _running(dead, facts)
    found = sure or ([] if running else [unit for unit, _ in stopped])
    if at_work := next((unit for unit in failing.naming(dead, facts) if unit.state in (*services.RUNS, *services.STARTS)), None):
        why = f"{neutral(at_work.name)}, which is {words.state(at_work)}, names {dead.shown}{words.unit_since(evidence, at_work)}"
        return RuledOut(ID, why, ())
    if found:
        return _stopped(evidence, facts, dead, found, named=bool(sure))
    if failed := failing.stopped_units(dead, facts, services.FAILED):
        return _failed(evidence, facts, dead, failed[0][0])
    return RuledOut(ID, f"{neutral(running.name)} runs{words.unit_since(evidence, running)}", ()) if running else None


def _stopped_units(dead: Dead, facts: Facts) -> list[tuple[Unit, bool]]:
    """The stopped services that may serve this address, with whether they name it; one that merely bears the name and is told to listen elsewhere does not."""
    return [(unit, named) for unit, named in failing.stopped_units(dead, facts, services.STOPPED) if named or not unit.serves]


def _running(dead: Dead, facts: Facts) -> Unit | None:
    """A running service that is tied to this backend."""
    names = (*map(neutral, dead.state.expected_units), *(each.unit for each in dead.state.candidates if each.ties))
    found = [unit for name in names if (unit := failing.unit_of(facts, name)) and unit.state in services.RUNS]
    return min(found, key=lambda unit: ties.services(facts.units).order[unit.name], default=None)


def _stopped(evidence: Evidence, facts: Facts, dead: Dead, found: list[Unit], *, named: bool) -> Finding:
    unit = found[0]
    fact = f"nothing listens on {dead.shown}; {neutral(unit.name)} is {_word(unit)}{words.unit_since(evidence, unit)}"
    return Finding(
        id=failing.finding_id(ID, dead.state.peer),
        cause=ID,
        certainty=_certainty(evidence, facts, dead, found, named),
        target=dead.worst.target,
        summary=words.sentence(dead.worst, fact, partly=failing.partly(dead, facts), whole=failing.whole(dead)),
        clues=(*_clues(evidence, facts, dead, unit, named), *_against(evidence, facts, dead, found, named)),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=_fixes(evidence, facts, dead, found),
        decider=None if dead.state.connect else asking.connect_look(facts, dead.state.peer, f"does anybody answer on {dead.shown}"),
        answers=() if dead.state.connect else (Answer("refused", _certainty(evidence, facts, dead, found, named)), Answer("accepts", "ruled out")),
    )


def _word(unit: Unit) -> str:
    return "masked and stopped" if unit.masked else "stopped"


def _certainty(evidence: Evidence, facts: Facts, dead: Dead, found: list[Unit], named: bool) -> Certainty:
    """Proven: nobody listens, seen now, and one stopped service names the address. By its name alone, or while another service of just that name runs
    somewhere else, it is likely; several equal ones, or a failed one beside it, are possible."""
    if len(found) > 1 or any(unit.state in services.FAILED for unit in failing.naming(dead, facts)):
        return "possible"
    if not named:
        return "likely" if ties.bears_exactly(found[0], dead.passes) else "possible"
    sure = any(ties.names_surely(found[0], alias) for alias in dead.aliases) or ties.bears_exactly(found[0], dead.passes)
    alone = failing.services_seen(evidence) and evidence.processes.value is not None and not _moved(dead, facts, found[0])
    return "proven" if sure and alone and dead.state.listening is False else "likely"


def _against(evidence: Evidence, facts: Facts, dead: Dead, found: list[Unit], named: bool) -> Iterator[Clue]:
    """What keeps it from being proven."""
    unit, key = found[0], _key(found[0])
    if len(found) > 1:
        yield doubts.against("unit", key, f"{', '.join(neutral(each.name) for each in found[1:3])} is stopped too, and may be what served {dead.shown}")
    for each in failing.naming(dead, facts):
        if each.state in services.FAILED:
            yield doubts.against("unit", _key(each), f"{neutral(each.name)} names {dead.shown} too, and has failed")
    if not named:
        yield doubts.against("unit", key, f"{neutral(unit.name)} does not say that it serves {dead.shown}: only its name fits")
    if _moved(dead, facts, unit):
        yield doubts.against("unit", key, "a service of that name runs and serves no other peer: it may be the backend, at another address")
    yield from doubts.services(evidence)
    if evidence.processes.value is None:
        yield doubts.against("process", "", "who runs was not seen")


def _moved(dead: Dead, facts: Facts, stopped: Unit) -> bool:
    """Does a service of just that name run and serve no other peer? It may be the backend, at another place. Beside a stopped one of such a name only one
    that listens on the dialled address counts: another is another installation."""
    beside = {each.unit for each in dead.state.candidates if failing.is_beside(dead, each)}
    same = failing.bears(dead, stopped)
    placed = lookup.placed(facts)
    expected = (failing.unit_of(facts, neutral(name)) for name in dead.state.expected_units)
    running = (unit for unit in expected if unit and unit.state in services.RUNS and unit.name not in placed and ties.bears_exactly(unit, dead.passes))
    return any(not same or neutral(unit.name) in beside for unit in running)


def _clues(evidence: Evidence, facts: Facts, dead: Dead, unit: Unit, named: bool) -> Iterator[Clue]:
    key, name = _key(unit), neutral(unit.name)
    yield failing.probe_clue(evidence, dead)
    yield Clue("unit", key, None, f"{name} is {words.state(unit)}{words.unit_since(evidence, unit)}", unit.since or None)
    if named:
        yield Clue("unit", key, None, f"{name} names {dead.shown} as its own address", None)
    else:
        yield Clue("unit", key, None, f"{name} bears the name of this backend", None)
    if unit.manager == "systemd" and unit.result == "success":
        yield Clue("unit", key, None, f"{name} ended without an error: it was stopped, it did not crash", None)
    yield from failing.log_clues(evidence, facts, dead.outages)
    yield failing.config_clue(dead)


def _key(unit: Unit) -> str:
    return keys.SYSTEMD_SHOW if unit.manager == "systemd" else keys.supervisor_key(unit.path)


def _fixes(evidence: Evidence, facts: Facts, dead: Dead, found: list[Unit]) -> tuple[Fix, ...]:
    fixes = [_fix(evidence, facts, dead, unit) for unit in found]
    ids = [fix.id for fix in fixes]
    return tuple(_with_alternatives(fix, tuple(each for each in ids if each != fix.id)) for fix in fixes)


def _with_alternatives(fix: Fix, others: tuple[str, ...]) -> Fix:
    return replace(fix, alternative_to=others) if others else fix


def _fix(evidence: Evidence, facts: Facts, dead: Dead, unit: Unit) -> Fix:
    """Start the service; where it is masked, or how to start it is not known, advice only."""
    name = neutral(unit.name)
    command = Command(
        argv=unit.start,
        changes=f"starts {name}",
        needs=f"{name} is {unit.state} now, and nobody listens on {dead.shown}",
        interrupts="nothing",
        undo=unit.stop or None,
        ready=asking.connect_look(facts, dead.state.peer, f"does {name} listen"),
    )
    startable = bool(unit.start) and not unit.masked
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"start {name}" if startable else f"ask why {name} is {_word(unit)}",
            why=f"nothing listens on {dead.shown}; {name}, which serves it, is {_word(unit)}{words.unit_since(evidence, unit)}",
            risk=_risk(unit),
            kind="command" if startable else "advice",
            edits=(),
            commands=(command,) if startable else (),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


def _risk(unit: Unit) -> str:
    if unit.masked:
        return "somebody masked it so that nothing starts it: unmask it only when that reason is gone"
    parts = ["it may have been stopped on purpose: ask before"]
    if unit.enabled == "disabled":
        parts.append("it is not enabled, so it stays stopped after the next boot")
    return "; ".join(parts)


def _failed(evidence: Evidence, facts: Facts, dead: Dead, unit: Unit) -> Finding:
    """A service that ended by itself is no stopped one: that it is down is all that can be said before its own words are read."""
    name, result = neutral(unit.name), neutral(unit.result)
    fact = f"nothing listens on {dead.shown}; {name} has failed" + (f" ({result})" if result else "") + words.unit_since(evidence, unit)
    return Finding(
        id=failing.finding_id(ID, dead.state.peer, unit.name, "failed"),
        cause=ID,
        certainty="possible",
        target=dead.worst.target,
        summary=words.sentence(dead.worst, fact, partly=failing.partly(dead, facts), whole=failing.whole(dead)),
        clues=(
            failing.probe_clue(evidence, dead),
            Clue("unit", _key(unit), None, f"{name} is {words.state(unit)}, {result}" if result else f"{name} is {words.state(unit)}", unit.since or None),
            *failing.log_clues(evidence, facts, dead.outages),
            failing.config_clue(dead),
            doubts.against("unit", _key(unit), f"why {name} ended is not known: its own last words were not read"),
        ),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=(),
        decider=services.own_words(unit),
    )


CAUSE = Cause(ID, judge, __doc__ or "")
