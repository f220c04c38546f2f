"""TLS to the backend fails over its name.

**What happens.** Either the backend serves several names and refuses who asks for none: nginx asks for none unless `proxy_ssl_server_name` is on. Or nginx
verifies the certificate, and it was made for another name than nginx expects: the host in the pass, the name of the group, or `proxy_ssl_name`.

**How it shows.** `SSL_do_handshake() failed (SSL: … alert number 40)` or `112`; `upstream SSL certificate does not match "…"`.

**What tells it from its neighbours.** Alert 40 also means no common cipher, or a certificate wanted from nginx: then no name helps. `verify error: (N: …)`
speaks of trust or dates, not of the name: `tls_untrusted`. Proof is a handshake with another name that the backend finishes, with a certificate made for
that name.

**What mends it.** `proxy_ssl_server_name on` and `proxy_ssl_name` with the backend's own name, in that location. Verification stays as it is. Whether that
name is really the backend's is for a person to know where nothing in the configuration says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, mending, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.repoint import alternatives
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence, Exchange
from tui502.model.facts import Facts
from tui502.model.findings import Clue, Edit, Finding, Fix
from tui502.read import keys, names
from tui502.read.exchanges import protocol, tls
from tui502.read.exchanges.certificate import certificate, covers
from tui502.read.setting import setting
from tui502.text import neutral

ID = "tls_name"
SYMPTOMS = ("tls_handshake", "tls_verify")
MOST = 2
"""Names offered at most."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for each in struck.struck_peers(evidence, facts, SYMPTOMS) if each.route.family in ("https", "grpcs")]
    findings = []
    for each in struck.each_once(found):
        refused, mismatched = _refused(each), _mismatched(evidence, facts, each)
        wanted = list(_wanted(facts, each))[:MOST] if refused or mismatched else []
        if wanted:
            findings.append(_finding(evidence, facts, each, wanted, refused=refused))
    return Opinion(tuple(findings))


def _as_nginx_asks(found: Struck, facts: Facts) -> Exchange | None:
    """The answer to a handshake as nginx begins it."""
    return found.direct() or found.answer(keys.tls_key(found.dead.state.peer, names.asked_for(facts, found.route)))


def _refused(found: Struck) -> bool:
    """Was the handshake that nginx begins answered in TLS, and refused?"""
    direct = found.direct()
    if direct is None or direct.tls is None or direct.tls.version:
        return False
    return protocol.found(direct) == protocol.TLS or (not direct.received and direct.connected is not None and direct.end in ("closed", "reset"))


def _mismatched(evidence: Evidence, facts: Facts, found: Struck) -> bool:
    """Does nginx verify a certificate that was made for other names than it expects? Its log must say so too: an untrusted one is another matter."""
    if setting(facts.config, found.route.where, found.route.family, "ssl_verify", facts.nginx.version).value != "on":
        return False
    raw = struck.samples(evidence, found)
    verified = [record for record in raw if b"upstream SSL certificate" in record]
    if raw and not (verified and b"certificate does not match" in verified[-1]):
        return False
    made_for, expected = _names_of(_as_nginx_asks(found, facts)), names.expected(facts, found.route)
    return bool(made_for and expected) and not covers(made_for, expected)


def _names_of(exchange: Exchange | None) -> tuple[str, ...]:
    made = certificate(exchange.tls.certificate) if exchange and exchange.tls else None
    return made.names if made else ()


def _wanted(facts: Facts, found: Struck) -> Iterator[str]:
    """Names with which the backend finishes a handshake, with a certificate made for them: those that the configuration knows first."""
    peer, route = found.dead.state.peer, found.route
    tried = {name: found.answer(keys.tls_key(peer, name)) for name in (*names.candidates(facts, route), *_names_of(_as_nginx_asks(found, facts)))}
    good = [name for name, answer in tried.items() if answer and protocol.as_asked(answer) and covers(_names_of(answer), name)]
    known = [name for name in good if name in names.candidates(facts, route)]
    yield from known or good


def _finding(evidence: Evidence, facts: Facts, found: Struck, wanted: list[str], *, refused: bool) -> Finding:
    direct = _as_nginx_asks(found, facts)
    if refused:
        alert = tls.alert(direct.received) if direct else None
        fact = f"TLS to {found.shown} fails: it wants a name ({neutral(wanted[0])}" + (f", alert {alert})" if alert is not None else ")")
    else:
        expected = neutral(names.expected(facts, found.route))
        fact = f"TLS to {found.shown} fails: wrong name ({neutral(_names_of(direct)[0])}, not {expected})"
    own = found.own.key if found.own else ""
    tried = {own, *(keys.tls_key(found.dead.state.peer, name) for name in wanted)}
    return Finding(
        id=failing.finding_id(ID, found.route.group or found.dead.state.peer, found.dead.worst.target.server),
        cause=ID,
        certainty="proven" if direct and len(wanted) == 1 and wanted[0] in names.candidates(facts, found.route) else "likely",
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, fact),
        clues=(
            *(struck.answer_clue(found, key, seen) for key, seen in sorted(found.asked, key=lambda item: item[0] != own) if key in tried),
            *([] if refused else [_certificate_clue(facts, found, direct)]),
            *failing.log_clues(evidence, facts, found.dead.outages),
            struck.pass_clue(found.route),
            *_against(facts, found, direct, wanted),
        ),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=tuple(alternatives([_fix(facts, found, name, refused=refused) for name in wanted])),
        decider=None,
    )


def _against(facts: Facts, found: Struck, direct: Exchange | None, wanted: list[str]) -> Iterator[Clue]:
    """What keeps it from being proven."""
    key = found.own.key if found.own else ""
    if direct is None:
        yield doubts.against("probe", key, "the handshake as nginx begins it was not seen")
    if len(wanted) > 1:
        yield doubts.against("probe", key, f"{len(wanted)} names are taken, and which is meant is not known: {', '.join(map(neutral, wanted[:3]))}")
    elif wanted[0] not in names.candidates(facts, found.route):
        yield doubts.against("probe", key, f"only the certificate says {neutral(wanted[0])}, no line of nginx's configuration does")


def _certificate_clue(facts: Facts, found: Struck, direct: Exchange | None) -> Clue:
    made_for, expected = ", ".join(map(neutral, _names_of(direct)[:3])), neutral(names.expected(facts, found.route))
    return Clue("probe", found.own.key if found.own else "", None, f"its certificate is for {made_for}; nginx expects {expected}", None)


def _fix(facts: Facts, found: Struck, name: str, *, refused: bool) -> Fix:
    known = name in names.candidates(facts, found.route)
    lines = _needed(facts, found, name)
    text = ", ".join(f"{key} {value}" for key, value in lines.items())
    repair = Repair(
        cause=ID,
        title=f"{neutral(text)} in that location",
        why=f"{found.shown} finishes the handshake for {neutral(name)}" if refused else f"the certificate of {found.shown} is for {neutral(name)}",
        risk="it holds for this location only" if known else f"only the certificate says {neutral(name)}: be sure that this is the name of your backend",
        peer=found.dead.state.peer,
        advice=f"set {neutral(text)} in that location",
    )
    return mending.fix(facts, repair, _edits(facts, found, name))


def _needed(facts: Facts, found: Struck, name: str) -> dict[str, str]:
    """The lines that are missing. The name is asked for only where the certificate is not shown without it."""
    lines = mending.asking_for(facts, found.route, name)
    if covers(_names_of(_as_nginx_asks(found, facts)), name):
        lines = {key: value for key, value in lines.items() if not key.endswith("_ssl_server_name")}
    return lines


def _edits(facts: Facts, found: Struck, name: str) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    try:
        for route in found.passes:
            edits += mending.settings(facts, route, _needed(facts, found, name))
    except EditRefused:
        return ()
    return tuple(edits)


CAUSE = Cause(ID, judge, __doc__ or "")
