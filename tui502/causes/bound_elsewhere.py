"""The backend listens on the right port of another local address than nginx dials.

**What happens.** The application binds one address only (loopback, or that of one interface), nginx connects to another address of this host on the same port,
and the kernel refuses: nobody listens on that pair.

**How it shows.** `connect() failed (111: Connection refused) while connecting to upstream`, while the listener table shows the very port.

**What tells it from its neighbours.** Another port is `wrong_port`; the same port over IPv4 here and IPv6 there is `address_family`. A foreign process that
happens to hold the same port elsewhere proves nothing: the listener must be tied to this backend by its service, its directory or its own words. A service
that names the dialled address and does not listen there is down.

**What mends it.** The address where the target is written, then a reload; or the bind of the application. Risk: who changed the bind may change it again.
"""

from __future__ import annotations

from tui502.causes import elsewhere
from tui502.causes.cause import Cause, Opinion
from tui502.causes.moved import Kind, Moved, is_by_name, is_meant, is_told_otherwise, stands_alone
from tui502.causes.repoint import alternatives
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Finding, Fix
from tui502.read import addresses
from tui502.read.hosted import BROKEN
from tui502.text import neutral

ID = "bound_elsewhere"
RISK = "who changed the address that the application binds may change it again"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    return opinion(ID, "address", evidence, facts, RISK)


def opinion(cause: str, kind: Kind, evidence: Evidence, facts: Facts, risk: str) -> Opinion:
    """What is found where a tied listener has the dialled port and differs in that way."""

    def finding(moved: Moved) -> Finding:
        offers = alternatives(elsewhere.repairs(cause, evidence, facts, moved, risk))
        fixes = [*offers, _bind(cause, facts, moved)]
        return elsewhere.finding(cause, evidence, facts, moved, _certainty(evidence, facts, moved), fixes, _fact(moved))

    return elsewhere.judge(cause, kind, evidence, facts, finding)


def _fact(moved: Moved) -> str:
    """What is wrong, where a name means the dead address and the other: nginx then dials both."""
    written = neutral(addresses.written(moved.dead.peer))
    if not is_by_name(moved):
        return ""
    return f"{written} is {moved.dead.shown} too, and {moved.best.unit or moved.best.process or 'the backend'} serves only {moved.best.address}"


def _certainty(evidence: Evidence, facts: Facts, moved: Moved) -> Certainty:
    """Proven: refused where nginx dials, and the failing request answered well on that port of the other address, both seen now, by what the configuration
    means too, or by a service of just that name or that says this address itself; nothing else may be the backend."""
    if len(moved.found) > 1 or is_told_otherwise(facts, moved) or (moved.status or 0) >= BROKEN:
        return "possible"
    exact = is_meant(facts, moved)
    sure = exact and moved.well and not moved.doubt and moved.dead.state.connect == "refused" and moved.dead.worst.request is not None
    if sure and stands_alone(evidence, facts, moved):
        return "proven"
    return "likely" if moved.well or (exact and moved.status is None) else "possible"


def _bind(cause: str, facts: Facts, moved: Moved) -> Fix:
    """The other way round: the application listens where nginx dials."""
    dead, best = moved.dead, moved.best
    who, told = best.unit or best.process or "the application", is_told_otherwise(facts, moved)
    return with_id(
        Fix(
            id="",
            cause=cause,
            title=f"have {who} listen on {dead.shown}" + (", as it is told" if told else ""),
            why=f"{who} listens on {best.address} only",
            risk="that is a change of the application and needs its restart",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=dead.state.peer,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
