"""Which page failed first. While the workers of a backend are busy with one page, every other one waits behind it and fails too: what tells them apart is
how it began."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import LogTarget, Onset
from tui502.read import answers, own
from tui502.read.counts import STEP, STEPS
from tui502.read.error_log import Record, parse

LEAST = 3
"""Failures of one page before any other failed, below which it may be chance."""

_LINE = re.compile(r"(GET|HEAD) (/[!->@-~]*)(?:[?#][!-~]*)?(?: HTTP/\d(?:\.\d)?)?\Z")
_GOOD = ("2", "3")
_SPAN = STEPS * STEP
"""Seconds back to which tallies count by steps."""


def onset(evidence: Evidence, logs: Iterable[LogTarget], tallies: Iterable[Tally]) -> Onset | None:
    """How the failures of these tallies, one symptom of one peer and server, began; None where no page stands out, it fails no more, it is long ago, or a
    log was not read from its beginning."""
    logs, tallies = tuple(logs), tuple(tallies)
    if any(seen.start for seen in answers.logs_of(evidence, logs, "error")):
        return None
    first = sorted((record for tally in tallies for raw in tally.oldest if (record := parse(raw, evidence.utc_offset)).at), key=lambda record: record.at or 0.0)
    page = _page(first[0]) if first else None
    if page is None or evidence.taken_at - (first[0].at or 0.0) > _SPAN or not _goes_on(evidence, logs, page):
        return None
    later = next((n for n, record in enumerate(first) if _page(record) != page), len(first))
    if later < LEAST:
        return None
    began, others = first[0].at or 0.0, (first[later].at or 0.0) if later < len(first) else 0.0
    until = others or max(tally.last for tally in tallies)
    return Onset(first[0].raw, *page, times=later, began=began, others=others, answered=_answered(evidence, logs, began, until))


def _page(record: Record) -> tuple[str, str] | None:
    """(method, path) of a request that may be asked again, None of another one."""
    found = _LINE.match(record.request)
    return (found[1], found[2]) if found else None


def _goes_on(evidence: Evidence, logs: tuple[LogTarget, ...], page: tuple[str, str]) -> bool:
    """Is it among the newest failures too?"""
    words = " ".join(page).encode("utf-8", "surrogateescape")
    told = re.compile(b'request: "' + re.escape(words) + rb'[ ?"]')
    return any(told.search(raw) and own.RAW_MARK not in raw for seen in answers.logs_of(evidence, logs, "error") for raw in reversed(seen.newest))


def _answered(evidence: Evidence, logs: tuple[LogTarget, ...], began: float, until: float) -> int | None:
    """How many requests were answered well between these times, to ten seconds; None where no access log tells."""
    seen = tuple(answers.logs_of(evidence, logs, "access"))
    good = [tally for log in seen for tally in log.tallies if tally.symptom[:1] in _GOOD]
    return sum(answers.since(tally, began) - answers.since(tally, until + STEP) for tally in good) if seen else None
