"""What a cause is: a pure judge of evidence and facts, with its id and its help page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui502.model.evidence import Evidence
from tui502.model.facts import Facts
from tui502.model.findings import Finding, RuledOut


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one cause says of the moment: findings where it holds, reasons where it was looked for and excluded, nothing where it does not matter."""

    findings: tuple[Finding, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()


Judge = Callable[[Evidence, Facts], Opinion]


@dataclass(frozen=True, slots=True)
class Cause:
    """`id` is public (JSON, recordings, help); `help` is the page about it: what happens, how it shows, what tells it from its neighbours, what mends it."""

    id: str
    judge: Judge
    help: str
