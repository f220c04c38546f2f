"""The diagnosis on one page: facts → what every cause says → order → verdict."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tui502.causes import ALL, managed, together
from tui502.model.evidence import KINDS, Evidence, Gap, Seen
from tui502.model.facts import Facts
from tui502.model.findings import GOOD_NEWS, Finding, Incident, RuledOut, Verdict
from tui502.read import access_log, keys, log_places, lookup
from tui502.read.facts import read_facts
from tui502.read.nginx import OUT_OF_TIME, options_of_test, unfinished_test
from tui502.text import neutral

CERTAINTIES = ("proven", "likely", "possible")
_ORDER = {cause.id: n for n, cause in enumerate(ALL)}


def investigate(evidence: Evidence, before: Incident | None = None) -> Incident:
    """What the evidence means and what is wrong. `before` is the incident of a moment ago: what did not change is taken from it; the result
    is the same without it."""
    if before is not None and before.evidence is evidence:
        return before
    facts = read_facts(evidence)
    findings, ruled_out = judged(evidence, facts)
    if before is not None:
        known = {finding.id: finding for finding in before.findings}
        findings = tuple(known[finding.id] if known.get(finding.id) == finding else finding for finding in findings)
    return Incident(evidence, facts, verdict(facts, findings), findings, ruled_out, gaps(evidence, facts))


def judged(evidence: Evidence, facts: Facts) -> tuple[tuple[Finding, ...], tuple[RuledOut, ...]]:
    """The findings of all causes in order, tied to each other, and what was ruled out."""
    opinions = [cause.judge(evidence, facts) for cause in ALL]
    found = [managed.advised(evidence, finding) for opinion in opinions for finding in opinion.findings]
    found = together.astray(together.either_or([together.counted(facts, finding) for finding in found]))
    found = together.freed(evidence, facts, together.echoes(found))
    echoes = together.explained(found)
    found.sort(key=lambda finding: (finding.id in echoes, *_rank(facts, finding)))
    ruled_out = tuple(item for opinion in opinions for item in opinion.ruled_out)
    return together.started_at_once(tuple(found)), ruled_out


def verdict(facts: Facts, findings: Iterable[Finding]) -> Verdict:
    """One word: a cause is named (of the request that a person named, where that fails), none can be, it is over, nothing is wrong."""
    causes = {finding.cause for finding in findings}
    explained = {key for finding in findings for key in finding.outages}
    asked = {outage.key for outage in facts.outages if outage.now and outage.asked}
    failing = asked or {outage.key for outage in facts.outages if outage.now}
    if failing and not failing & explained:
        return "undecided"
    if causes - set(GOOD_NEWS):
        return "cause_found"
    if "recovered" in causes:
        return "recovered"
    return "no_fault" if "no_fault" in causes else "undecided"


def gaps(evidence: Evidence, facts: Facts) -> tuple[Gap, ...]:
    """What could not be seen, once each. A command or file that is not on this host is no gap."""
    found: dict[tuple[str, str], Gap] = {}
    for gap, needed in (*_gaps(evidence), *_not_tested(evidence, facts), *_not_read(evidence, facts), *_of_logs(evidence, facts)):
        if gap.why != "absent" or needed:
            found.setdefault((gap.source, gap.why), Gap(neutral(gap.source), gap.why, neutral(gap.hint)))
    return tuple(found.values())


def _gaps(evidence: Evidence) -> Iterator[tuple[Gap, bool]]:
    """Every gap, and whether its absence would be news."""
    mappings: tuple[tuple[Mapping[str, Seen[Any]], bool], ...] = (
        (evidence.logs, True), (evidence.files, False), (evidence.dirs, False), (evidence.commands, False), (evidence.exchanges, True), (evidence.names, True),
        (evidence.access, True),
    )  # fmt: skip
    for single in (evidence.view, evidence.processes, evidence.listeners, evidence.running):
        if single.gap and single.at:
            yield single.gap, False
    for gap in keys.supervisors_not_asked(evidence):
        yield gap, True
    for mapping, needed in mappings:
        for seen in mapping.values():
            if seen.gap:
                yield seen.gap, needed


def _not_tested(evidence: Evidence, facts: Facts) -> Iterator[tuple[Gap, bool]]:
    if unfinished := unfinished_test(evidence):
        by_hand = ("sudo", facts.nginx.exe or "nginx", "-t", *options_of_test(evidence.view.value, (), facts.nginx.conf))
        yield Gap(f"nginx -t: {unfinished}", "timeout" if unfinished == OUT_OF_TIME else "unreadable", shlex.join(by_hand)), True


def _not_read(evidence: Evidence, facts: Facts) -> Iterator[tuple[Gap, bool]]:
    """What the configuration includes and is there, but holds no text to read: a FIFO, a device, a directory, a file without end, an include of itself."""
    for problem in facts.config.problems:
        seen = evidence.files.get(problem.file)
        if problem.kind in ("unreadable", "directory", "too_big", "loop") and seen and seen.value:
            what = {"too_big": f"{seen.value.size} bytes", "loop": "an include of itself"}.get(problem.kind, KINDS[seen.value.kind])
            yield Gap(f"{problem.file} ({what})", "unreadable", ""), True


def _of_logs(evidence: Evidence, facts: Facts) -> Iterator[tuple[Gap, bool]]:
    """Logs that cannot be read, and access logs that do not say how requests ended."""
    yield from ((gap, True) for gap in (*log_places.gaps(evidence, facts.nginx, facts.logs), *access_log.untold(facts.config, facts.logs)))


def _rank(facts: Facts, finding: Finding) -> tuple[float, int, int, int, str]:
    """Most client-visible failures first, after those of the request that was named (nginx not running stands above all), then certainty, the order of the
    causes and the place in the configuration."""
    line = next((clue.where.line for clue in finding.clues if clue.source == "config" and clue.where), 0)
    return (-_visible(facts, finding), CERTAINTIES.index(finding.certainty), _ORDER[finding.cause], line, finding.id)


def _visible(facts: Facts, finding: Finding) -> float:
    """Failures that clients saw of this; those of the request that a person named weigh more than all others."""
    if finding.cause == "nginx_down":
        return 1e18
    if finding.cause == "config_invalid" and not facts.nginx.running:
        return 2e18
    known = lookup.by_key(facts)
    met = [outage for key in dict.fromkeys(finding.outages) for outage in known.get(key, ())]
    return sum(outage.client_visible for outage in met) + (1e15 if any(outage.asked for outage in met) else 0.0)
