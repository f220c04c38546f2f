"""How many requests failed when: the right end of the status row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from tui502.model.evidence import LogSeen, Seen, Tally
from tui502.model.findings import Incident
from tui502.read.access_log import ANSWERED, TRIED, UNASKED
from tui502.read.answers import logs_of
from tui502.read.symptoms import FAILING, OWN_ANSWERS, TIMEOUTS
from tui502.text import neutral

BARS = "▁▂▃▄▅▆▇█"
MINUTES = 20
_OWN_504 = frozenset(symptom for symptom in OWN_ANSWERS if symptom.endswith("504"))


def rate(incident: Incident, cells: int, *, label: bool = True) -> str:
    """ "502 ▁▁▁▇█▇█ 38/min": the failures of the last twenty minutes in `cells` columns, and how many a minute now. `label`: with the status before it."""
    now = [outage for outage in incident.facts.outages if outage.now]
    status = "504" if now and now[0].symptoms and set(now[0].symptoms) <= TIMEOUTS | _OWN_504 else "502"
    if not any(seen.value for seen in _error_logs(incident)) and not any(_own_answers(incident)):
        return f"{status} not seen" if label else "not seen"
    parts = [status] if label else []
    if cells:
        parts.append(spark(series(incident, cells)))
    return " ".join((*parts, f"{last_minute(incident)}/min"))


def last_minute(incident: Incident) -> int:
    """What failed in the last sixty seconds."""
    return between(_all(incident), incident.evidence.taken_at - 60)


def series(incident: Incident, cells: int) -> list[int]:
    """What failed in `cells` equal parts of the last twenty minutes, oldest first."""
    return spread(_all(incident), incident.evidence.taken_at, cells)


def failures(incident: Incident) -> list[Tally]:
    """What was logged of failed attempts."""
    return [tally for seen in _error_logs(incident) for tally in (seen.value.tallies if seen.value else ()) if tally.symptom in FAILING]


def _all(incident: Incident) -> list[Tally]:
    """Failed attempts, and the 502 and 504 behind which none stands."""
    return [*failures(incident), *_own_answers(incident)]


def _own_answers(incident: Incident) -> Iterator[Tally]:
    """What access logs count of the outages in which the application or nginx itself answered so."""
    own = {(outage.symptoms[0][-3:], outage.target.peer) for outage in incident.facts.outages if OWN_ANSWERS & {*outage.symptoms}}
    for seen in logs_of(incident.evidence, incident.facts.logs, "access") if own else ():
        yield from (tally for tally in seen.tallies if tally.phase in (ANSWERED, TRIED, UNASKED) and (tally.symptom, neutral(tally.peer)) in own)


def newest(tallies: Iterable[Tally]) -> float:
    """When the last of them came; 0 where there is none."""
    return max((tally.last for tally in tallies), default=0.0)


def between(tallies: Iterable[Tally], first: float, last: float = math.inf) -> int:
    """How many of them came after `first` and not after `last`, to ten seconds."""
    return sum(count for at, count in _tens(tallies) if first < at <= last)


def spread(tallies: Iterable[Tally], now: float, cells: int) -> list[int]:
    """How many of them came in `cells` equal parts of the twenty minutes before `now`, oldest first."""
    counts = [0] * cells
    width = MINUTES * 60 / max(1, cells)
    for at, count in _tens(tallies):
        cell = int((now - at) // width)
        if cell < cells:
            counts[max(0, cell)] += count
    return counts[::-1]


def _tens(tallies: Iterable[Tally]) -> Iterator[tuple[float, int]]:
    """(time, failed attempts) in steps of ten seconds."""
    for tally in tallies:
        yield from ((tally.last - 10 * n, count) for n, count in enumerate(reversed(tally.per_10s)))


def spark(values: list[int]) -> str:
    """A row of bars, the highest value full height; 0 is the lowest bar."""
    top = max(values, default=0)
    return "".join(BARS[0] if not value else BARS[max(1, round(value * 7 / top))] for value in values)


def _error_logs(incident: Incident) -> list[Seen[LogSeen]]:
    paths = dict.fromkeys(target.path for target in incident.facts.logs if target.kind == "error")
    return [seen for path in paths if (seen := incident.evidence.logs.get(path))]
