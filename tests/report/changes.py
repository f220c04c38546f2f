"""Changes in their states, for tests of what is said about them."""

from dataclasses import replace

from tests.builder import NOW
from tui502.model.changes import Baseline, Progress, Receipt, StagedChange, StepResult, Tested
from tui502.model.findings import Incident


def changed(incident: Incident) -> StagedChange:
    outage = incident.facts.outages[0]
    before = Baseline(outage.request, (502, 502, 502), {outage.key: 190}, 300, 300.0)
    fixes = incident.findings[0].fixes
    return StagedChange("20261122-031431", None, "/usr/sbin/nginx", (), fixes, (), (), before, {}, True, True, fixes[0].peer, (), 60.0, mends=(outage.key,))


def progress(incident: Incident, phase="deciding") -> Progress:
    results = (StepResult(1, "write", NOW, 0.0, True, ""), StepResult(2, "reload", NOW + 1, 0.0, True, ""))
    after = Baseline(incident.facts.outages[0].request, (200, 200, 200, 200), {}, 23, 22.0)
    return Progress("20261122-031431", changed(incident), 3298, phase, results, None, NOW + 60, after, "", None)


RULES = {"VERIFIED": "verified", "KEPT": "kept", "PUT BACK": "unchanged"}


def ended(incident: Incident, outcome, **how) -> Progress:
    """`how`: fields of the receipt that are otherwise than usual."""
    now = progress(incident, "done")
    test = Tested(now.id, "namespace", True, (), (), (), "")
    figures = (now.results, now.change.baseline, now.after)
    receipt = Receipt(now.id, now.change, test, "root", *figures, outcome, "the reason", NOW + 61, ("/var/x/1.old",), ("cp a b",), RULES.get(outcome, ""))
    receipt = replace(receipt, **how)
    return Progress(now.id, now.change, 0, "done", now.results, None, None, now.after, "", receipt)


def undoing(incident: Incident) -> StagedChange:
    """The way back of that change."""
    fixes = tuple(replace(fix, title=f"take back: {fix.title}") for fix in changed(incident).fixes)
    return replace(changed(incident), fixes=fixes, undoes="20261122-031431", mends=(), baseline=Baseline(None, (), {"some key": 320}, None, 300.0))
