"""What is asked of the peers: the configured protocol first, and another one only where a symptom points there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tui502.model.evidence import Evidence, Exchange, Look, Seen
from tui502.model.facts import Facts, Outage, Pass, Request
from tui502.read import keys, lookup, names, scripts
from tui502.read.effective import effective
from tui502.read.exchanges import protocol
from tui502.read.exchanges.certificate import certificate
from tui502.read.hosted import status_of
from tui502.read.memo import Memo
from tui502.read.questions import as_client, page, question
from tui502.read.routing import locate
from tui502.read.symptoms import TIMEOUT
from tui502.text import neutral

PATIENCE = 5.0
"""Seconds for an answer."""

MOST_PATIENCE = 35.0
"""Seconds for the answer of a backend that nginx found too slow, at most."""

POINTING = frozenset({
    "connection_reset", "http2_protocol_error", "invalid_header", "premature_close", "protocol_mismatch", "tls_handshake", "tls_verify", TIMEOUT,
})  # fmt: skip
"""Symptoms of a peer that accepts and may speak something else than nginx does."""

PARAMETER_FILES = ("fastcgi.conf", "fastcgi_params")
"""Files beside nginx's main configuration that hold the usual fastcgi_param lines."""

OTHERS = frozenset({"connection_reset", "premature_close", TIMEOUT})
"""Symptoms for which it tells something whether other pages of the backend are fine."""

_scripted_peers: Memo[frozenset[str]] = Memo()


def of_peer(evidence: Evidence, facts: Facts, peer: str) -> Iterator[Look]:
    """All that is asked of one peer beyond a connect; what may take long comes last."""
    route = route_of(facts, peer)
    own, other = own_look(facts, peer, route), other_page(facts, peer, route)
    yield from (look for look in (other, own) if look)
    yield from other_protocols(evidence, facts, peer, route)
    if route.family == "http" and peer in _scripted_peers((evidence.exchanges,), lambda: _in_fastcgi(evidence.exchanges)):
        for name in PARAMETER_FILES:
            path = posixpath.join(posixpath.dirname(facts.nginx.conf), name)
            yield Look(path, "file", (path,), facts.nginx.pid, 3.0, None, "the parameters that FastCGI needs")


def _in_fastcgi(exchanges: Mapping[str, Seen[Exchange]]) -> frozenset[str]:
    """The peers that answered in FastCGI."""
    return frozenset(seen.value.peer for seen in exchanges.values() if seen.value and seen.value.speak == "fastcgi" and protocol.as_asked(seen.value))


def route_of(facts: Facts, peer: str) -> Pass:
    """The pass through which a peer is asked: the failing one, else the last one that dials it."""
    dialling = facts.routes.dialling[peer]
    outage = outage_of(facts, peer)
    failing = tuple(route for route in dialling if outage and is_through(outage, route))
    return (failing or dialling)[-1]


def is_through(outage: Outage, route: Pass) -> bool:
    """Whether these failures went through this pass."""
    target = outage.target
    here = (neutral(route.location), neutral(route.target)) == (target.location, target.pass_)
    return here and (target.server in map(neutral, route.names) or not target.server or not route.names)


def own_look(facts: Facts, peer: str, route: Pass) -> Look | None:
    """The failing request (else the front page) asked of a peer in the protocol in which nginx asks it; None where only the connection can be tried."""
    speak = protocol.ASKED.get(route.family)
    if speak is None:
        return None
    outage = outage_of(facts, peer)
    method, host, uri = question(facts, route, outage)
    reason = "what does it answer" if patience(outage) == PATIENCE else "does it answer later than nginx waits"
    if speak == "http":
        return http_look(facts, peer, method, host, uri, patience(outage), reason)
    if speak == "https":
        return https_look(facts, peer, method, host, uri, names.asked_for(facts, route), patience(outage), reason)
    request = outage.request if outage and outage.request else None
    told = scripts.parameters(facts, route, request) if request else ()
    return fastcgi_look(facts, peer, method, host, uri, told, patience(outage), reason)


def elsewhere_look(facts: Facts, peer: str, address: str, reason: str = "what does it answer") -> Look | None:
    """The failing request asked of a listener that may have taken the place of a dead peer; None where nginx speaks no plain HTTP to that."""
    dialling = facts.routes.dialling.get(peer)
    if not dialling or route_of(facts, peer).family != "http":
        return None
    method, host, uri = question(facts, route_of(facts, peer), outage_of(facts, peer))
    return http_look(facts, address, method, host, uri, PATIENCE, reason)


def other_page(facts: Facts, peer: str, route: Pass) -> Look | None:
    """Another page of a backend, one of whose pages fails, in the same protocol; None where nothing points there or no script can be named for it."""
    outage = outage_of(facts, peer)
    if outage is None or outage.request is None or outage.symptoms[0] not in OTHERS or outage.request.uri == "/":
        return None
    _, host, _ = as_client(route, outage)
    front = Request("GET", outage.request.scheme, outage.request.address, outage.request.port, outage.request.sni, outage.request.host, "/")
    reached = locate(facts.config, facts.routes, front)
    if reached is None or not any(each.address == peer for each in reached.peers):
        return None
    if route.family == "http":
        return http_look(facts, peer, "GET", host, page(facts, reached, front), PATIENCE, "are its other pages fine")
    if route.family == "https":
        return https_look(facts, peer, "GET", host, page(facts, reached, front), names.asked_for(facts, route), PATIENCE, "are its other pages fine")
    told = scripts.parameters(facts, reached, front) if route.family == "fastcgi" else ()
    return fastcgi_look(facts, peer, "GET", host, "/", told, PATIENCE, "are its other pages fine") if told else None


def other_protocols(evidence: Evidence, facts: Facts, peer: str, route: Pass) -> Iterator[Look]:
    """What else the peer may speak, one after the other, until one has answered."""
    outage = outage_of(facts, peer)
    own = own_look(facts, peer, route)
    asked = evidence.exchanges.get(own.key) if own else None
    answer = asked.value if asked else None
    if own and asked is None:
        return
    failing = outage is not None and outage.now and outage.symptoms[0] in POINTING
    if not failing and not (answer and points(answer)):
        return
    if route.family in ("https", "grpcs") and (answer is None or protocol.found(answer) in ("", protocol.TLS)):
        yield from _names(facts, peer, route, answer)
    if answer and protocol.as_asked(answer):
        return
    if outage and outage.symptoms[0] == TIMEOUT and others_fine(evidence, facts, peer, route):
        return
    for looks in _in_turn(facts, peer, route):
        yield from looks
        seen = [evidence.exchanges.get(look.key) for look in looks]
        if any(item is None or (item.value and protocol.found(item.value)) for item in seen):
            yield from _through_tls(evidence, facts, peer, route)
            return


def points(answer: Exchange) -> bool:
    """Whether this answer to the configured protocol may be that of another one."""
    if answer.end == "answered" or answer.received:
        return not protocol.as_asked(answer)
    return answer.end in ("closed", "reset") or (answer.end == "timeout" and answer.connected is not None and answer.speak != "http")


def _in_turn(facts: Facts, peer: str, route: Pass) -> Iterator[tuple[Look, ...]]:
    method, host, uri = question(facts, route, outage_of(facts, peer))
    http = (http_look(facts, peer, method, host, uri, PATIENCE, "does it speak HTTP"),)
    tls = tuple(tls_look(facts, peer, name) for name in dict.fromkeys(("", *names.candidates(facts, route)[:1])))
    if route.family == "http":
        yield tls[:1]
        yield tuple(_scripted(facts, peer, route))
    elif route.family == "grpc":
        yield tls[:1]
        yield http
    elif route.family in ("https", "grpcs"):
        yield http
    else:
        yield http
        yield tls


def _scripted(facts: Facts, peer: str, route: Pass) -> Iterator[Look]:
    """FastCGI to what nginx speaks HTTP to: without a script, and where a request fails with each script that a repair could name."""
    outage = outage_of(facts, peer)
    method, host, uri = as_client(route, outage)
    yield fastcgi_look(facts, peer, method, host, uri, (), PATIENCE, "does it speak FastCGI")
    request = outage.request if outage else None
    if request:
        for _, told in offers(facts, route, request):
            yield fastcgi_look(facts, peer, method, host, uri, told, PATIENCE, "does it answer that request in FastCGI")


def offers(facts: Facts, route: Pass, request: Request) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What SCRIPT_FILENAME could be in a location that speaks FastCGI in future: (as it would be written, what it is for this request). What is written
    already is the only one."""
    written = scripts.given(facts.config, route.where)
    rooted = any(effective(facts.config, route.where, name) for name in ("root", "alias"))
    usual = ("$document_root$fastcgi_script_name", "$document_root/index.php") if rooted else ()
    for expression in (written,) if written else usual:
        if told := scripts.told(facts, route, request, expression):
            yield expression, told


def _through_tls(evidence: Evidence, facts: Facts, peer: str, route: Pass) -> Iterator[Look]:
    """The failing request inside TLS, where the peer was found to speak it and nginx speaks plain HTTP."""
    if route.family == "http" and (name := name_that_works(evidence, facts, peer, route)) is not None:
        method, host, uri = question(facts, route, outage_of(facts, peer))
        yield https_look(facts, peer, method, host, uri, name, PATIENCE, "does it answer that request over TLS")
    elif route.family == "http" and speaks_tls(evidence, peer):
        yield from (tls_look(facts, peer, name) for name in names.candidates(facts, route)[:1])


def speaks_tls(evidence: Evidence, peer: str) -> bool:
    seen = evidence.exchanges.get(keys.tls_key(peer, ""))
    return bool(seen and seen.value and protocol.found(seen.value) == protocol.TLS)


def name_that_works(evidence: Evidence, facts: Facts, peer: str, route: Pass) -> str | None:
    """The server name with which a handshake finishes, '' when it does without one; None when it was seen with none."""
    for name in ("", *names.candidates(facts, route)):
        seen = evidence.exchanges.get(keys.tls_key(peer, name))
        if seen and seen.value and protocol.as_asked(seen.value):
            return name
    return None


def _names(facts: Facts, peer: str, route: Pass, answer: Exchange | None) -> Iterator[Look]:
    """Handshakes with other server names than nginx asks for, where it does not get through or is not content with the certificate."""
    outage = outage_of(facts, peer)
    refused = answer is not None and answer.tls is not None and not answer.tls.version
    if refused or (outage and outage.now and outage.symptoms[0] in ("tls_handshake", "tls_verify")):
        made_for = certificate(answer.tls.certificate) if answer and answer.tls else None
        own = [name for name in (made_for.names if made_for else ()) if names.is_name(name)][: names.MOST]
        for name in dict.fromkeys(("", *names.candidates(facts, route), *own)):
            yield tls_look(facts, peer, name)


def others_fine(evidence: Evidence, facts: Facts, peer: str, route: Pass) -> bool:
    """Did a page of the backend that is not the failing one just answer well, in nginx's protocol?"""
    own = own_look(facts, peer, route)
    seen = [item.value for key, item in evidence.exchanges.items() if own and key != own.key and item.value and item.value.peer == peer]
    return any(each.speak == protocol.ASKED.get(route.family) and protocol.as_asked(each) and (status_of(each) or 200) < 500 for each in seen)


def outage_of(facts: Facts, peer: str) -> Outage | None:
    """The worst outage of a peer: one that goes on before one that has a request, before any."""
    own = [outage for outage in lookup.outages_at(facts, peer) if outage.symptoms]
    return min(own, key=lambda outage: (not outage.now, outage.request is None), default=None)


def patience(outage: Outage | None) -> float:
    """Longer where nginx found it too slow: also the requests that wait before ours at a backend which is busy take their time."""
    return MOST_PATIENCE if outage is not None and outage.now and outage.symptoms[0] == TIMEOUT else PATIENCE


def connect_look(facts: Facts, peer: str, reason: str) -> Look:
    """A mere connect."""
    return Look(keys.connect_key(peer), "exchange", (peer, "connect", "", "", ""), facts.nginx.pid, 3.0, None, reason)


def http_look(facts: Facts, peer: str, method: str, host: str, uri: str, deadline: float, reason: str) -> Look:
    return Look(keys.http_key(peer, method, host, uri), "exchange", (peer, "http", method, host, uri), facts.nginx.pid, deadline, None, reason)


def https_look(facts: Facts, peer: str, method: str, host: str, uri: str, name: str, deadline: float, reason: str) -> Look:
    key = keys.https_key(peer, method, host, uri, name)
    return Look(key, "exchange", (peer, "https", method, host, uri, name), facts.nginx.pid, deadline, None, reason)


def fastcgi_look(facts: Facts, peer: str, method: str, host: str, uri: str, told: tuple[str, ...], deadline: float, reason: str) -> Look:
    key = keys.fastcgi_key(peer, method, host, uri, told)
    return Look(key, "exchange", (peer, "fastcgi", method, host, uri, *told), facts.nginx.pid, deadline, None, reason)


def tls_look(facts: Facts, peer: str, name: str) -> Look:
    reason = f"does it speak TLS for {name}" if name else "does it speak TLS"
    return Look(keys.tls_key(peer, name), "exchange", (peer, "tls", "", name, ""), facts.nginx.pid, PATIENCE, None, reason)
