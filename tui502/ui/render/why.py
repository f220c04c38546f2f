"""Rows of the pane "why": each explanation with what speaks for it and against it, the look that decides, what was ruled out, what was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.report import clues, site
from tui502.report.status import not_loaded
from tui502.text import neutral
from tui502.ui.moment import Moment
from tui502.ui.render import decider
from tui502.ui.render.items import Item, Line
from tui502.ui.render.spans import Row, cell, cell_len, labelled, row, wrap
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.findings import Clue, Finding, Incident, Side

_AT = 13
_GAPS = {"denied": "denied", "absent": "not there", "timeout": "no answer in time", "unreadable": "not readable", "not_asked": "not asked"}


def lines(moment: Moment, width: int) -> list[Line]:
    """All of it; nothing while nothing is known."""
    incident = moment.incident
    out: list[Line] = []
    if incident is None:
        return out
    for n, finding in enumerate(incident.findings, 1):
        out += _finding(n, finding, moment, width)
    if not incident.findings:
        good = {"no_fault": "nothing fails", "recovered": "it works again"}
        out.append(Line(row(f" nothing is named: {good.get(incident.verdict, 'no cause fits what was seen')}")))
    rows = decider.rows(incident, width, moment.utc_offset)
    if incident.verdict in ("no_fault", "recovered"):
        rows += [*_happened(moment, width), *_looked_at(incident, width)]
    rows += [*_ruled_out(incident, width), *_gaps(incident, width), *_looking(incident, width)]
    return out + [Line(line) for line in rows]


def title(moment: Moment) -> tuple[str, str]:
    incident = moment.incident
    found = len(incident.findings) if incident else 0
    if incident is not None and site.rivals(incident):
        decides = len({finding.decider.key for finding in incident.findings if finding.decider})
        looks = f", {decides} look{'s decide' if decides != 1 else ' decides'}" if decides else ""
        return "0 Why", f"{found} explanations{looks}"
    if incident is not None and incident.verdict in ("no_fault", "recovered"):
        return "0 Why", "nothing is offered while nothing fails"
    return "0 Why", f"{found} finding{'s' if found != 1 else ''}" if incident else ""


def _finding(n: int, finding: Finding, moment: Moment, width: int) -> list[Line]:
    """The explanation, its cause at the right where there is room; then for and against, each clue once."""
    item, mark = Item(finding.id), "▸" if finding.id == moment.chosen.finding else " "
    summary, cause = _fact(finding, moment.incident), neutral(finding.cause)
    parts = wrap(summary, max(20, width - _AT))
    head = row(f"{mark}{n} ", (f"{finding.certainty.upper():<10}", "key"))
    room = width - _AT - cell_len(parts[0]) - 2
    first = row(cell(parts[0], max(cell_len(parts[0]), 40)), "  ", cause) if len(parts) == 1 and room >= len(cause) else row(parts[0])
    out = [Line((*head, *first), item), *(Line(row(" " * _AT, part), item) for part in parts[1:])]
    if len(parts) > 1 or room < len(cause):
        out.append(Line(row(" " * _AT, cause), item))
    return out + _clues("for", finding, moment, width) + _clues("against", finding, moment, width)


def _fact(finding: Finding, incident: Incident | None) -> str:
    """The sentence; of rivals only what tells them apart: the head has said what fails."""
    if incident is not None and finding in site.rivals(incident):
        return neutral(finding.summary.partition(": ")[2] or finding.summary)
    return neutral(finding.summary)


def _clues(side: Side, finding: Finding, moment: Moment, width: int) -> list[Line]:
    out: list[Line] = []
    for n, clue in enumerate(finding.clues):
        if clue.side == side:
            label = f"   {side}" if not out else ""
            out += [Line(line, Item(finding.id, n)) for line in labelled(label, _clue(clue, moment), width, _AT)]
    return out


def _clue(clue: Clue, moment: Moment) -> str:
    at, text = clock(clue.at, moment.utc_offset) if clue.at else "", clues.told(clue, brief=True)
    return f"{at}  {text}" if at and at not in text else text


def _happened(moment: Moment, width: int) -> list[Row]:
    """The time line, oldest first."""
    from tui502.ui.render import timeline

    found = timeline.rows(moment, width)
    return [row(" what happened"), *found] if found else []


def _looked_at(incident: Incident, width: int) -> list[Row]:
    """What was seen to be well, so that "nothing is wrong" can be believed."""
    facts = incident.facts
    peers = {peer.peer: peer.state for peer in facts.peers}
    fine = sum(state == "UP" for state in peers.values())
    others = [f"{peer} {state}" for peer, state in peers.items() if state != "UP"]
    read = [seen.value for seen in incident.evidence.logs.values() if seen.value]
    loaded = {"same": "all loaded", "differs": f"{', '.join(facts.drift.changed)} {not_loaded(facts.drift)}", "unknown": "loaded? not seen"}[facts.drift.state]
    test = {"ok": "-t ok", "failed": "-t fails", "not_run": "-t not run"}[facts.nginx.test]
    pairs = [
        ("nginx", f"running, {len(facts.nginx.workers)} workers, {test}, {loaded}" if facts.nginx.running else facts.nginx.why_not),
        ("logs", f"{len(read)} read: {', '.join(log.source for log in read)}" if read else "none was read"),
        ("backends", "; ".join([f"{fine} of {len(peers)} UP", *others]) if peers else "nginx passes nothing to a backend"),
        ("units", ", ".join(f"{unit.name} {unit.state}" for unit in facts.units)),
    ]
    return [row(" looked at"), *(line for label, text in pairs if text for line in labelled(f"   {label}", neutral(text), width, _AT))]


def _ruled_out(incident: Incident, width: int) -> list[Row]:
    if not incident.ruled_out:
        return []
    at = min(26, max(20, *(len(item.cause) + 5 for item in incident.ruled_out)))
    out = [row(" ruled out")]
    for item in incident.ruled_out:
        out += labelled(f"   {neutral(item.cause)}", neutral(item.why), width, at)
    return out


def _gaps(incident: Incident, width: int) -> list[Row]:
    if not incident.gaps:
        return [row(" not seen    nothing")]
    out, at = [row(" not seen")], 29 if width >= 70 else 20
    for gap in incident.gaps:
        closes = f"; closes it: {gap.hint}" if gap.hint else ""
        text, source = neutral(f"{_GAPS[gap.why]}{closes}"), neutral(gap.source)
        if cell_len(source) > at - 5:
            out += [row("   ", part) for part in wrap(source, width - 4)] + [row(" " * at, part) for part in wrap(text, max(8, width - at))]
        else:
            out += labelled(f"   {source}", text, width, at)
    return out


def _looking(incident: Incident, width: int) -> list[Row]:
    out = [row(" looking")] if incident.looking else []
    for look in incident.looking:
        out += labelled("   " + neutral(look.kind), neutral(look.reason or look.key), width, 16)
    return out
