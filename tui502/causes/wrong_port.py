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

from tui502.causes import doubts, elsewhere, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.moved import Moved, is_exact, is_told_otherwise, stands_alone
from tui502.causes.repoint import alternatives
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Finding, Fix
from tui502.read import ties
from tui502.read import units as services
from tui502.read.hosted import BROKEN
from tui502.read.peers import YOUNG
from tui502.text import neutral

ID = "wrong_port"
RISK = "the next release may move the port again"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    return elsewhere.judge(ID, "port", evidence, facts, lambda moved: _finding(evidence, facts, moved))


def _finding(evidence: Evidence, facts: Facts, moved: Moved) -> Finding:
    told = [_as_told(moved)] if is_told_otherwise(facts, moved) else []
    fixes = alternatives([*elsewhere.repairs(ID, evidence, facts, moved, RISK), *told])
    return elsewhere.finding(ID, evidence, facts, moved, _certainty(evidence, facts, moved), fixes, more=tuple(_against(evidence, facts, moved)))


def _certainty(evidence: Evidence, facts: Facts, moved: Moved) -> Certainty:
    """Proven: refused at the old port, and the failing request answered well at the new one by a service of just that name, both seen now, and nothing else
    that could be the backend. With something unseen it is likely; a sibling, a bad answer, or two equal ones are possible."""
    dead, best = moved.dead, moved.best
    if len(moved.found) > 1 or is_told_otherwise(facts, moved) or _namesakes(facts, moved) or (moved.status or 0) >= BROKEN:
        return "possible"
    exact, refused = is_exact(facts, moved), dead.state.connect == "refused"
    alone = stands_alone(evidence, facts, moved) and failing.is_beside(dead, best)
    if exact and moved.well and not moved.doubt and refused and dead.worst.request and alone and _is_settled(evidence, facts, moved):
        return "proven"
    return "likely" if (moved.well or (exact and moved.status is None)) and (refused or dead.state.listening is False) else "possible"


def _namesakes(facts: Facts, moved: Moved) -> bool:
    """Is there a service of the backend's whole name that does not run, beside the one that this listener belongs to?"""
    expected = (failing.unit_of(facts, neutral(name)) for name in moved.dead.state.expected_units)
    down = (unit for unit in expected if unit and unit.state not in (*services.RUNS, *services.STOPPED) and neutral(unit.name) != moved.best.unit)
    return any(ties.bears_exactly(unit, moved.dead.passes) for unit in down)


def _is_settled(evidence: Evidence, facts: Facts, moved: Moved) -> bool:
    """Has it come up for good? Long ago, or where its own words say that it listens."""
    unit, age = failing.unit_of(facts, moved.best.unit), failing.age(evidence, moved.best.pid)
    return bool(unit and ties.names_surely(unit, moved.best.address)) or (age is not None and age >= YOUNG)


def _against(evidence: Evidence, facts: Facts, moved: Moved) -> Iterator[Clue]:
    """What keeps it from being proven, besides what all have in common that listen elsewhere."""
    if not _is_settled(evidence, facts, moved):
        age = failing.age(evidence, moved.best.pid)
        told = f"was started {age:.0f} s ago" if age is not None else "may have been started just now"
        yield doubts.against("process", str(moved.best.pid), f"{words.who(moved.best.process, moved.best.unit)} {told}: it may not have come up for good")
    if _namesakes(facts, moved):
        yield doubts.against("unit", "", "another service of the backend's whole name does not run")


def _as_told(moved: Moved) -> Fix:
    """The other way round, where the service itself is told to listen at the dialled address."""
    dead, best = moved.dead, moved.best
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"have {best.unit} listen on {dead.shown}, as it is told",
            why=f"{best.unit} names {dead.shown} as its own address and listens on {best.address}",
            risk="why it does not is not known: it may not have been restarted since it was told, or not heed it",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
