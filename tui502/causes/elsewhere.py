"""What the causes share whose backend listens elsewhere than nginx dials: what speaks against it, what shows it, and the repair that points nginx there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tui502.causes import doubts, failing, kept, repoint, words
from tui502.causes.cause import Opinion
from tui502.causes.failing import Dead
from tui502.causes.moved import Kind, Moved, is_exact, is_meant, is_told_otherwise, kind_of, look_at, moved_to
from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Candidate, Facts, Unit
from tui502.model.findings import Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import units as services
from tui502.read.memo import Memo
from tui502.read.peers import YOUNG
from tui502.text import neutral, shorten

_all_moved: Memo[tuple[tuple[Dead, Moved | Candidate | None], ...]] = Memo()


def judge(cause: str, kind: Kind, evidence: Evidence, facts: Facts, finding: Callable[[Moved], Finding]) -> Opinion:
    """A finding for each dead peer whose tied listener is elsewhere in that way; ruled out where something speaks against it, or what is there has no tie."""
    strangers: dict[Candidate, list[Dead]] = {}
    found: list[Finding | RuledOut] = []
    for dead, place in _all_moved((evidence, facts), lambda: tuple(_all_places(evidence, facts))):
        if isinstance(place, Candidate) and kind_of(dead, place) == kind:
            strangers.setdefault(place, []).append(dead)
        elif isinstance(place, Moved) and place.kind == kind:
            found.append(kept.once(cause, evidence, facts, dead, partial(_judged, cause, evidence, facts, finding, place)))
    ruled_out = [each for each in found if isinstance(each, RuledOut)]
    ruled_out += [_untied(cause, evidence, stranger, beside) for stranger, beside in strangers.items()]
    return Opinion(tuple(each for each in found if isinstance(each, Finding)), tuple(ruled_out))


def _all_places(evidence: Evidence, facts: Facts) -> Iterator[tuple[Dead, Moved | Candidate | None]]:
    """Every dead peer with where its backend seems to be, else with what listens next to it."""
    for dead in failing.dead_peers(evidence, facts):
        yield dead, kept.once("elsewhere", evidence, facts, dead, lambda dead: _place(evidence, facts, dead))


def _place(evidence: Evidence, facts: Facts, dead: Dead) -> Moved | Candidate | None:
    return moved_to(evidence, facts, dead) or next((each for each in dead.state.candidates if not dead.peer.path), None)


def _judged(cause: str, evidence: Evidence, facts: Facts, finding: Callable[[Moved], Finding], moved: Moved, _: Dead) -> Finding | RuledOut:
    why = _against(evidence, facts, moved)
    return RuledOut(cause, why, ()) if why else finding(moved)


def _against(evidence: Evidence, facts: Facts, moved: Moved) -> str:
    """What says that nginx dials the right place: a service that should listen there and does not, or one that has only just begun. '' where nothing does."""
    dead, best, own = moved.dead, moved.best, {each.unit for each in moved.found}
    for unit in failing.naming(dead, facts):
        if neutral(unit.name) not in own and not (unit.state in services.STOPPED and _is_rival(facts, moved, unit)):
            return f"{neutral(unit.name)}, which is {words.state(unit)}, names {dead.shown}: the {'port' if moved.kind == 'port' else 'address'} is right"
    age = failing.age(evidence, best.pid)
    told = moved.kind == "port" and is_told_otherwise(facts, moved)
    if age is not None and age < YOUNG and (told or not (moved.status is None or moved.well)):
        return f"{words.who(best.process, best.unit)} was started {age:.0f} s ago: it may still come up on {dead.shown}"
    return ""


def _is_rival(facts: Facts, moved: Moved, stopped: Unit) -> bool:
    """Is it as good an explanation as a stopped service that names the address? It bears the whole name, and was not seen to answer badly. One that listens on
    another address than the dialled, beside a stopped one of such a name, is another installation."""
    fits = is_exact(facts, moved) and (moved.status is None or moved.well)
    return fits and (failing.is_beside(moved.dead, moved.best) or not failing.bears(moved.dead, stopped))


def finding(
    cause: str, evidence: Evidence, facts: Facts, moved: Moved, certainty: Certainty, fixes: list[Fix], fact: str = "", more: tuple[Clue, ...] = ()
) -> Finding:
    """The finding in the words that these causes share; `fact` is what is wrong where that is better said otherwise, `more` further clues."""
    dead, found = moved.dead, moved.found
    listens = f"{words.who(found[0].process, found[0].unit)} listens on {found[0].address}"
    if len(found) > 1:
        listens += f", {words.who(found[1].process, found[1].unit)} on {found[1].address}"
    fact = fact or f"nginx dials {dead.shown}, but {listens}"
    return Finding(
        id=failing.finding_id(cause, dead.state.peer, dead.worst.target.server),
        cause=cause,
        certainty=certainty,
        target=dead.worst.target,
        summary=words.sentence(dead.worst, fact, partly=failing.partly(dead, facts), whole=failing.whole(dead)),
        clues=(*_clues(evidence, facts, moved), *_doubts(evidence, facts, moved), *more),
        outages=tuple(outage.key for outage in dead.outages),
        explains=(),
        fixes=tuple(fixes),
        decider=next((look_at(facts, dead, each) for each, status in zip(found, moved.statuses, strict=True) if status is None), None),
    )


def _clues(evidence: Evidence, facts: Facts, moved: Moved) -> Iterator[Clue]:
    yield failing.probe_clue(evidence, moved.dead)
    for each, status in zip(moved.found, moved.statuses, strict=True):
        yield Clue("listener", each.address, None, f"{words.who(each.process, each.unit)} listens on {each.address}", evidence.listeners.at)
        if status is not None and (asked := look_at(facts, moved.dead, each)):
            seen = evidence.exchanges.get(asked.key)
            yield Clue("probe", asked.key, None, f"{_shown(asked)} answers {status} there", seen.at if seen else None)
        yield Clue("unit" if each.unit else "process", each.unit or str(each.pid), None, "; ".join(each.ties), None)
    yield from failing.log_clues(evidence, facts, moved.dead.outages)
    yield failing.config_clue(moved.dead)


def _doubts(evidence: Evidence, facts: Facts, moved: Moved) -> Iterator[Clue]:
    """What keeps it from being proven."""
    dead, best = moved.dead, moved.best
    who = words.who(best.process, best.unit)
    if len(moved.found) > 1:
        yield doubts.against("listener", best.address, f"{len(moved.found)} listeners fit alike: which of them is meant is not known")
    if is_told_otherwise(facts, moved):
        yield doubts.against("unit", best.unit, f"{best.unit} itself is told to listen on {dead.shown}: why it does not is not known")
    if moved.status is None:
        yield doubts.against("listener", best.address, f"{best.address} was not asked the request that fails")
    elif not moved.well:
        asked = look_at(facts, dead, best)
        yield doubts.against("probe", asked.key if asked else "", f"{best.address} answers that request with {moved.status}")
    yield from doubts.other_uri(moved.doubt if moved.status is not None else "")
    if not is_meant(facts, moved):
        yield doubts.against("unit" if best.unit else "process", best.unit or str(best.pid), f"{who} does not bear the whole name of this backend")
    if dead.state.connect != "refused":
        yield doubts.against("probe", dead.state.peer, f"no connect to {dead.shown} was refused: only the kernel's table says that nobody listens")
    if dead.worst.request is None:
        yield doubts.against("replay", "", "no request that fails is known, so none was asked there")
    if moved.kind == "port" and not failing.is_beside(dead, best):
        yield doubts.against("listener", best.address, f"{best.address} is another address of this host, too")
    for unit in failing.naming(dead, facts):
        if unit.state in services.STOPPED:
            yield doubts.against("unit", unit.name, f"{neutral(unit.name)}, which is {words.state(unit)}, names {dead.shown} as its own address")
    for rival in moved.rivals:
        yield doubts.against("listener", rival.address, f"{words.who(rival.process, rival.unit)} on {rival.address} answers that request well too")
    yield from doubts.services(evidence)


def repairs(cause: str, evidence: Evidence, facts: Facts, moved: Moved, risk: str) -> list[Fix]:
    """The address of each of them, where the failing passes that it is tied to write the dead one."""
    fixes = []
    for each, status in zip(moved.found, moved.statuses, strict=True):
        places = repoint.places(moved.dead, repoint.tied(facts, evidence, moved.dead, each))
        fixes.append(repoint.fix(cause, facts, moved.dead, each, places, risk=risk, there=_there(facts, moved.dead, each, status)))
    return [fix for fix in fixes if fix]


def _shown(look: Look) -> str:
    return neutral(f"{look.args[2]} {look.args[4]}")


def _there(facts: Facts, dead: Dead, candidate: Candidate, status: int | None) -> str:
    look = look_at(facts, dead, candidate)
    asked = _shown(look) if look else "it"
    said = [f"{asked} {f'answers {status}' if status else 'was not asked'}", *([f'"{candidate.title}"'] if candidate.title else [])]
    return ", ".join((*said, *([f"Server: {candidate.server}"] if candidate.server else [])))


def _untied(cause: str, evidence: Evidence, stranger: Candidate, peers: list[Dead]) -> RuledOut:
    """What listens next to dead addresses and is nobody we know: said once, so that nobody takes it for the backend."""
    listens = f"{words.who(stranger.process, stranger.unit)} listens on {stranger.address}"
    whose = shorten(", ".join(dead.shown for dead in peers), 60)
    clue = Clue("listener", stranger.address, None, listens, evidence.listeners.at)
    return RuledOut(cause, f"{listens}, but nothing ties it to what nginx dials as {whose}", (clue,))
