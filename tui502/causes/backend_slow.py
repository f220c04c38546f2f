"""The backend works, slower than nginx waits.

**What happens.** nginx waits a minute, or what `*_read_timeout` says, for the next bytes of an answer; then it gives up with 504, while the backend goes on
working for nobody. A report, an export, an import: one page takes longer than the others.

**How it shows.** `upstream timed out (110: Connection timed out) while reading response header from upstream`, after exactly the time set.

**What tells it from its neighbours.** A backend of which no page answers is hung or overloaded (`backend_hung`, `backend_overloaded`): waiting longer makes
that worse. Proof is the same request sent directly and answered after the time nginx waits, while another page of the backend answers at once and no
connection waits in its queue.

**What mends it.** A faster page, or one that works in the background. Else that one time-out in that one location. Locks and saturation come first: a longer
wait keeps a worker of the backend busy for longer.
"""

from __future__ import annotations

from tui502.causes import failing, mending, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence, Exchange
from tui502.model.facts import Facts
from tui502.model.findings import Clue, Edit, Finding, Fix, RuledOut
from tui502.read import addresses, asking
from tui502.read.defaults import PREFIXES, Setting, setting
from tui502.read.exchanges import protocol
from tui502.read.hosted import status_of
from tui502.read.values import seconds
from tui502.text import neutral

ID = "backend_slow"
SYMPTOMS = (asking.TIMEOUT,)
FAST = 0.5
"""The part of nginx's patience within which another page must answer to count as fast."""

LADDER = (10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
"""Seconds that one writes for a time-out."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for found in struck.each_once(struck.struck_peers(evidence, facts, SYMPTOMS)):
        waits = setting(facts.config, found.route.where, found.route.family, "read_timeout", facts.nginx.version)
        direct, page = found.direct(), _other_page(facts, found)
        if not _took_longer(direct, seconds(waits.value)):
            continue
        if _queue(evidence, found):
            ruled_out.append(RuledOut(ID, f"connections wait in the queue of {found.shown}: it has too much to do, whatever the page", ()))
        elif page is not None and not _is_fast(page, seconds(waits.value)):
            ruled_out.append(RuledOut(ID, f"other pages of {found.shown} do not answer in time either", ()))
        elif direct:
            findings.append(_finding(evidence, facts, found, waits, direct, page))
    return Opinion(tuple(findings), tuple(ruled_out))


def _took_longer(direct: Exchange | None, waits: float) -> bool:
    """Did the answer come, good and later than nginx would have waited?"""
    if direct is None or direct.end != "answered" or direct.first_byte is None or not protocol.as_asked(direct):
        return False
    status = status_of(direct)
    return direct.first_byte > waits and (status is None or status < 500)


def _other_page(facts: Facts, found: Struck) -> Exchange | None:
    look = asking.other_page(facts, found.dead.state.peer, found.route)
    return found.answer(look.key) if look else None


def _is_fast(page: Exchange, waits: float) -> bool:
    return page.end == "answered" and page.first_byte is not None and page.first_byte < waits * FAST


def _queue(evidence: Evidence, found: Struck) -> int | None:
    """Connections that wait to be accepted; None where its socket is not seen."""
    listeners = evidence.listeners.value or ()
    return max((item.queue for item in listeners for alias in found.dead.aliases if addresses.answers(item, alias)), default=None)


def _finding(evidence: Evidence, facts: Facts, found: Struck, waits: Setting, direct: Exchange, page: Exchange | None) -> Finding:
    needs = direct.first_byte or 0.0
    name = f"{PREFIXES[found.route.family]}_read_timeout"
    where = waits.set_at.where if waits.set_at else None
    clues = [
        Clue("probe", found.own.key if found.own else "", None, f"{struck.request_words(found)} asked directly answers after {needs:.1f} s", None),
        Clue("config", where.file if where else facts.nginx.conf, where, f"{name} is {waits.value}" + ("" if where else ", nginx's default"), None),
    ]
    if page and page.first_byte is not None and (look := asking.other_page(facts, found.dead.state.peer, found.route)):
        clues.insert(1, Clue("probe", look.key, None, f"GET {look.args[4]} answers after {page.first_byte:.1f} s", None))
    return Finding(
        id=failing.finding_id(ID, found.dead.state.peer, found.dead.worst.target.server, found.route.location),
        cause=ID,
        certainty="proven" if page and _queue(evidence, found) is not None else "likely",
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, _fact(needs, seconds(waits.value)), "times out"),
        clues=(*clues, *failing.log_clues(evidence, facts, found.dead.outages), struck.pass_clue(found.route)),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(_fix(facts, found, needs, waits),),
        decider=None if page else asking.other_page(facts, found.dead.state.peer, found.route),
    )


def _fact(needs: float, waits: float) -> str:
    return f"the backend needs {_short(needs)} s, nginx waits {_short(waits)} s"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"


def _fix(facts: Facts, found: Struck, needs: float, waits: Setting) -> Fix:
    name = f"{PREFIXES[found.route.family]}_read_timeout"
    value = next((f"{step}s" for step in LADDER if step >= 2 * needs and step > seconds(waits.value)), "")
    repair = Repair(
        cause=ID,
        title=f"{name} {value} in location {neutral(found.route.location)}" if value else f"make {struck.request_words(found)} faster",
        why=f"{struck.request_words(found)} needs {_short(needs)} s, and nginx waits {waits.value}",
        risk="a slow request holds a worker of the backend for longer: look for locks and a full pool first; a faster page is better",
        peer=found.dead.state.peer,
        advice=f"raise {name} where that page is passed on",
    )
    return mending.fix(facts, repair, _edits(facts, found, {name: value} if value else {}))


def _edits(facts: Facts, found: Struck, lines: dict[str, str]) -> tuple[Edit, ...]:
    try:
        return mending.settings(facts, found.route, lines)
    except EditRefused:
        return ()


CAUSE = Cause(ID, judge, __doc__ or "")
