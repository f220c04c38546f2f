"""`tui502 diagnose --json`: the public contract, schema 1. Additions are allowed, `schema` is raised on a break."""

from __future__ import annotations

import json
from typing import Any

from tui502 import __version__
from tui502.model.evidence import View
from tui502.model.facts import Outage, Target
from tui502.model.findings import Clue, Finding, Fix, Incident
from tui502.read import times
from tui502.read.editing import Editing, editing
from tui502.report import asked
from tui502.report.clean import clean, clean_lines
from tui502.text import mask_words, neutral

SCHEMA = 1


def document_text(incident: Incident, elapsed_ms: int) -> str:
    """The document as indented ASCII JSON; nothing in it can steer a terminal."""
    return json.dumps(document(incident, elapsed_ms), indent=1)


def document(incident: Incident, elapsed_ms: int) -> dict[str, Any]:
    """The document. Times are UTC with a "Z" or null; every text of the host is neutral, and secrets in it are masked."""
    evidence, facts = incident.evidence, incident.facts
    return {
        "schema": SCHEMA,
        "tui502": __version__,
        "host": neutral(evidence.host),
        "taken_at": times.iso(evidence.taken_at),
        "elapsed_ms": elapsed_ms,
        "verdict": incident.verdict,
        "nginx": {
            "running": facts.nginx.running,
            "pid": facts.nginx.pid,
            "version": facts.nginx.version,
            "conf": neutral(facts.nginx.conf),
            "test": facts.nginx.test,
            "running_config": facts.drift.outright(facts.drift.state),
            "running_config_why": clean(facts.drift.why),
        },
        "other_masters": [_master(view) for view in evidence.other_masters],
        "findings": [_finding(incident, finding) for finding in incident.findings],
        "ruled_out": [{"cause": item.cause, "why": clean(item.why)} for item in incident.ruled_out],
        "gaps": [{"source": clean(gap.source), "why": gap.why, "hint": clean(gap.hint)} for gap in incident.gaps],
        "asked": asked.document(incident),
        "editing": [_editor(one) for one in editing(evidence, facts.config)],
    }


def _master(view: View) -> dict[str, Any]:
    return {"pid": view.pid, "exe": neutral(view.exe), "argv": [neutral(word) for word in mask_words(view.argv)]}


def _editor(one: Editing) -> dict[str, Any]:
    return {"pid": one.pid, "program": clean(one.program), "path": clean(one.path), "user": clean(one.user) or None, "terminal": clean(one.terminal) or None}


def _finding(incident: Incident, finding: Finding) -> dict[str, Any]:
    outages = [outage for outage in incident.facts.outages if outage.key in finding.outages]
    return {
        "id": finding.id,
        "cause": finding.cause,
        "certainty": finding.certainty,
        "summary": clean(finding.summary),
        "since": _since(outages),
        "failing_share": next((round(outage.share, 4) for outage in outages if outage.share is not None), None),
        "failures_per_minute": round(sum(outage.rate for outage in outages), 2),
        "target": _target(finding.target),
        "clues": [_clue(clue) for clue in finding.clues],
        "explains": list(finding.explains),
        "decider": neutral(finding.decider.reason or finding.decider.key) if finding.decider else None,
        "fixes": [_fix(fix) for fix in finding.fixes],
        "answers": [{"text": clean(answer.text), "means": answer.means.replace(" ", "_")} for answer in finding.answers],
    }


def _since(outages: list[Outage]) -> str | None:
    known = [outage.first for outage in outages if outage.first]
    return times.iso(min(known)) if known else None


def _target(target: Target) -> dict[str, str]:
    return {
        "server": target.server,
        "listen": target.listen,
        "location": target.location,
        "pass": target.pass_,
        "upstream": target.upstream,
        "peer": target.peer,
    }


def _clue(clue: Clue) -> dict[str, Any]:
    path = clue.where.file if clue.where else clue.key if clue.key.startswith("/") else None
    return {
        "source": clue.source,
        "path": neutral(path) if path else None,
        "line": clue.where.line if clue.where else None,
        "text": clean(clue.text),
        "at": times.iso(clue.at) if clue.at else None,
        "side": clue.side,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "id": fix.id,
        "title": clean(fix.title),
        "why": clean(fix.why),
        "risk": clean(fix.risk),
        "kind": fix.kind,
        "diff": "".join(f"{line}\n" for line in clean_lines(fix.diff)),
        "creates": [neutral(path) for path in fix.creates],
        "commands": [[neutral(word) for word in mask_words(command.argv)] for command in fix.commands],
        "alternative_to": list(fix.alternative_to),
    }
