"""`tui502 report`: the incident as Markdown, to hand over."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from tui502.model.changes import Receipt
from tui502.model.findings import Clue, Finding, Fix, Incident
from tui502.read import times
from tui502.report import asked
from tui502.report.clean import clean, clean_lines
from tui502.report.clues import told
from tui502.report.outcome import figures
from tui502.report.verdict import head

_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>|#"})


def report(incident: Incident, receipts: Iterable[Receipt] = ()) -> str:
    """The report: verdict, impact, time line, cause with evidence, offered repairs, what was done, what was ruled out and not seen. Secrets are masked."""
    done = tuple(receipts)
    lines = [*_summary(incident), *_time_line(incident, done)]
    for finding in incident.findings:
        lines += _finding(incident, finding)
    lines += _done(done)
    lines += _listed("Ruled out", (f"{item.cause}: {item.why}" for item in incident.ruled_out))
    lines += _listed("Not seen", (f"{gap.source}: {gap.why}" + (f"; closes it: {gap.hint}" if gap.hint else "") for gap in incident.gaps))
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Host text on one line that Markdown shows as it is, secrets masked."""
    return clean(text).translate(_SPECIAL)


def _summary(incident: Incident) -> list[str]:
    top = head(incident, None, None, None, 400)
    nginx, drift = incident.facts.nginx, incident.facts.drift
    runs = "runs" if nginx.running else "does not run"
    state = f"nginx {nginx.version} {runs}, test: {nginx.test}, running configuration against disk: {drift.outright(drift.state)}"
    return [
        f"# {top.word}: {escaped(top.sentence)}",
        "",
        f"- host {escaped(incident.evidence.host)}, seen {times.iso(incident.evidence.taken_at)}; {escaped(state)}",
        f"- since: {escaped(top.since)}",
        f"- verdict: {incident.verdict.replace('_', ' ')}, {top.known_word.lower()}",
        *(f"- asked: {escaped(text)}" for text in asked.clauses(incident)),
        *(f"- impact: {escaped(line)}" for line in _impact(incident)),
        "",
    ]


def _impact(incident: Incident) -> Iterator[str]:
    for outage in incident.facts.outages:
        share = f", {outage.share:.0%} of requests" if outage.share is not None and outage.now else ""
        state = "goes on" if outage.now else "is over"
        symptom = " ".join(outage.symptoms).replace("_", " ") or "the named request"
        yield f"{outage.target.server or 'a server'}: {symptom} at {outage.target.peer}, {outage.client_visible} failures{share}, {state}"


def _time_line(incident: Incident, receipts: Sequence[Receipt]) -> list[str]:
    events = [(flip.at, f"{flip.peer}: {flip.was} → {flip.now}") for flip in incident.evidence.flips]
    for outage in incident.facts.outages:
        what = f"{' '.join(outage.symptoms).replace('_', ' ')} at {outage.target.peer} ({outage.target.server})"
        events += [(outage.first, f"first {what}"), (outage.last, f"last {what}")]
    named = {name for state in incident.facts.peers for name in (state.unit, *state.expected_units, *(each.unit for each in state.candidates if each.ties))}
    events += [(unit.since, f"{unit.name} is {unit.state}") for unit in incident.facts.units if unit.name in named]
    events += [(receipt.at, f"{receipt.outcome}: {receipt.why}") for receipt in receipts]
    lines = [f"- {times.iso(at)}  {escaped(text)}" for at, text in sorted(events) if at]
    return ["## Time line", "", *lines, ""] if lines else []


def _finding(incident: Incident, finding: Finding) -> list[str]:
    lines = [f"## {finding.cause} ({finding.certainty})", "", escaped(finding.summary), "", *(_clue(clue) for clue in finding.clues), ""]
    for fix in finding.fixes:
        lines += _fix(fix)
    return lines


def _clue(clue: Clue) -> str:
    at = f" at {times.iso(clue.at)}" if clue.at else ""
    against = "against it, " if clue.side == "against" else ""
    return f"- {against}{clue.source}{at}: {escaped(told(clue))}"


def _fix(fix: Fix) -> list[str]:
    lines = [f"Repair {fix.id}: {escaped(fix.title)}. {escaped(fix.why)}. Risk: {escaped(fix.risk)}.", ""]
    body = clean_lines(fix.diff)
    body += [clean(shlex.join(command.argv)) for command in fix.commands]
    return [*lines, *(f"    {line}" for line in body), ""] if body else lines


def _done(receipts: Sequence[Receipt]) -> list[str]:
    lines = ["## What was done", ""] if receipts else []
    for receipt in receipts:
        compared = escaped(receipt.why if receipt.change.undoes else f"{receipt.why}; {figures(receipt.before, receipt.after)}")
        lines.append(f"- {receipt.outcome} {times.iso(receipt.at)} by {escaped(receipt.who)}: {compared}")
        lines += [f"    - {escaped(f'{fix.cause}: {fix.title}')}" for fix in receipt.change.fixes]
        lines += [f"    - backup {escaped(path)}" for path in receipt.backups]
    return [*lines, ""] if lines else []


def _listed(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {escaped(item)}" for item in items]
    return [f"## {title}", "", *lines, ""] if lines else []
