"""TLS is spoken to a port that speaks plain HTTP.

**What happens.** The pass says `https://`, the backend speaks plain HTTP on this port. It takes nginx's handshake for a broken request.

**How it shows.** `SSL_do_handshake() failed (SSL: … wrong version number) while SSL handshaking to upstream`; from backends that hang up, `peer closed
connection in SSL handshake`, and from those that wait, a timeout.

**What tells it from its neighbours.** Other handshake failures (an alert, a version, a name) come from a port that does speak TLS: `tls_name`,
`tls_version`. Proof is plain HTTP answered by the port, and no handshake.

**What mends it.** `http://` in the pass, if the way to the backend may be read by others: that is for a person to know. Else the backend must get its
certificate back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui502.causes import doubts, failing, mending, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence, Exchange
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Edit, Finding, Fix
from tui502.read import addresses, asking, keys, questions
from tui502.read.exchanges import protocol
from tui502.read.hosted import status_of
from tui502.text import neutral

ID = "tls_unexpected"
SCHEMES = {"https": ("http://", protocol.HTTP), "grpcs": ("grpc://", protocol.HTTP2)}
MISUNDERSTOOD = (400, 421, 426, 497)
"""Statuses with which a server says that it was asked in the wrong way."""

_TO_TLS = re.compile(rb"^location:[ \t]*https://", re.I | re.M)
"""A redirect to TLS: the backend is meant to be asked elsewhere, and plain HTTP would lead clients round in a circle."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for each in struck.struck_peers(evidence, facts, asking.POINTING) if each.route.family in SCHEMES]
    plain = [each for each in found if each.speaks() == SCHEMES[each.route.family][1]]
    return Opinion(tuple(_finding(evidence, facts, each) for each in struck.each_once(plain)))


def _finding(evidence: Evidence, facts: Facts, found: Struck) -> Finding:
    spoken = SCHEMES[found.route.family][1]
    return Finding(
        id=failing.finding_id(ID, found.route.group or found.dead.state.peer, found.dead.worst.target.server),
        cause=ID,
        certainty=_certainty(found),
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, f"nginx speaks TLS to {found.shown}, which speaks plain {spoken}"),
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


def _plain(found: Struck) -> list[Exchange]:
    """What it answered in plain HTTP, to requests that it understood."""
    answers = (seen.value for _, seen in found.asked if seen.value and seen.value.speak == "http")
    return [each for each in answers if (status := status_of(each)) is not None and status not in MISUNDERSTOOD and not _TO_TLS.search(each.received)]


def _certainty(found: Struck) -> Certainty:
    """Proven: no handshake as nginx begins it, and a request understood in plain HTTP. Servers of TLS say "bad request" in plain HTTP too."""
    if found.route.family == "grpcs":
        return "likely"
    return "possible" if not _plain(found) else "proven" if found.was_asked() else "likely"


def _against(found: Struck) -> Iterator[Clue]:
    """What keeps it from being proven."""
    key = found.own.key if found.own else ""
    if found.route.family == "grpcs":
        yield doubts.against("probe", key, "no call was answered over plain HTTP/2: only its first bytes were seen")
    elif not _plain(found):
        yield doubts.against("probe", key, "no request in plain HTTP was understood: servers of TLS answer such with an error too")
    elif not found.was_asked():
        yield doubts.against("probe", key, "it was not asked in TLS just as nginx asks")


def _fix(evidence: Evidence, facts: Facts, found: Struck) -> Fix:
    scheme, spoken = SCHEMES[found.route.family]
    others = struck.other_kinds(evidence, found, spoken)
    near = addresses.is_local(found.dead.peer, evidence.addresses.value or ())
    method, host, uri = questions.question(facts, found.route, found.dead.worst)
    seen = evidence.exchanges.get(keys.http_key(found.dead.state.peer, method, host, uri))
    status = status_of(seen.value) if seen and seen.value else None
    repair = Repair(
        cause=ID,
        title=f"{scheme} in the pass to {neutral(found.route.group) or found.shown}",
        why=f"{found.shown} speaks plain HTTP, and the pass says {neutral(found.route.target)}",
        risk="the backend is on this host, so nothing leaves it unencrypted" if near else "what nginx and the backend say can then be read on its way",
        peer=found.dead.state.peer,
        there=f"{struck.request_words(found)} answers {status} in plain HTTP" if status else "",
        advice=f"make all servers of {neutral(found.route.group)} speak one protocol: {neutral(others[0])} does not speak plain {spoken}" if others
        else f"write {scheme} where {neutral(found.route.target)} is written",
    )  # fmt: skip
    understood = found.route.family == "grpcs" or _plain(found)
    return mending.fix(facts, repair, _edits(facts, found, scheme) if understood and not others else ())


def _edits(facts: Facts, found: Struck, scheme: str) -> tuple[Edit, ...]:
    try:
        return tuple(mending.retarget(facts, route, scheme) for route in found.passes)
    except EditRefused:
        return ()


CAUSE = Cause(ID, judge, __doc__ or "")
