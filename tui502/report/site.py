"""The site that matters most now: its state in a word, and how badly it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tui502.model.evidence import Look
from tui502.model.facts import Node, Outage, Pass
from tui502.model.findings import Finding, Incident
from tui502.read import front_page
from tui502.read.memo import Memo
from tui502.read.outages import group_state
from tui502.read.symptoms import TIMEOUTS, says
from tui502.report import looks
from tui502.text import neutral, shorten

Word = Literal["LOOKING", "UP", "SLOW", "DEGRADED", "DOWN", "RECOVERED"]
_up: Memo[frozenset[str]] = Memo()


def first(incident: Incident) -> Finding | None:
    """The finding that the head speaks of."""
    return incident.findings[0] if incident.findings else None


def outage_of(incident: Incident, finding: Finding | None = None) -> Outage | None:
    """The worst outage that goes on, of `finding` where it accounts for one. Where the request that a person named fails, one that this meets."""
    now = [outage for outage in incident.facts.outages if outage.now]
    now = [outage for outage in now if outage.asked] or now
    own = [outage for outage in now if finding and outage.key in finding.outages]
    return next(iter(own or now), None)


def word(incident: Incident) -> Word:
    """DOWN when no peer of the failing pass works and the front page is not known to be answered all the same, SLOW when nginx's timers end the
    requests, DEGRADED when part of them fail."""
    finding = first(incident)
    if finding and not incident.facts.nginx.running:
        return "DOWN"
    outage = outage_of(incident, finding)
    if outage is None:
        if incident.verdict == "recovered":
            return "RECOVERED"
        return "UP" if incident.facts.nginx.running and incident.verdict != "undecided" else "DOWN" if finding else "LOOKING"
    if _is_dead(incident, outage):
        return "DEGRADED" if front_page.works(incident.evidence, incident.facts, outage) else "DOWN"
    return "SLOW" if outage.symptoms and set(outage.symptoms) <= TIMEOUTS else "DEGRADED"


def rivals(incident: Incident) -> tuple[Finding, ...]:
    """The explanations of what the head speaks of, where several are possible and none is more than that; else ()."""
    finding = first(incident)
    if finding is None or finding.certainty != "possible":
        return ()
    found = tuple(each for each in incident.findings if set(each.outages) & set(finding.outages))
    return found if len(found) > 1 else ()


def decider(incident: Incident) -> Look | None:
    """The look that decides between the explanations, where it may be taken: `--no-probe` sends nothing."""
    wanted = (each.decider for each in rivals(incident))
    return next((look for look in wanted if look and (incident.evidence.probing or look.kind not in looks.SENDS)), None)


def sentence(incident: Incident) -> str:
    """What is broken, in one sentence: the first finding's; without one, or where several are possible, what the symptom says."""
    facts, finding, outage = incident.facts, first(incident), outage_of(incident)
    if finding and (outage is None or not (incident.verdict == "undecided" or rivals(incident))):
        return finding.summary
    if outage is None:
        over = next((each.why for each in incident.ruled_out if each.cause == "recovered"), "")
        if facts.nginx.running and not facts.config.files and facts.config.problems:
            return shorten(f"nginx runs, but its configuration was not read: {facts.config.problems[0].text}", 110)
        return shorten(over, 110) if over else f"nothing can be said yet: {incident.facts.nginx.why_not or 'not everything was looked at'}"
    place = f"fails on {outage.target.location}:" if outage.target.location not in ("/", "") else "fails:"
    middle = "is down:" if word(incident) == "DOWN" else f"fails {outage.rate:.0f} times a minute:" if outage.rate >= 1 else place
    fact = says(outage.symptoms[0], outage.target.peer) if outage.symptoms else "the request fails"
    return shorten(f"{outage.target.server or 'a site'} {middle} {fact}", 110)


def frees(incident: Incident, finding: Finding) -> bool:
    """Does the first repair of this finding also mend what makes `nginx -t` fail?"""
    keys = [fix for other in incident.findings if other.cause == "config_invalid" for fix in other.fixes if fix.loads]
    first_fix = next(iter(finding.fixes), None)
    return first_fix is not None and any(set(key.edits) <= set(first_fix.edits) and set(key.unlinks) <= set(first_fix.unlinks) for key in keys)


def fine(incident: Incident) -> int:
    """Sites of which no request fails and whose backends all answer."""
    if not incident.facts.nginx.running:
        return 0
    failing = {outage.target.server for outage in incident.facts.outages if outage.now}
    nodes = incident.facts.nodes
    return len(_up((nodes,), lambda: _servers_up(nodes)) - failing)


def _servers_up(nodes: Sequence[Node]) -> frozenset[str]:
    """Names of the servers whose backends all answer; of several of one name the last counts."""
    states = {node.label.rpartition(":")[0] or node.label: node.state for node in nodes if node.kind == "server"}
    return frozenset(name for name, state in states.items() if state == "UP")


def others_failing(incident: Incident) -> tuple[str, ...]:
    """Further sites that fail now, besides the one that the head speaks of; worst first."""
    finding = first(incident)
    told = {outage.target.server for outage in incident.facts.outages if finding and outage.key in finding.outages}
    outage = outage_of(incident, finding)
    told |= {outage.target.server} if outage else set()
    failing = (each.target.server for each in incident.facts.outages if each.now and (each.client_visible or each.replay in (502, 504)))
    return tuple(server or "a site without a name" for server in dict.fromkeys(failing) if server not in told)


def _is_dead(incident: Incident, outage: Outage) -> bool:
    """Does nobody work behind the pass that fails?"""
    route = front_page.pass_of(incident.facts, outage)
    working, peers = group_state(route, {state.peer: state for state in incident.facts.peers})
    if (peers and not working) or (outage.replay in (502, 504) and "no_live_upstream" in outage.symptoms):
        return True
    return outage.replay == 502 and _still_dialled(route, outage)


def _still_dialled(route: Pass | None, outage: Outage) -> bool:
    """Does it fail at an address that its pass on disk does not name? Then the states of the peers on disk say nothing of it."""
    return outage.target.peer != "" and (route is None or all(neutral(peer.address) != outage.target.peer for peer in route.peers))
