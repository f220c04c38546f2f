"""How many requests failed when: the right end of the status row."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import LogSeen, Seen
from tui502.model.findings import Incident
from tui502.read.symptoms import FAILING, TIMEOUTS

BARS = "▁▂▃▄▅▆▇█"
MINUTES = 20


def rate(incident: Incident, cells: int, *, label: bool = True) -> str:
    """ "502 ▁▁▁▇█▇█ 38/min": the failures of the last twenty minutes in `cells` columns, and how many a minute now. `label`: with the status before it."""
    now = [outage for outage in incident.facts.outages if outage.now]
    status = "504" if now and set(now[0].symptoms) <= TIMEOUTS and now[0].symptoms else "502"
    if not any(seen.value for seen in _error_logs(incident)):
        return f"{status} not seen" if label else "not seen"
    parts = [status] if label else []
    if cells:
        parts.append(spark(series(incident, cells)))
    return " ".join((*parts, f"{last_minute(incident)}/min"))


def last_minute(incident: Incident) -> int:
    """Failed attempts of the last sixty seconds."""
    return sum(count for at, count in _tens(incident) if at > incident.evidence.taken_at - 60)


def series(incident: Incident, cells: int) -> list[int]:
    """Failed attempts in `cells` equal parts of the last twenty minutes, oldest first."""
    counts = [0] * cells
    now, width = incident.evidence.taken_at, MINUTES * 60 / max(1, cells)
    for at, count in _tens(incident):
        cell = int((now - at) // width)
        if cell < cells:
            counts[max(0, cell)] += count
    return counts[::-1]


def _tens(incident: Incident) -> Iterator[tuple[float, int]]:
    """(time, failed attempts) in steps of ten seconds."""
    for seen in _error_logs(incident):
        for tally in seen.value.tallies if seen.value else ():
            if tally.symptom in FAILING:
                yield from ((tally.last - 10 * n, count) for n, count in enumerate(reversed(tally.per_10s)))


def spark(values: list[int]) -> str:
    """A row of bars, the highest value full height; 0 is the lowest bar."""
    top = max(values, default=0)
    return "".join(BARS[0] if not value else BARS[max(1, round(value * 7 / top))] for value in values)


def _error_logs(incident: Incident) -> list[Seen[LogSeen]]:
    paths = dict.fromkeys(target.path for target in incident.facts.logs if target.kind == "error")
    return [seen for path in paths if (seen := incident.evidence.logs.get(path))]
