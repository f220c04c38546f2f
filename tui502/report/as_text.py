"""`tui502 diagnose`: the verdict in under a screen, made to be read aloud: what is broken, since when and for whom, proof, fix, gaps."""

from __future__ import annotations

import shlex
import textwrap

from tui502.model.evidence import Gap
from tui502.model.findings import Finding, Fix, Incident
from tui502.report import asked, masters, site
from tui502.report.clean import clean, clean_lines
from tui502.report.verdict import head

WIDTH = 80
MOST_LINES = 23
"""Lines that a terminal of 24 rows shows above the next prompt."""

_GAP_LINES = 3
"""Lines for what was not seen; a command is never cut, for people copy it."""

_AT = 10


def text(incident: Incident) -> str:
    """The diagnosis, secrets masked. Never more lines than fit a small terminal: what is left out is counted, and stands in --json."""
    top = head(incident, None, None, None, WIDTH)
    lines = [*_row(top.word, top.sentence), *_row("SINCE", top.since)]
    if told := asked.clauses(incident):
        lines += _row("ASKED", " · ".join(told), 5)
    named = incident.findings if incident.verdict != "undecided" and not site.rivals(incident) else ()
    finding = named[0] if named else None
    lines += [line for note in masters.notes(incident.evidence, incident.facts.nginx) for line in _row("NGINX", note)]
    lines += _proof(top.known_word, top.known, finding)
    for fix in finding.fixes if finding else ():
        lines += _fix(fix)
    lines += _others(incident, incident.findings[len(named[:1]) :])
    lines += _gaps(incident)
    if len(lines) > MOST_LINES:
        left = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], f"{'':{_AT}}{left} more lines: tui502 diagnose --json has all"]
    return "\n".join(line.rstrip() for line in lines)


def _row(word: str, body: str, most: int = 3) -> list[str]:
    lines = textwrap.wrap(clean(body), WIDTH - _AT, break_long_words=False, break_on_hyphens=False)[:most] or [""]
    return [f"{word if n == 0 else '':<{_AT}}{line}" for n, line in enumerate(lines)]


def _proof(word: str, known: str, finding: Finding | None) -> list[str]:
    clues = finding.clues_of("for") if finding else ()
    if not clues:
        return _row(word, known)
    return [line for n, clue in enumerate(clues[:5]) for line in _row(word if n == 0 else "", clue.text, 2)]


def _fix(fix: Fix) -> list[str]:
    lines = _row("ADVICE" if fix.kind == "advice" else "FIX", f"{fix.title}, because {fix.why}")
    shown = [line for line in clean_lines(fix.diff) if line.startswith(("-", "+")) and not line.startswith(("---", "+++"))]
    lines += [f"{'':{_AT}}{line}" for line in shown[:4]]
    lines += [f"{'':{_AT}}{clean(shlex.join(command.argv))}" for command in fix.commands]
    lines += _row("", f"risk: {fix.risk}", 2)
    if fix.kind != "advice":
        lines += _row("", f"tui502 fix {fix.id}")
    return lines


def _others(incident: Incident, findings: tuple[Finding, ...]) -> list[str]:
    """What else is wrong: findings, with their repairs where no cause of what fails is named; sites that fail and of which no cause is named."""
    lines: list[str] = []
    for finding in findings[:3]:
        lines += _row("ALSO", f"{finding.summary} ({finding.certainty})", 2)
        for fix in finding.fixes if incident.verdict == "undecided" or site.rivals(incident) else ():
            lines += _fix(fix)
    explained = {key for finding in incident.findings for key in finding.outages}
    named = {outage.target.server for outage in incident.facts.outages if outage.key in explained}
    unnamed = [name for name in site.others_failing(incident) if name not in named]
    lines += [line for name in unnamed[:3] for line in _row("ALSO", f"{name} fails, no cause named", 2)]
    return lines + (_row("ALSO", f"{len(unnamed) - 3} more sites fail, no cause named") if len(unnamed) > 3 else [])


def _gaps(incident: Incident) -> list[str]:
    words = {"denied": "denied", "absent": "not there", "timeout": "no answer in time", "unreadable": "not readable", "not_asked": "not asked"}
    gaps = sorted((gap for gap in incident.gaps if not (_of_a_manager(gap) and _settled(incident))), key=_of_a_manager)
    told = [f"{gap.source} {words[gap.why]}" + (f" ({gap.hint})" if gap.hint else "") for gap in gaps[:3]]
    for n in range(len(told), 0, -1):
        more = [f"{len(gaps) - n} more"] if len(gaps) > n else []
        rows = _row("NOT SEEN", " · ".join((*told[:n], *more)), MOST_LINES)
        if len(rows) <= _GAP_LINES or n == 1:
            return rows
    return []


def _of_a_manager(gap: Gap) -> bool:
    """Is it a supervisord, mostly of somebody else, that was not asked?"""
    return gap.source.startswith(("supervisord ", "supervisorctl "))


def _settled(incident: Incident) -> bool:
    """Is it known without asking further who serves what?"""
    return incident.verdict in ("no_fault", "recovered") or any(finding.certainty == "proven" for finding in incident.findings[:1])
