"""Plain HTTP is sent to a port that wants TLS.

**What happens.** The backend speaks TLS on this port, since a release or from the beginning; the pass says `http://`. The backend takes the request for a
broken handshake and hangs up, or sends an alert that nginx cannot read as a header.

**How it shows.** `upstream prematurely closed connection`, `recv() failed (104: Connection reset by peer)`, `upstream sent no valid HTTP/1.0 header` or an
invalid one; from some servers a 400 of their own, which nginx passes on.

**What tells it from its neighbours.** The same lines come from a crash, from a closed idle connection and from a backend that speaks FastCGI. Proof is a TLS
handshake that the port answers, while plain HTTP gets no answer from it.

**What mends it.** `https://` in the pass. nginx does not verify the certificate unless `proxy_ssl_verify` says so. Where all servers of a group do not speak
TLS, the scheme cannot mend it: the group must be made of one kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, mending, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Clue, Edit, Finding, Fix
from tui502.read import asking, keys, questions
from tui502.read.exchanges import protocol
from tui502.read.hosted import status_of
from tui502.text import neutral

ID = "tls_expected"
SCHEMES = {"http": "https://", "grpc": "grpcs://"}


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for each in struck.struck_peers(evidence, facts, asking.POINTING) if each.route.family in SCHEMES and each.speaks() == protocol.TLS]
    return Opinion(tuple(_finding(evidence, facts, each) for each in struck.each_once(found)))


def _finding(evidence: Evidence, facts: Facts, found: Struck) -> Finding:
    spoken = protocol.SPEAKS[found.route.family]
    return Finding(
        id=failing.finding_id(ID, found.route.group or found.dead.state.peer, found.dead.worst.target.server),
        cause=ID,
        certainty="proven" if found.was_asked() and _handshake(found) else "likely",
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, f"nginx speaks {spoken} to {found.shown}, which speaks TLS"),
        clues=(
            *struck.answer_clues(found),
            *failing.log_clues(evidence, facts, found.dead.outages),
            struck.pass_clue(found.route),
            *_against(found),
        ),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(_fix(evidence, facts, found),),
        decider=None,
    )


def _against(found: Struck) -> Iterator[Clue]:
    """What keeps it from being proven."""
    key = found.own.key if found.own else ""
    if not found.was_asked():
        yield doubts.against("probe", key, "it was not asked just as nginx asks")
    if not _handshake(found):
        yield doubts.against("probe", key, "no handshake of TLS was finished with it")


def _handshake(found: Struck) -> bool:
    """Did it answer a TLS hello in TLS? A page that only says so is less."""
    return any(seen.value and seen.value.speak in ("tls", "https") and protocol.found(seen.value) == protocol.TLS for _, seen in found.asked)


def _fix(evidence: Evidence, facts: Facts, found: Struck) -> Fix:
    scheme = SCHEMES[found.route.family]
    name = asking.name_that_works(evidence, facts, found.dead.state.peer, found.route)
    others = struck.other_kinds(evidence, found, protocol.TLS)
    advice = f"make all servers of {neutral(found.route.group)} speak one protocol: {neutral(others[0])} speaks no TLS" if others else ""
    repair = Repair(
        cause=ID,
        title=f"{scheme} in the pass to {neutral(found.route.group) or found.shown}",
        why=f"{found.shown} speaks TLS, and the pass says {neutral(found.route.target)}",
        risk="nginx takes any certificate unless proxy_ssl_verify is on; every connection costs a handshake",
        peer=found.dead.state.peer,
        there=_there(evidence, facts, found, name or ""),
        advice=advice or f"write {scheme} where {neutral(found.route.target)} is written",
    )
    return mending.fix(facts, repair, () if others or name is None else _edits(facts, found, scheme, name))


def _edits(facts: Facts, found: Struck, scheme: str, name: str) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    try:
        for route in found.passes:
            edits.append(mending.retarget(facts, route, scheme))
            if name:
                edits += mending.settings(facts, route, mending.asking_for(facts, route, name))
    except EditRefused:
        return ()
    return tuple(edits)


def _there(evidence: Evidence, facts: Facts, found: Struck, name: str) -> str:
    method, host, uri = questions.question(facts, found.route, found.dead.worst)
    seen = evidence.exchanges.get(keys.https_key(found.dead.state.peer, method, host, uri, name))
    status = status_of(seen.value) if seen and seen.value else None
    return f"{struck.request_words(found)} answers {status} over TLS" if status else ""


CAUSE = Cause(ID, judge, __doc__ or "")
