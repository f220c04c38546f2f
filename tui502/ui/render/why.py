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
    if incident.verdict in ("no_fault", "recovered"):
        out += _looked_at(incident, width)
    return out + _ruled_out(incident, width) + _gaps(incident, width) + _looking(incident, width)


def title(moment: Moment) -> tuple[str, str]:
    found = len(moment.incident.findings) if moment.incident else 0
    if moment.incident is not None and moment.incident.verdict == "undecided" and found:
        decides = sum(finding.decider is not None for finding in moment.incident.findings)
        looks = f", {decides} look{'s decide' if decides != 1 else ' decides'}" if decides else ""
        return "0 Why", f"{found} explanation{'s' if found != 1 else ''}{looks}"
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


def _looked_at(incident: Incident, width: int) -> list[Row]:
    """What was seen to be well, so that "nothing is wrong" can be believed."""
    facts = incident.facts
    peers = {peer.peer: peer.state for peer in facts.peers}
    fine = sum(state == "UP" for state in peers.values())
    others = [f"{peer} {state}" for peer, state in peers.items() if state != "UP"]
    read = [seen.value for seen in incident.evidence.logs.values() if seen.value]
    loaded = {"same": "all loaded", "differs": f"{', '.join(facts.drift.changed)} not loaded", "unknown": "loaded? not seen"}[facts.drift.state]
    test = {"ok": "-t ok", "failed": "-t fails", "not_run": "-t not run"}[facts.nginx.test]
    pairs = [
        ("nginx", f"running, {len(facts.nginx.workers)} workers, {test}, {loaded}" if facts.nginx.running else facts.nginx.why_not),
        ("logs", f"{len(read)} read: {', '.join(log.source for log in read)}" if read else "none was read"),
        ("backends", "; ".join([f"{fine} of {len(peers)} UP", *others]) if peers else "nginx passes nothing to a backend"),
        ("units", ", ".join(f"{unit.name} {unit.state}" for unit in facts.units)),
    ]
    return [row(" looked at"), *(line for label, text in pairs if text for line in labelled(f"   {label}", neutral(text), width, 13))]


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
