"""What the causes share that look at how a listening backend answers: the peers whose requests fail, and what came back when they were asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tui502.causes import failing, words
from tui502.causes.failing import Dead
from tui502.model.evidence import Evidence, Exchange, Look, Seen
from tui502.model.facts import Facts, Pass
from tui502.model.findings import Clue
from tui502.read import asking, keys, questions
from tui502.read.exchanges import protocol, tls
from tui502.read.exchanges.telling import another, proven
from tui502.read.hosted import status_of
from tui502.text import neutral

JITTER = 1.5
"""Seconds by which the start of a process may be off. What was answered before it is the word of another process."""


@dataclass(frozen=True)
class Struck:
    """A peer that accepts connections while requests fail for it. `route` is the pass they went through, `passes` all those of the failing servers that
    speak to it alike; `asked` is everything that was asked of it directly (key → answer), `own` the look that asks as nginx does; `doubt` says
    why its URI may not be the one that nginx sends."""

    dead: Dead
    route: Pass
    passes: tuple[Pass, ...]
    asked: tuple[tuple[str, Seen[Exchange]], ...]
    own: Look | None
    doubt: str = ""

    @property
    def shown(self) -> str:
        return self.dead.shown

    def answer(self, key: str) -> Exchange | None:
        """What one look got, None when it was not carried out."""
        return next((seen.value for each, seen in self.asked if each == key), None)

    def direct(self) -> Exchange | None:
        """The answer to what nginx would have asked."""
        return self.answer(self.own.key) if self.own else None

    def was_asked(self) -> bool:
        """Was it asked just as nginx asks, and did the connection come about? What was skipped or refused tells nothing of its protocol."""
        direct = self.direct()
        return direct is not None and direct.connected is not None and direct.end in ("answered", "closed", "reset", "timeout")

    def speaks(self) -> str:
        """The protocol it was seen to speak instead of the one that nginx speaks, or ''."""
        return another((seen for _, seen in self.asked), (self.route.family,))


def struck_peers(evidence: Evidence, facts: Facts, symptoms: Iterable[str]) -> Iterator[Struck]:
    """Peers that accept connections, with an outage of one of these symptoms that goes on."""
    for dead in failing.failing_peers(evidence, facts, tuple(symptoms)):
        if dead.state.listening is False or dead.peer.down:
            continue
        route = next((each for each in dead.passes if asking.is_through(dead.worst, each)), dead.passes[-1])
        servers = {outage.target.server for outage in dead.outages}
        alike = [each for each in dead.passes if each.family == route.family and servers.intersection(map(neutral, each.names or ("",)))]
        began = next((each.started for each in evidence.processes.value or () if dead.state.pid and each.pid == dead.state.pid), 0.0) - JITTER
        told = ((key, seen) for key, seen in evidence.exchanges.items() if seen.value and seen.value.peer in dead.aliases and seen.at >= began)
        asked = [(key, seen) for key, seen in told if seen.value and seen.value.speak != "replay"]
        own, doubt = asking.own_look(facts, dead.state.peer, route), questions.doubt(facts, route, dead.worst)
        yield Struck(dead, route, tuple(alike) or (route,), tuple(asked), own, doubt)


def each_once(found: Iterable[Struck]) -> list[Struck]:
    """One for each pass to change, with the outages of all: the servers of a group share it. Of several the first stands for them."""
    merged: dict[tuple[str, str], Struck] = {}
    for each in found:
        key = each.route.group or each.dead.state.peer, each.dead.worst.target.server
        first = merged.get(key)
        outages = tuple(dict.fromkeys((*first.dead.outages, *each.dead.outages))) if first else ()
        merged[key] = replace(first, dead=replace(first.dead, outages=outages)) if first else each
    return list(merged.values())


def other_kinds(evidence: Evidence, found: Struck, name: str) -> list[str]:
    """Servers of the same group that were seen to speak something else than the protocol `name`."""
    others = []
    for peer in found.route.peers:
        spoken = proven(seen.value for seen in evidence.exchanges.values() if seen.value and seen.value.peer == peer.address and seen.value.speak != "replay")
        if spoken not in ("", name):
            others.append(peer.address)
    return others


def samples(evidence: Evidence, found: Struck) -> list[bytes]:
    """The newest records of the error logs about these failures."""
    keys_ = {outage.key for outage in found.dead.outages}
    tallies = [tally for seen in evidence.logs.values() if seen.value for tally in seen.value.tallies]
    return [raw for tally in tallies if keys.outage_key(tally.symptom, tally.peer, tally.server) in keys_ for raw in tally.samples]


def summary(evidence: Evidence, facts: Facts, found: Struck, fact: str, verb: str = "fails") -> str:
    """The sentence of a finding; it names the page where other pages of that backend were just seen to answer."""
    outage = found.dead.worst
    if outage.request and outage.request.uri != "/" and asking.others_fine(evidence, facts, found.dead.state.peer, found.route):
        site = outage.target.server or outage.target.listen or "nginx"
        return words.fitted(f"{site} {verb} on {neutral(outage.request.uri)}: {fact}", f"{site} {verb}: {fact}")
    return words.sentence(outage, fact, partly=failing.partly(found.dead, facts), whole=failing.whole(found.dead))


def answer_clue(struck: Struck, key: str, seen: Seen[Exchange]) -> Clue:
    """What one question got, in words."""
    exchange = seen.value
    return Clue("probe", key, None, f"{struck.shown} {said(exchange) if exchange else 'was not asked'}", seen.at)


def page_clue(struck: Struck, key: str, seen: Seen[Exchange]) -> Clue:
    """The same, with the page that was asked for in HTTP, where one page is told from another."""
    clue, words_ = answer_clue(struck, key, seen), seen.value.sent.split(b" ", 2) if seen.value and seen.value.speak == "http" else []
    return replace(clue, text=f"{clue.text} for {neutral(words_[0])} {neutral(words_[1])}") if len(words_) == 3 else clue


def answer_clues(found: Struck, most: int = 3) -> list[Clue]:
    """What was asked directly, each saying once: first as nginx asks, then what was answered well, the newest first."""
    own = found.own.key if found.own else ""
    told = [(key, seen) for key, seen in found.asked if seen.value and seen.value.speak != "connect"]
    told.sort(key=lambda item: (item[0] != own, *_rank(item[1].value), -item[1].at))
    clues: dict[str, Clue] = {}
    for key, seen in told:
        clue = answer_clue(found, key, seen)
        clues.setdefault(clue.text, clue)
    return list(clues.values())[:most]


def _rank(exchange: Exchange | None) -> tuple[bool, bool]:
    """Good answers first, of these the ones to a request."""
    return (not protocol.as_asked(exchange), status_of(exchange) is None) if exchange else (True, True)


def said(exchange: Exchange) -> str:
    """ "answers 200 in HTTP", "closes without a byte when asked in FastCGI" …"""
    how = {"http": "HTTP", "https": "TLS", "tls": "TLS", "fastcgi": "FastCGI"}.get(exchange.speak, exchange.speak)
    status = status_of(exchange)
    if exchange.tls and exchange.tls.version:
        to = f" for {neutral(exchange.tls.name)}" if exchange.tls.name else ""
        done = f"answers {status} over" if status else "finishes a handshake of"
        return f"{done} {exchange.tls.version}{to}"
    if exchange.received:
        return _answered(exchange, how, status)
    ends = {"closed": "closes without a byte", "reset": "resets the connection", "timeout": "accepts and sends nothing"}
    return f"{ends.get(exchange.end, exchange.end)} when asked in {how}"


def _answered(exchange: Exchange, how: str, status: int | None) -> str:
    """What came back, where it was no finished handshake."""
    alert, spoken = tls.alert(exchange.received), protocol.found(exchange)
    if alert is not None:
        to = f" for {neutral(exchange.tls.name)}" if exchange.tls and exchange.tls.name else ""
        return f"refuses TLS{to} ({tls.alert_text(alert)})" if exchange.tls else f"answers {how} with TLS, {tls.alert_text(alert)}"
    if not spoken:
        return f"answers {how} with something else"
    if spoken == how:
        return f"answers {status} in {how}" if status else f"answers {how}"
    return f"answers {how} with {spoken}" + (f" {status}" if status else "")


def pass_clue(route: Pass) -> Clue:
    return Clue("config", route.where.file, route.where, f"{directive(route)} {neutral(route.target)} is written at {words.place(route.where)}", None)


def directive(route: Pass) -> str:
    return {"http": "proxy", "https": "proxy", "grpcs": "grpc"}.get(route.family, route.family) + "_pass"


def request_words(struck: Struck) -> str:
    """The question that was asked directly, in words: "GET /cart"."""
    method, _, uri = (*struck.own.args[2:5],) if struck.own else questions.as_client(struck.route, struck.dead.worst)
    return f"{method} {neutral(uri)}" + (" as the client sends it" if struck.doubt else "")
