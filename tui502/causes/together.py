"""Findings that belong together: an echo is tied to its origin, a repair that cannot be loaded is offered with what frees it, and what is
to be started at once is offered at once."""

from __future__ import annotations

from dataclasses import replace

from tui502.causes import (
    address_family,
    backend_stopped,
    bound_elsewhere,
    config_invalid,
    doubts,
    group_exhausted,
    nginx_down,
    server_shadowed,
    site_not_enabled,
    upstream_partly_down,
    wrong_port,
)
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Certainty, Clue, Finding, Fix
from tui502.read import lookup, starter
from tui502.text import neutral, shorten

ECHOES = (upstream_partly_down.ID, group_exhausted.ID)
"""Causes that say how a group fails; why one of its peers does is another finding."""

ELSEWHERE = (wrong_port.ID, bound_elsewhere.ID, address_family.ID)
"""Causes that say that the backend runs at another place."""

ASTRAY = (server_shadowed.ID, site_not_enabled.ID)
"""Causes that say that the request should not come to this backend at all."""

MOST_NAMED = 3


def echoes(found: list[Finding]) -> list[Finding]:
    """Findings about a group are explained by those that account for everything that fails in it."""
    for echo in [finding for finding in found if finding.cause in ECHOES and finding.outages]:
        origins = [other for other in found if other.cause not in ECHOES and set(other.outages) & set(echo.outages)]
        if set(echo.outages) <= {key for origin in origins for key in origin.outages}:
            ids = {origin.id for origin in origins}
            found = [replace(each, explains=(*each.explains, echo.id)) if each.id in ids else each for each in found]
            found = [_lesser(each, origins) if each.id == echo.id else each for each in found]
    return found


def _lesser(echo: Finding, origins: list[Finding]) -> Finding:
    """Taking a peer out is no repair beside the one that mends it: one of them is carried out, and the repair stands first."""
    others = tuple(fix.id for origin in origins for fix in origin.fixes if fix.kind != "advice")
    return replace(echo, fixes=tuple(replace(fix, alternative_to=(*fix.alternative_to, *others)) if fix.edits else fix for fix in echo.fixes))


def either_or(found: list[Finding]) -> list[Finding]:
    """A stopped service that names the address of a peer, and a running one of its name that listens elsewhere, explain the same failures: neither is proven,
    and of their repairs one is chosen by a person."""
    elsewhere = {finding.target.peer for finding in found if finding.cause in ELSEWHERE}
    for one in [finding for finding in found if finding.cause == backend_stopped.ID and finding.target.peer in elsewhere]:
        for other in [each for each in found if each.cause in ELSEWHERE and each.target.peer == one.target.peer and set(each.outages) & set(one.outages)]:
            found = [_one_of(each, other) if each.id == one.id else _one_of(each, one) if each.id == other.id else each for each in found]
    return found


def astray(found: list[Finding]) -> list[Finding]:
    """A request that lands in the wrong server fails there for a reason of its own: that is explained where the former is proven; where it
    is likely, either may be mended."""
    for one in [finding for finding in found if finding.cause in ASTRAY and finding.outages]:
        others = [each for each in found if each.cause not in (*ASTRAY, *ECHOES) and set(each.outages) & set(one.outages)]
        if one.certainty == "proven":
            ids = tuple(each.id for each in others)
            found = [replace(each, explains=(*each.explains, *ids)) if each.id == one.id else each for each in found]
        elif one.certainty == "likely":
            for other in others:
                found = [_one_of(each, other) if each.id == one.id else _one_of(each, one) if each.id == other.id else each for each in found]
    return found


def _one_of(finding: Finding, rival: Finding) -> Finding:
    """Not proven any more, and its repairs exclude those of the other."""
    others = tuple(fix.id for fix in rival.fixes)
    fixes = tuple(replace(fix, alternative_to=tuple(dict.fromkeys((*fix.alternative_to, *others)))) for fix in finding.fixes)
    against = doubts.against("unit", "", f"{rival.summary.partition(': ')[2] or rival.summary}: that explains it too")
    certainty: Certainty = "likely" if finding.certainty == "proven" else finding.certainty
    return replace(finding, certainty=certainty, clues=(*finding.clues, against), fixes=fixes)


def explained(found: list[Finding]) -> frozenset[str]:
    """The ids of findings that stand behind what explains them. What a failing `nginx -t` blocks is no echo: clients fail for its own reason."""
    return frozenset(echo for finding in found if finding.cause != config_invalid.ID for echo in finding.explains)


def freed(evidence: Evidence, facts: Facts, found: list[Finding]) -> list[Finding]:
    """While `nginx -t` fails: every repair that needs a reload says so, and is offered together with the one that frees it, where there is one."""
    broken = next((finding for finding in found if finding.cause == config_invalid.ID), None)
    if broken is None:
        return found
    key = next((fix for fix in broken.fixes if fix.kind != "advice"), None)
    waiting = [finding for finding in found if finding is not broken and (finding.cause == nginx_down.ID or any(fix.loads for fix in finding.fixes))]
    clue = config_invalid.blocked(evidence, facts)
    return [_blocking(evidence, facts, each, key, waiting) if each is broken else _waits(each, key, clue) if each in waiting else each for each in found]


def _blocking(evidence: Evidence, facts: Facts, broken: Finding, key: Fix | None, waiting: list[Finding]) -> Finding:
    """The finding about the test; while nginx is down it accounts for all of that, and its repair goes on to start nginx."""
    broken = replace(broken, explains=tuple(finding.id for finding in waiting))
    down = next((finding for finding in waiting if finding.cause == nginx_down.ID), None)
    start = nginx_down.start(evidence, facts, starter.service(facts.units, evidence.conf)) if down and key else None
    if down is None:
        return broken
    fixes = broken.fixes
    if start and key:
        both = _joined(key, start)
        fixes = (both, *(replace(fix, alternative_to=(*fix.alternative_to, both.id)) if fix.kind != "advice" else fix for fix in broken.fixes))
    return replace(broken, outages=down.outages, fixes=fixes)


def _waits(finding: Finding, key: Fix | None, clue: Clue) -> Finding:
    if finding.cause == nginx_down.ID:
        return finding
    joined = {fix.id: _joined(fix, key) for fix in finding.fixes if key and fix.loads and not _overlap(fix, key)}
    fixes = tuple(
        replace(joined.get(fix.id, fix), alternative_to=tuple(joined[other].id if other in joined else other for other in fix.alternative_to))
        for fix in finding.fixes
    )
    return replace(finding, clues=(*finding.clues[:2], clue, *finding.clues[2:]), fixes=fixes)


def _overlap(one: Fix, other: Fix) -> bool:
    return any(a.file == b.file and a.start <= b.end and b.start <= a.end for a in one.edits for b in other.edits)


def _joined(first: Fix, second: Fix) -> Fix:
    """One repair of two: everything that either does."""
    return with_id(
        replace(
            first,
            title=f"{first.title}; {second.title}",
            why=f"{first.why}; {second.why}",
            risk="; ".join(dict.fromkeys(text for text in (first.risk, second.risk) if text)),
            kind="config",
            edits=(*first.edits, *second.edits),
            commands=(*first.commands, *second.commands),
            unlinks=(*first.unlinks, *second.unlinks),
            reload=first.reload or second.reload,
            diff=first.diff + second.diff,
        )
    )


def started_at_once(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Where several peers of a group were stopped, the first finding offers to start all of them; each alone stays an offer of its own finding."""
    result = list(found)
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        if _starts(finding):
            groups.setdefault(finding.target.upstream, []).append(finding)
    for group, own in groups.items():
        if group and len(own) > 1:
            everything = _all_of(group, [finding.fixes[0] for finding in own])
            for finding in own:
                alone = tuple(replace(fix, alternative_to=(everything.id,)) for fix in finding.fixes)
                result[result.index(finding)] = replace(finding, fixes=(everything, *alone) if finding is own[0] else alone)
    return tuple(result)


def _starts(finding: Finding) -> bool:
    """By a service that names the address: what merely bears the name is not started along with others."""
    sure = finding.certainty == "proven" and len(finding.fixes) == 1 and not finding.fixes[0].alternative_to
    return finding.cause == backend_stopped.ID and sure and finding.fixes[0].kind == "command"


def _all_of(group: str, fixes: list[Fix]) -> Fix:
    names = [fix.title.removeprefix("start ") for fix in fixes]
    shown = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) <= MOST_NAMED else f"{len(names)} services: {', '.join(names)}"
    commands = {command.argv: command for fix in fixes for command in fix.commands}
    return with_id(
        replace(
            fixes[0],
            title=shorten(f"start {shown}", 200),
            why=f"{len(fixes)} peers of {neutral(group)} are stopped",
            risk="; ".join(dict.fromkeys(part for fix in fixes for part in fix.risk.split("; "))),
            commands=tuple(commands.values()),
            alternative_to=(),
        )
    )


def counted(facts: Facts, finding: Finding) -> Finding:
    """A finding about a peer of a group says how many of them fail."""
    shown = finding.target.upstream
    peers = {peer.address for route in lookup.upstreams(facts.routes).get(shown, ()) for peer in route.peers if not peer.down}
    if finding.cause in ECHOES or not shown or len(peers) < 2:
        return finding
    failing = {outage.target.peer for outage in lookup.failing(facts).get(shown, ())} & set(map(neutral, peers))
    if not failing:
        return finding
    how_many = f"all {len(peers)}" if len(failing) == len(peers) else f"{len(failing)} of {len(peers)}"
    text = f"{how_many} peers of {shown} {'fails' if len(failing) == 1 else 'fail'}"
    where = next((clue.where for clue in finding.clues if clue.source == "config"), None)
    clue = Clue("config", where.file if where else "", where, text, None)
    return replace(finding, clues=(*finding.clues[:2], clue, *finding.clues[2:]))
