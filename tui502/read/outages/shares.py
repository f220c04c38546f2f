"""The share of requests that got 502 or 504, as access logs tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tui502.model.evidence import Evidence
from tui502.read.access_log import ANSWERED, GATEWAY, UNASKED
from tui502.read.answers import Answer, of_server, since
from tui502.read.counts import STEP
from tui502.read.memo import Memo
from tui502.read.outages.spans import recent

_OWN = (ANSWERED, UNASKED)

_STEPS = int(60 // STEP)

LEAST = 10
"""Requests below which a minute says nothing."""


_peaks: Memo[dict[tuple[str, bool], float | None]] = Memo()
"""The worst minute by server ('' for all) and `own`."""


def shares(evidence: Evidence, told: tuple[Answer, ...], server: str, first: float, own: bool = False) -> tuple[float | None, float | None]:
    """(share in the requests of this server, of all where they are not told apart: of the last five minutes, fewer where the outage is younger; its worst
    minute of the last two hours). None where nothing was asked. What the application or nginx answered of its own counts only for an outage of that kind
    (`own`), as far as access logs tell."""
    all_of = of_server(told, server, first)
    bad = [each for each in all_of if each.tally.symptom in GATEWAY and (own or each.tally.phase not in _OWN)]
    total = sum(_counted(evidence, each, first) for each in all_of)
    peaks = _peaks((told,), dict)
    which = server if all_of is not told else "", own
    if which not in peaks:
        peaks[which] = _peak(all_of, bad)
    return (sum(_counted(evidence, each, first) for each in bad) / total if total else None), peaks[which]


def _counted(evidence: Evidence, each: Answer, first: float) -> int:
    return min(recent(each.tally, evidence.taken_at), since(each.tally, first))


def _peak(told: Iterable[Answer], bad: Iterable[Answer]) -> float | None:
    asked, failed = _by_minute(told), _by_minute(bad)
    return max((failed[minute] / count for minute, count in asked.items() if count >= LEAST), default=None)


def _by_minute(told: Iterable[Answer]) -> Counter[int]:
    found = Counter[int]()
    for each in told:
        counts = each.tally.per_10s
        begin = int(each.tally.last // STEP) - len(counts) + 1
        for minute in range(begin // _STEPS, (begin + len(counts) - 1) // _STEPS + 1):
            found[minute] += sum(counts[max(0, minute * _STEPS - begin) : (minute + 1) * _STEPS - begin])
    return found
