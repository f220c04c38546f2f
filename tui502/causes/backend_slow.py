"""The backend works, slower than nginx waits.

**What happens.** nginx waits a minute, or what `*_read_timeout` says, for the next bytes of an answer; then it gives up with 504, while the backend goes on
working for nobody. A report, an export, an import: one page takes longer than the others.

**How it shows.** `upstream timed out (110: Connection timed out) while reading response header from upstream`, after exactly the time set.

**What tells it from its neighbours.** A backend of which no page answers is hung or overloaded (`backend_hung`, `backend_overloaded`): waiting longer makes
that worse. Proof is the same request sent directly and answered after the time nginx waits, while another page of the backend answers at once and no
connection waits in its queue. Where the slow page keeps all workers busy every other one waits behind it and times out too; then the only thing that tells
them apart is how it began, with that page alone: likely, never proven.

**What mends it.** A faster page, or one that works in the background. Else that one time-out in that one location. Locks and saturation come first: a longer
wait keeps a worker of the backend busy for longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, struck, waiting, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.waiting import Waiting
from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts, Onset
from tui502.model.findings import Answer, Certainty, Clue, Finding, Fix, RuledOut
from tui502.read import asking, lookup, onset
from tui502.read.symptoms import TIMEOUT
from tui502.text import neutral

ID = "backend_slow"
SYMPTOMS = (TIMEOUT,)


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for found in struck.each_once(struck.struck_peers(evidence, facts, SYMPTOMS)):
        one = waiting.waiting(evidence, facts, found)
        if one.direct and not one.took_longer() and not one.gave_nothing():
            continue
        if one.took_longer() and not one.queue and (one.page is None or one.others_fast() or one.others_faster()):
            findings.append(_measured(evidence, facts, one))
        elif one.gave_nothing() and not one.queue and one.others_fast():
            findings.append(_without_answer(evidence, facts, one))
        elif one.onset and (certainty := _stands_out(one, one.onset)):
            findings.append(_busy(evidence, facts, one, one.onset, certainty))
        elif one.took_longer():
            ruled_out.append(RuledOut(ID, _why_not(one), ()))
    return Opinion(tuple(findings), tuple(ruled_out))


def _why_not(one: Waiting) -> str:
    if one.queue:
        return f"connections wait in the queue of {one.found.shown}: it has too much to do, whatever the page"
    return f"other pages of {one.found.shown} do not answer in time either"


def _stands_out(one: Waiting, began: Onset) -> Certainty | None:
    """How sure it is that this page keeps the others from being answered. None where no other page is known, or the backend was not seen to accept: then
    nothing tells one page from all."""
    accepts = any(seen.value.connected is not None for _, seen in one.found.asked if seen.value)
    if not accepts or not (began.others or (one.page and one.page.end == "answered")):
        return None
    seen_now = bool(one.queue or one.direct or one.others_fast())
    return "likely" if seen_now and (began.answered or 0) >= onset.LEAST else "possible"


def _finding(evidence: Evidence, facts: Facts, one: Waiting, certainty: Certainty, summary: str, clues: tuple[Clue, ...], fix: Fix) -> Finding:
    found = one.found
    return Finding(
        id=failing.finding_id(ID, found.dead.state.peer, found.dead.worst.target.server, found.route.location),
        cause=ID,
        certainty=certainty,
        target=found.dead.worst.target,
        summary=summary,
        clues=(*clues, *failing.log_clues(evidence, facts, found.dead.outages), struck.pass_clue(found.route), *_against(one)),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(fix,),
        decider=_decider(facts, one),
        answers=()
        if one.page or one.direct is None
        else (Answer("in time", "likely" if one.queue is None or one.found.doubt else "proven"), Answer("as late", "ruled out")),
    )


def _decider(facts: Facts, one: Waiting) -> Look | None:
    if one.direct is None:
        return one.found.own
    return None if one.page else asking.other_page(facts, one.found.dead.state.peer, one.found.route)


def _measured(evidence: Evidence, facts: Facts, one: Waiting) -> Finding:
    needs = one.direct.first_byte or 0.0 if one.direct else 0.0
    fact = f"the backend needs {_short(needs)} s, nginx waits {_short(one.seconds)} s"
    fix = waiting.longer(
        facts, one, ID, f"{one.asked} needs {_short(needs)} s, and nginx waits {one.grants.value}",
        "a slow request holds a worker of the backend for longer: look for locks and a full pool first; a faster page is better", needs,
    )  # fmt: skip
    summary = struck.summary(evidence, facts, one.found, fact, "times out")
    certainty: Certainty = "proven" if one.others_fast() and one.queue is not None and not one.found.doubt else "likely"
    return _finding(evidence, facts, one, certainty, summary, (*_direct(one), *_other(facts, one), _granted(facts, one)), fix)


def _without_answer(evidence: Evidence, facts: Facts, one: Waiting) -> Finding:
    waited = _short(one.gave_nothing())
    fact = f"the backend needs more than {waited} s, nginx waits {_short(one.seconds)} s"
    fix = waiting.longer(
        facts, one, ID, f"{one.asked} needs more than {waited} s, and nginx waits {one.grants.value}",
        "how long the page needs is not known: if it hangs, nothing is better and the old time comes back; a faster page is better", None,
    )  # fmt: skip
    clues = (*_direct(one), *_other(facts, one), _granted(facts, one))
    return _finding(evidence, facts, one, "likely", struck.summary(evidence, facts, one.found, fact, "times out"), clues, fix)


def _busy(evidence: Evidence, facts: Facts, one: Waiting, began: Onset, certainty: Certainty) -> Finding:
    site, page = one.found.dead.worst.target.server or "nginx", neutral(began.uri)
    fact = f"it is slow and keeps the backend busy; nginx waits {_short(one.seconds)} s"
    fix = waiting.longer(
        facts, one, ID, f"{one.asked} takes longer than the {one.grants.value} that nginx waits, and other pages wait behind it",
        "while every worker is busy a longer wait alone makes the queue longer: look for locks first; more workers or a faster page are better", None,
    )  # fmt: skip
    clues = (*_began(evidence, facts, one, began), *_queued(evidence, one), *_direct(one), *_other(facts, one), _granted(facts, one))
    return _finding(evidence, facts, one, certainty, words.fitted(f"{site} times out on {page}: {fact}", f"{site} times out: {fact}"), clues, fix)


def _began(evidence: Evidence, facts: Facts, one: Waiting, began: Onset) -> Iterator[Clue]:
    later = f"other pages only since {words.clock(evidence, began.others)}" if began.others else "no other page did"
    text = f"the first {began.times} time-outs were {began.method} {neutral(began.uri)}, {later}"
    yield Clue("error_log", lookup.log_of(evidence, facts.logs, one.found.dead.worst.key), None, text, began.began)
    if began.answered:
        path = next((target.path for target in facts.logs if target.kind == "access"), "")
        yield Clue("access_log", path, None, "other requests were answered meanwhile", None)


def _queued(evidence: Evidence, one: Waiting) -> Iterator[Clue]:
    if one.queue:
        wait = "connection waits" if one.queue == 1 else "connections wait"
        yield Clue("listener", one.found.dead.state.peer, None, f"{one.queue} {wait} until {one.found.shown} accepts them", evidence.listeners.at)


def _direct(one: Waiting) -> Iterator[Clue]:
    key, direct = one.found.own.key if one.found.own else "", one.direct
    if direct and direct.first_byte is not None:
        yield Clue("probe", key, None, f"{one.asked} asked directly answers after {direct.first_byte:.1f} s", None)
    elif one.gave_nothing():
        yield Clue("probe", key, None, f"{one.asked} asked directly gives nothing in {_short(one.gave_nothing())} s", None)


def _other(facts: Facts, one: Waiting) -> Iterator[Clue]:
    look = asking.other_page(facts, one.found.dead.state.peer, one.found.route)
    if look and one.page and one.page.first_byte is not None:
        yield Clue("probe", look.key, None, f"GET {look.args[4]} answers after {one.page.first_byte:.1f} s", None)


def _granted(facts: Facts, one: Waiting) -> Clue:
    where = one.grants.set_at.where if one.grants.set_at else None
    return Clue("config", where.file if where else facts.nginx.conf, where, f"{one.name} is {one.grants.value}" + ("" if where else ", nginx's default"), None)


def _against(one: Waiting) -> Iterator[Clue]:
    """What keeps it from being proven."""
    own, peer = one.found.own.key if one.found.own else "", one.found.dead.state.peer
    if one.direct is None:
        yield doubts.against("probe", own, f"{one.asked} was not answered directly yet")
    if one.page is None:
        yield doubts.against("probe", own, "no other page was asked: all of the backend may be slow")
    elif one.took_longer() and not one.others_fast():
        yield doubts.against("probe", own, "another page was not fast either, if much faster: all of the backend may be busy")
    if one.queue:
        yield doubts.against("listener", peer, "what waits in its queue delays every page, so how long this one needs cannot be measured")
    if one.queue is None:
        yield doubts.against("listener", peer, "whether connections wait in its queue was not seen")
    yield from doubts.other_uri(one.found.doubt if one.direct else "")


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"


CAUSE = Cause(ID, judge, __doc__ or "")
