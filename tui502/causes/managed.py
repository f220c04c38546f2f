"""Repairs of files that a tool writes: said to that tool's keeper instead, since an edit by hand would be lost, or overwrite what the tool believes."""

from __future__ import annotations

from dataclasses import replace

from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.findings import Finding, Fix
from tui502.read.managed import owner, owner_of
from tui502.text import neutral

RISK = "an edit by hand would be overwritten by what writes the file"


def advised(evidence: Evidence, finding: Finding) -> Finding:
    """The finding with advice in the place of every repair that would edit what a tool owns."""
    owned = {fix.id: _advice(fix, *found) for fix in finding.fixes if (found := _owner(evidence, fix))}
    if not owned:
        return finding
    ids = {id: fix.id for id, fix in owned.items()}
    fixes = {ids.get(fix.id, fix.id): owned.get(fix.id, fix) for fix in finding.fixes}
    others = {id: tuple(dict.fromkeys(one for each in fix.alternative_to if (one := ids.get(each, each)) != id)) for id, fix in fixes.items()}
    return replace(finding, fixes=tuple(replace(fix, alternative_to=others[id]) for id, fix in fixes.items()))


def _owner(evidence: Evidence, fix: Fix) -> tuple[str, str] | None:
    """(the tool, the file) of the first edit that touches what a tool owns."""
    for edit in fix.edits:
        seen = evidence.files.get(edit.file)
        if seen and seen.value and (name := owner(edit.file, seen.value.real, seen.value.data) or owner_of(seen.value.data, edit.start, edit.end)):
            return name, edit.file
    return None


def _advice(fix: Fix, name: str, file: str) -> Fix:
    """What is to be changed, and where; nothing of it can be carried out."""
    why = f"{fix.why}; {neutral(file)} is written by {name}"
    told = replace(fix, title=f"in {name}: {fix.title}", why=why, risk=RISK, kind="advice", edits=(), commands=(), unlinks=(), reload=False, diff="")
    return with_id(told)
