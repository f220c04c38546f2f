"""The head of the watch: whether it stays well, since when, and how that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.model.changes import Receipt
from tui502.model.evidence import Tally
from tui502.model.findings import Incident
from tui502.read import access_log, answers, keys, times
from tui502.read.hosted import status_of
from tui502.report import outcome, rate, site
from tui502.text import neutral

if TYPE_CHECKING:
    from tui502.report.verdict import Head

GOOD = ("UP", "RECOVERED")
"""Words of the site under which nothing is to be done."""


def told(head: Head, incident: Incident, receipt: Receipt | None, since: float, now: float) -> Head:
    """`head` as it is while somebody watches since `since`. What fails again is told as ever."""
    if head.word not in GOOD:
        return head
    last = rate.newest(tally for tally in rate.failures(incident) if receipt is None or _key(tally) in receipt.change.mends)
    quiet = times.span(now - max(since, last))
    failed, asked = requests(incident, since)
    counted = [f"{failed} of {asked} requests fail"] if asked else [f"{rate.between(rate.failures(incident), since)} failures"]
    fine = site.fine(incident)
    others = [f"{fine} site{'' if fine == 1 else 's'} fine"] if fine else []
    clock = times.clock(since, now, incident.evidence.utc_offset)
    known = list(_known(incident, receipt, since))
    changed = receipt is not None and receipt.outcome in ("VERIFIED", "KEPT")
    of = f"the change of {clock} ({receipt.outcome})" if receipt and changed else clock
    name = outcome.site_of(receipt) if receipt and changed else "nginx and its backends"
    return replace(
        head, word="UP", sentence=f"{name} work{'s' if changed else ''}: quiet for {quiet}{' since' if changed else ', watched since'} {of}",
        since=" · ".join((clock, *counted, *others)), known_word="PROVEN" if known else head.known_word, known=" · ".join(known) or head.known,
        next="nothing to do · q  leave the watch",
    )  # fmt: skip


def _key(tally: Tally) -> str:
    return keys.outage_key(tally.symptom, tally.peer, tally.server)


def requests(incident: Incident, since: float) -> tuple[int, int]:
    """(those that got 502 or 504, all) in the access logs since a moment; (0, 0) where none is read."""
    tallies = [tally for seen in answers.logs_of(incident.evidence, incident.facts.logs, "access") for tally in seen.tallies]
    bad = [tally for tally in tallies if tally.symptom in access_log.GATEWAY]
    return rate.between(bad, since), rate.between(tallies, since)


def _known(incident: Incident, receipt: Receipt | None, since: float) -> Iterator[str]:
    """The newest answer to the request that failed, and whether the process behind the backend is the same."""
    if receipt is None:
        return
    request, evidence = receipt.before.request, incident.evidence
    begun = min((since, *(result.at - result.took for result in receipt.results if result.kind in ("reload", "command") and result.ok)))
    seen = evidence.exchanges.get(keys.replay_key(request)) if request else None
    if request and seen and seen.value and seen.at > begun and (status := status_of(seen.value)):
        took = f" in {seen.value.first_byte * 1000:.0f} ms" if seen.value.first_byte is not None else ""
        yield f"{request.method} {neutral(request.uri)} {status}{took} at {times.clock(seen.at, evidence.taken_at, evidence.utc_offset)}"
    state = next((each for each in incident.facts.peers if receipt.change.peer and each.peer == receipt.change.peer), None)
    process = next((each for each in evidence.processes.value or () if state and each.pid == state.pid), None)
    if process and process.started < since:
        yield f"{neutral(process.name)} {process.pid} unchanged"


def tallies_of(incident: Incident) -> dict[tuple[str, str], list[Tally]]:
    """Failed tries by symptom and peer, those that failed last first."""
    found: dict[tuple[str, str], list[Tally]] = {}
    for tally in sorted(rate.failures(incident), key=lambda each: -each.last):
        found.setdefault((tally.symptom, tally.peer), []).append(tally)
    return found
