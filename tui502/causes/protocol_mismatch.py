"""nginx speaks one protocol to a target that speaks another.

**What happens.** `fastcgi_pass` leads to an HTTP server, or `proxy_pass` to PHP-FPM: after a change of the application's server, a copied location, or a
port that is meant for something else. Both sides are up; neither understands the other.

**How it shows.** `upstream sent unsupported FastCGI protocol version: 72` (72 is the H of HTTP); towards FastCGI `upstream prematurely closed connection` or
`recv() failed (104)`, since it hangs up on HTTP; from servers that wait for the end of a line, a timeout.

**What tells it from its neighbours.** The premature close has many causes. Proof is what the target itself sends: nothing of use in nginx's protocol, a good
answer in another. TLS has causes of its own, `tls_expected` and `tls_unexpected`. Where a stopped service names the address, another one has taken its port:
the pass is right.

**What mends it.** The `*_pass` of that protocol with what belongs to it: a Host header for `proxy_pass`; the parameters and SCRIPT_FILENAME for
`fastcgi_pass`, offered only as they were just answered. Else the address of the right target.
"""

from __future__ import annotations

import posixpath

from tui502.causes import doubts, failing, mending, other_family, struck, tls_expected, tls_unexpected, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused, written
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Family, Unit
from tui502.model.findings import Edit, Finding, Fix, RuledOut
from tui502.read import addresses, asking, keys, questions, scripts, ties
from tui502.read import units as services
from tui502.read.effective import effective
from tui502.read.exchanges import protocol
from tui502.read.hosted import status_of
from tui502.text import neutral

ID = "protocol_mismatch"
TO_HTTP = ("fastcgi", "uwsgi", "scgi", "memcached")
SCHEMES = {protocol.HTTP: "http://", protocol.TLS: "https://"}
FAMILIES: dict[str, Family] = {"http://": "http", "https://": "https"}
GOOD = 400
"""A status below this one says that a script was found and ran."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    findings: list[Finding] = []
    ruled_out: list[RuledOut] = []
    for found in struck.each_once(each for each in struck.struck_peers(evidence, facts, asking.POINTING) if _is_ours(each)):
        rival = _rival(facts, found)
        if rival:
            why = f"{neutral(rival.name)}, which is {words.state(rival)}, names {found.shown}: the pass is right, and another process holds that address"
            ruled_out.append(RuledOut(ID, why, ()))
        else:
            findings.append(_finding(evidence, facts, found))
    return Opinion(tuple(findings), tuple(ruled_out))


def _is_ours(found: Struck) -> bool:
    """Not what the causes of TLS claim."""
    family, speaks = found.route.family, found.speaks()
    if family in tls_expected.SCHEMES and speaks == protocol.TLS:
        return False
    return bool(speaks) and not (family in tls_unexpected.SCHEMES and speaks == tls_unexpected.SCHEMES[family][1])


def _rival(facts: Facts, found: Struck) -> Unit | None:
    """A service that does not run and names this address as its own."""
    return next(
        (unit for unit in facts.units if unit.state not in services.RUNS and any(ties.names_address(unit, alias) for alias in found.dead.aliases)), None
    )


def _finding(evidence: Evidence, facts: Facts, found: Struck) -> Finding:
    spoken, speaks = protocol.SPEAKS[found.route.family], found.speaks()
    return Finding(
        id=failing.finding_id(ID, found.route.group or found.dead.state.peer, found.dead.worst.target.server),
        cause=ID,
        certainty="proven" if found.was_asked() else "likely",
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, f"nginx speaks {spoken} to {found.shown}, which speaks {speaks}"),
        clues=(
            *struck.answer_clues(found),
            *failing.log_clues(evidence, facts, found.dead.outages),
            struck.pass_clue(found.route),
            *([] if found.was_asked() else [doubts.against("probe", found.own.key if found.own else "", "it was not asked just as nginx asks")]),
        ),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(_fix(evidence, facts, found),),
        decider=None,
    )


def _fix(evidence: Evidence, facts: Facts, found: Struck) -> Fix:
    speaks, family = found.speaks(), found.route.family
    others = struck.other_kinds(evidence, found, speaks)
    if not others and not _is_tied(evidence, facts, found):
        holder = words.who(found.dead.state.process, found.dead.state.unit)
        title = f"pass to what speaks {protocol.SPEAKS[family]}: {holder}, which speaks {speaks} on {found.shown}, may be a stranger"
        return mending.fix(facts, _repair(facts, found, "", advice=title), ())
    if not others and speaks in SCHEMES and family in TO_HTTP:
        return _to_http(evidence, facts, found, SCHEMES[speaks])
    if not others and speaks == protocol.FASTCGI and family == "http":
        return _to_fastcgi(evidence, facts, found)
    mixed = f"make all servers of {neutral(found.route.group)} speak one protocol" if others else ""
    return mending.fix(facts, _repair(facts, found, "", advice=mixed or f"pass to what speaks {protocol.SPEAKS[family]}: {found.shown} speaks {speaks}"), ())


def _is_tied(evidence: Evidence, facts: Facts, found: Struck) -> bool:
    """Does what answers there belong to this backend, by its service's name, words or directory? A stranger may have taken its port; who answers on another
    host is not seen."""
    if not (addresses.is_local(found.dead.peer, evidence.addresses.value or ()) or found.dead.state.listening):
        return True
    called, state = ties.names(found.passes), found.dead.state
    unit = next((unit for unit in facts.units if state.unit and unit.name == state.unit), None)
    process = next((each for each in evidence.processes.value or () if state.pid and each.pid == state.pid), None)
    return bool((unit and ties.of_unit(unit, found.dead.aliases, called)) or (process and ties.of_process(process, (), called)))


def _repair(facts: Facts, found: Struck, title: str, there: str = "", advice: str = "") -> Repair:
    ending = dict.fromkeys(names for route in found.passes if (names := other_family.lost(facts, route)))
    ends = f"; no longer in effect there: {', '.join(ending)}" if ending and title else ""
    return Repair(
        cause=ID,
        title=title,
        why=f"{found.shown} speaks {found.speaks()}, and {struck.directive(found.route)} speaks {protocol.SPEAKS[found.route.family]}",
        risk=f"what another process answers there may be another application: look at what it says beside the fix{ends}",
        peer=found.dead.state.peer,
        there=there,
        advice=advice or title,
    )


def _to_http(evidence: Evidence, facts: Facts, found: Struck, scheme: str) -> Fix:
    method, host, uri = questions.question(facts, found.route, found.dead.worst)
    seen = evidence.exchanges.get(keys.http_key(found.dead.state.peer, method, host, uri))
    status = status_of(seen.value) if seen and seen.value else None
    title = f"proxy_pass {scheme}{neutral(mending.place(found.route))} in place of {struck.directive(found.route)}"
    edits: list[Edit] = []
    try:
        for route in found.passes:
            host_line = [written("proxy_set_header", "Host", "$host")] if effective(facts.config, route.where, "proxy_set_header") is None else []
            edits += other_family.rewritten(facts, route, FAMILIES[scheme], mending.target(route, scheme), host_line)
    except EditRefused:
        edits = []
    return mending.fix(facts, _repair(facts, found, title, f"{struck.request_words(found)} answers {status} in HTTP" if status else ""), edits)


def _to_fastcgi(evidence: Evidence, facts: Facts, found: Struck) -> Fix:
    """FastCGI with the script that was just seen to answer; advice where none was."""
    chosen = _script(evidence, facts, found)
    advice = f"fastcgi_pass {neutral(mending.place(found.route))} with SCRIPT_FILENAME in place of proxy_pass"
    if chosen is None:
        return mending.fix(facts, _repair(facts, found, advice), ())
    expression, status = chosen
    edits: list[Edit] = []
    try:
        for route in found.passes:
            lines = [] if scripts.given(facts.config, route.where) else _parameters(evidence, facts, expression)
            edits += other_family.rewritten(facts, route, "fastcgi", mending.target(route, ""), lines)
    except EditRefused:
        edits = []
    there = f"{struck.request_words(found)} answers {status} in FastCGI" if status else ""
    return mending.fix(facts, _repair(facts, found, f"fastcgi_pass {neutral(mending.place(found.route))} in place of proxy_pass", there, advice), edits)


def _script(evidence: Evidence, facts: Facts, found: Struck) -> tuple[str, int | None] | None:
    """(SCRIPT_FILENAME as it is to be written, the status it was just answered with). One that is written already counts whatever it answers."""
    request = found.dead.worst.request
    method, host, uri = questions.as_client(found.route, found.dead.worst)
    for expression, told in asking.offers(facts, found.route, request) if request else ():
        seen = evidence.exchanges.get(keys.fastcgi_key(found.dead.state.peer, method, host, uri, told))
        status = status_of(seen.value) if seen and seen.value else None
        if status is not None and status < GOOD:
            return expression, status
    written = scripts.given(facts.config, found.route.where)
    return (written, None) if written else None


def _parameters(evidence: Evidence, facts: Facts, expression: str) -> list[str]:
    """The lines that tell a FastCGI backend what is asked. Raises EditRefused where the file with the usual ones is not there."""
    there = [name for name in asking.PARAMETER_FILES if _is_file(evidence, posixpath.join(posixpath.dirname(facts.nginx.conf), name))]
    if not there:
        raise EditRefused("the usual parameters are not at hand")
    lines = [written("include", there[-1])]
    if there[-1] == "fastcgi_params" or expression != "$document_root$fastcgi_script_name":
        lines.append(written("fastcgi_param", scripts.SCRIPT, expression))
    return lines


def _is_file(evidence: Evidence, path: str) -> bool:
    seen = evidence.files.get(path)
    return bool(seen and seen.value and seen.value.kind == "file")


CAUSE = Cause(ID, judge, __doc__ or "")
