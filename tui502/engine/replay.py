"""The session on a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.engine.once import judged

if TYPE_CHECKING:
    from tui502.engine.change import OnProgress
    from tui502.engine.live import OnFailure, OnIncident
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.evidence import Look
    from tui502.model.findings import Fix, Incident
    from tui502.model.session import LogReader


class ReplaySession:
    """A recorded incident: judged by the same code, nothing can be changed. Raises OSError or Damaged when it cannot be read."""

    live = False
    read_only = True

    def __init__(self, path: str) -> None:
        from tui502.collect.recording import load

        self.evidence = load(path)
        self._incident = judged(self.evidence)

    def start(self, on_incident: OnIncident, on_progress: OnProgress, on_failure: OnFailure) -> None:
        on_incident(self._incident)

    def stop(self) -> None:
        return

    def incident(self) -> Incident:
        return self._incident

    def logs(self) -> tuple[LogReader, ...]:
        from tui502.collect.log_recorded import recorded

        return recorded(self.evidence, [target.key for target in self._incident.facts.logs if target.kind == "error"])

    def probe(self, peer: str = "") -> None:
        raise _recorded("a recording: nothing can be asked again")

    def take(self, look: Look) -> None:
        self.probe()

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        raise _recorded()

    def stage_text(self, change: StagedChange, number: int, text: bytes) -> StagedChange:
        raise _recorded()

    def test(self, change: StagedChange) -> Tested:
        raise _recorded()

    def apply(self, change: StagedChange, tested: Tested) -> str:
        raise _recorded()

    def keep(self) -> None:
        raise _recorded()

    def put_back(self) -> None:
        raise _recorded()

    def longer(self) -> None:
        raise _recorded()

    def undo(self, receipt: str = "") -> StagedChange:
        raise _recorded()

    def pending(self) -> Progress | None:
        return None


def _recorded(text: str = "a recording cannot be changed") -> Exception:
    from tui502.model.session import Refused

    return Refused(text)
