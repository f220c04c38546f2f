"""The time line of an incident: what changed, the first and the last failure, what was started and went up again; oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.read.symptoms import WORDS
from tui502.text import neutral
from tui502.ui.render import events
from tui502.ui.render.spans import Row, cell, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.ui.moment import Moment

MOST = 12
"""Events that are shown, the newest."""


def rows(moment: Moment, width: int) -> list[Row]:
    incident = moment.incident
    if incident is None:
        return []
    found = [(event.at, f"{event.what} {event.change} {event.how}".replace("  ", " ")) for event in events.of(moment)]
    for outage in incident.facts.outages:
        word = WORDS.get(outage.symptoms[0], outage.symptoms[0].replace("_", " ")) if outage.symptoms else "failing request"
        where = neutral(f"{word} at {outage.target.peer or outage.target.server}")
        found += [(outage.first, f"first {where}"), (outage.last, f"last {where}, {outage.client_visible} requests failed")]
    told = sorted({pair for pair in found if pair[0]})[-MOST:]
    return [row(f"   {clock(at, moment.utc_offset)}  ", cell(neutral(text), width - 14)) for at, text in told]
