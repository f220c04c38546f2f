"""Rows of the pane "why": clues, what was ruled out, what was not seen, other findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.moment import Moment
from tui502.ui.render.spans import Row, labelled, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.config import Where
    from tui502.model.findings import Clue, Finding, Incident

_AT = 12
_GAPS = {"denied": "denied", "absent": "not there", "timeout": "no answer in time", "unreadable": "not readable", "not_asked": "not asked"}


def rows(moment: Moment, width: int) -> list[Row]:
    incident = moment.incident
    if incident is None:
        return [row(" ", ("looking…", "looking"))]
    out: list[Row] = []
    for n, finding in enumerate(incident.findings, 1):
        out += _finding(n, finding, moment, width)
    if not incident.findings:
        out.append(
            row(" nothing is named: " + {"no_fault": "nothing fails", "recovered": "it works again"}.get(incident.verdict, "no cause fits what was seen"))
        )
    return out + _ruled_out(incident, width) + _gaps(incident, width) + _looking(incident, width)


def title(moment: Moment) -> tuple[str, str]:
    found = len(moment.incident.findings) if moment.incident else 0
    if moment.incident is not None and moment.incident.verdict in ("no_fault", "recovered"):
        return "0 Why", "nothing is offered while nothing fails"
    return "0 Why", f"{found} finding{'s' if found != 1 else ''}" if moment.incident else ""


def place(where: Where | None) -> str:
    return f"{where.file}:{where.line}" if where else ""


def _finding(n: int, finding: Finding, moment: Moment, width: int) -> list[Row]:
    mark = "▸" if finding.id == moment.chosen.finding else " "
    out = [row(f"{mark}{n} ", (finding.certainty.upper(), "key"), f"  {neutral(finding.cause)}")]
    out += labelled("", neutral(finding.summary), width, 3)
    for clue in finding.clues:
        out += labelled(f"   {neutral(clue.source)}", _clue(clue, moment), width, 16)
    if finding.decider is not None:
        out += labelled("   decider", neutral(f"{finding.decider.reason}: r takes the look"), width, 16)
    return out


def _clue(clue: Clue, moment: Moment) -> str:
    at = f"{clock(clue.at, moment.utc_offset)}  " if clue.at else ""
    where = f"  ({place(clue.where)})" if clue.where else ""
    return neutral(f"{at}{clue.text}{where}")


def _ruled_out(incident: Incident, width: int) -> list[Row]:
    out = [row(" ruled out")] if incident.ruled_out else []
    for item in incident.ruled_out:
        out += labelled(f"   {neutral(item.cause)}", neutral(item.why), width, 22)
    return out


def _gaps(incident: Incident, width: int) -> list[Row]:
    if not incident.gaps:
        return [row(" not seen    nothing")]
    out = [row(" not seen")]
    for gap in incident.gaps:
        closes = f"; closes it: {gap.hint}" if gap.hint else ""
        out += [row(" ", ("?", "unknown"), *line) for line in labelled(f" {neutral(gap.source)}", neutral(f"{_GAPS[gap.why]}{closes}"), width - 2, 24)]
    return out


def _looking(incident: Incident, width: int) -> list[Row]:
    out = [row(" looking")] if incident.looking else []
    for look in incident.looking:
        out += labelled("   " + neutral(look.kind), neutral(look.reason or look.key), width, _AT + 4)
    return out
