"""Less evidence never makes more certain: of every recorded incident one piece is taken away, each in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.incidents.test_incidents import INCIDENTS
from tui502.collect import recording
from tui502.investigate import CERTAINTIES, investigate
from tui502.model.evidence import Evidence, Gap, Seen
from tui502.model.findings import GOOD_NEWS, Finding, Incident
from tui502.read import keys

MAPPINGS = tuple(dict.fromkeys(keys.MAPPINGS.values()))
SINGLES = ("processes", "listeners", "running", "addresses")


def less(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """The evidence without one piece: not looked at, or looked at in vain."""
    for name in SINGLES:
        yield name, replace(evidence, **{name: _in_vain(name)})
    for name in MAPPINGS:
        mapping: Mapping[str, Seen[Any]] = getattr(evidence, name)
        for gone in mapping:
            yield f"{name} {gone}", replace(evidence, **{name: {key: seen for key, seen in mapping.items() if key != gone}})
            yield f"{name} {gone} denied", replace(evidence, **{name: {**mapping, gone: _in_vain(gone)}})
    for item in evidence.processes.value or ():
        rest = tuple(each for each in evidence.processes.value or () if each is not item)
        yield f"process {item.pid}", replace(evidence, processes=replace(evidence.processes, value=rest))


def _in_vain(source: str) -> Seen[Any]:
    return Seen(1.0, 0.0, None, Gap(source, "denied", ""))


def rank(finding: Finding) -> int:
    return len(CERTAINTIES) - CERTAINTIES.index(finding.certainty)


def repairs(incident: Incident) -> list[frozenset[object]]:
    """What is offered to be done, step by step, whatever the words beside it."""
    fixes = [fix for finding in incident.findings for fix in finding.fixes if fix.kind != "advice"]
    return [frozenset((*fix.edits, *fix.unlinks, *(each.argv for each in fix.commands), *(("reload",) if fix.reload else ()))) for fix in fixes]


@pytest.mark.parametrize("folder", INCIDENTS, ids=lambda folder: folder.name)
def test_less_evidence_is_never_more_certain(folder):
    """If this fails, something that could not be seen counts as proof."""
    evidence = recording.load(str(folder / "evidence.tui502"))
    whole = investigate(evidence)
    before = {finding.id: rank(finding) for finding in whole.findings}
    grown, new = [], []
    for name, rest in less(evidence):
        found = investigate(rest)
        grown += [f"without {name}: {each.cause} {each.certainty}" for each in found.findings if rank(each) > before.get(each.id, _allowed(each))]
        if "getent" not in name:  # without their names accounts are written as numbers
            new += [f"without {name}: {set(fix)}" for fix in repairs(found) if not any(fix <= offered for offered in repairs(whole))]
    assert (grown, new) == ([], [])


def _allowed(finding: Finding) -> int:
    """What is found only then: never for sure; that nothing is wrong, which is said of what is seen, at the least certain."""
    return 1 if finding.cause in GOOD_NEWS else 0
