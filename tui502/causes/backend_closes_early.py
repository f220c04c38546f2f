"""The backend accepts the connection and closes it without an answer.

**What happens.** The application takes the request and ends the connection before it has written a header: an exception outside of its error handling, a
worker that leaves, a limit of its own.

**How it shows.** `upstream prematurely closed connection while reading response header from upstream`, or `recv() failed (104: Connection reset by peer)`.

**What tells it from its neighbours.** The same two lines come from another protocol on that port (`protocol_mismatch`, `tls_expected`), from an idle
connection that the backend closed while nginx re-used it (`keepalive_race`: asked on a fresh connection it answers), from a worker that crashed or was
killed. Here the same request sent directly is closed too, other protocols get no answer, and processes of the backend are as old as before.

**What mends it.** The application; its own log at that second says why. Nothing in nginx.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.struck import Struck
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence, Exchange, Seen
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Finding, Fix
from tui502.read import asking
from tui502.read.exchanges import protocol
from tui502.text import neutral

ID = "backend_closes_early"
SYMPTOMS = ("premature_close", "connection_reset")
ENDS = ("closed", "reset")
AT_ONCE = 1.0
"""Seconds within which an application fails by itself; later it may be a time limit of its own."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for each in struck.struck_peers(evidence, facts, SYMPTOMS) if _closes(each.direct()) and not each.speaks()]
    return Opinion(tuple(_finding(evidence, facts, each) for each in struck.each_once(found) if _others_asked(evidence, facts, each)))


def _closes(direct: Exchange | None) -> bool:
    return direct is not None and direct.end in ENDS and not direct.received and direct.connected is not None


def _others_asked(evidence: Evidence, facts: Facts, found: Struck) -> bool:
    """Was all asked that could show another protocol?"""
    looks = asking.other_protocols(evidence, facts, found.dead.state.peer, found.route)
    return all((seen := evidence.exchanges.get(look.key)) is not None and seen.value is not None for look in looks)


def _finding(evidence: Evidence, facts: Facts, found: Struck) -> Finding:
    direct, page = found.direct(), _other_page(facts, found)
    key = found.own.key if found.own else ""
    seen = next((item for each, item in found.asked if each == key), None)
    clues = [struck.page_clue(found, key, seen)] if seen else []
    if page:
        clues.append(struck.page_clue(found, *page))
    young = _respawned(evidence, found, seen.at if seen else 0.0)
    if young is False:
        clues.append(Clue("process", str(found.dead.state.pid), None, f"no process of {neutral(found.dead.state.process)} is younger than that", None))
    clues += [struck.answer_clue(found, key, item) for key, item in found.asked if item.value and item.value.speak == "tls"][:1]
    return Finding(
        id=failing.finding_id(ID, found.dead.state.peer, found.dead.worst.target.server),
        cause=ID,
        certainty=_certainty(direct, page is not None, young, found.doubt),
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, f"{found.shown} accepts and closes without an answer" + ("; nothing crashed" if young is False else "")),
        clues=(
            *clues,
            *failing.log_clues(evidence, facts, found.dead.outages),
            struck.pass_clue(found.route),
            *_against(found, direct, page is not None, young),
        ),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(_advice(found),),
        decider=None,
    )


def _certainty(direct: Exchange | None, page: bool, young: bool | None, doubt: str) -> Certainty:
    """Proven: one page closed at once on a direct request, another answered, by processes that are all as old as before. Where every page is closed it may be
    an allow list or a protocol that was not tried; where it takes its time, a limit of its own. `doubt`: see `Struck`."""
    if not page or young or (direct and (direct.ended or 0.0) > AT_ONCE):
        return "possible"
    return "proven" if young is False and not doubt else "likely"


def _against(found: Struck, direct: Exchange | None, page: bool, young: bool | None) -> Iterator[Clue]:
    """What keeps it from being proven."""
    took, key = (direct.ended or 0.0) if direct else 0.0, found.own.key if found.own else ""
    if not page:
        yield doubts.against("probe", key, "no other page of it was seen to answer: a list of allowed clients, or a protocol not tried, shows the same")
    if took > AT_ONCE:
        yield doubts.against("probe", key, f"it closes after {took:.1f} s: a limit of its own does so, not the page itself")
    if young:
        yield doubts.against("process", str(found.dead.state.pid), "a process of it began after it was asked: it may have crashed")
    elif young is None:
        yield doubts.against("process", str(found.dead.state.pid), "whether one of its processes crashed was not seen")
    yield from doubts.other_uri(found.doubt)


def _other_page(facts: Facts, found: Struck) -> tuple[str, Seen[Exchange]] | None:
    look = asking.other_page(facts, found.dead.state.peer, found.route)
    answered = [(key, seen) for key, seen in found.asked if look and key == look.key and seen.value and protocol.as_asked(seen.value)]
    return answered[0] if answered else None


def _respawned(evidence: Evidence, found: Struck, since: float) -> bool | None:
    """Did a process of this backend begin after it was asked, as after a crash? None where that was not seen."""
    processes = evidence.processes.value
    if not processes or evidence.processes.at <= since or not found.dead.state.pid:
        return None
    family = {found.dead.state.pid}
    for process in sorted(processes, key=lambda each: each.started):
        if process.ppid in family:
            family.add(process.pid)
    return any(process.started >= since - AT_ONCE for process in processes if process.pid in family)


def _advice(found: Struck) -> Fix:
    state = found.dead.state
    owner = neutral(state.unit or state.process) or "the application"
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"read what {owner} logs when it is asked {struck.request_words(found)}",
            why=f"{found.shown} closes the connection on a direct request too: nginx has no part in it",
            risk="nothing in nginx mends it; a release that began with it can be rolled back",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=state.peer,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
