"""Who else works on this host, in words for the row SINCE."""

from __future__ import annotations

import posixpath

from tui502.model.findings import Finding, Incident
from tui502.read.editing import Editing, editing
from tui502.text import neutral, shorten


def at_work(incident: Incident, finding: Finding | None, *, wide: bool) -> list[str]:
    """One clause on the editors that have a file of the configuration open, that of the finding first; none where there are none."""
    here = finding.target.where.file if finding and finding.target.where else ""
    found = sorted(editing(incident.evidence, incident.facts.config), key=lambda each: each.path != here)
    people = {(each.user, each.terminal, each.program): each for each in reversed(found)}
    if not people:
        return []
    more = f" and {len(people) - 1} more" if len(people) > 1 else ""
    return [_words(found[0], here, wide) + more]


def _words(one: Editing, here: str, wide: bool) -> str:
    who, program = neutral(one.user) or "somebody", shorten(neutral(one.program), 12)
    if not wide:
        return f"{who} in {program}"
    file = "this file" if one.path == here else neutral(posixpath.basename(one.path))
    return f"{who}{f' ({neutral(one.terminal)})' if one.terminal else ''} has {file} in {program}"
