"""What holds for every finding that any of these tests makes."""

from __future__ import annotations

import pytest

from tui502 import investigate
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Finding, RuledOut


@pytest.fixture(autouse=True)
def doubts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a finding is less than proven and does not say why, or is called proven although something speaks against it."""
    judged = investigate.judged

    def told(evidence: Evidence, facts: Facts) -> tuple[tuple[Finding, ...], tuple[RuledOut, ...]]:
        found = judged(evidence, facts)
        for finding in found[0]:
            assert bool(finding.clues_of("against")) == (finding.certainty != "proven"), finding
        return found

    monkeypatch.setattr(investigate, "judged", told)
