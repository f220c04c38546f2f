"""The session on this host."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tui502.engine.change import ChangeWatch
from tui502.engine.once import judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui502.collect.collector import Collector
    from tui502.engine.change import OnProgress
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.evidence import Evidence, Look
    from tui502.model.findings import Fix, Incident
    from tui502.model.session import LogReader

    OnIncident = Callable[[Incident], None]
    OnFailure = Callable[[Exception], None]


class LiveSession:
    """This host, now. A collector thread looks, each new evidence is judged, the journal of a change under way is watched."""

    live = True

    def __init__(self, *, conf: str = "", nginx: str = "", pid: int = 0, read_only: bool = False, probing: bool = True) -> None:
        self.read_only = read_only
        self._asked = {"conf": conf, "nginx": nginx, "pid": pid, "probing": probing}
        self._collector: Collector | None = None
        self._incident: Incident | None = None
        self._stop = threading.Event()
        self._on_failure: OnFailure = _nobody
        self._change = ChangeWatch(self._stop, self._run, self.probe)

    def start(self, on_incident: OnIncident, on_progress: OnProgress, on_failure: OnFailure) -> None:
        self._on_failure = on_failure
        self._change.on_progress = on_progress
        self._run("investigate", lambda: self._investigate(on_incident))
        if not self.read_only:
            self._run("recover", self._change.recover)

    def _run(self, name: str, job: Callable[[], None]) -> None:
        """Do a job in a thread of its own; what it raises is a bug, and for the front end to tell."""

        def whole() -> None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - told by the front end
                self._on_failure(error)

        threading.Thread(target=whole, name=name, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def incident(self) -> Incident | None:
        return self._incident

    def logs(self) -> tuple[LogReader, ...]:
        return tuple(self._collector.readers()) if self._collector else ()

    def probe(self, peer: str = "") -> None:
        if self._collector:
            self._collector.again(peer)

    def take(self, look: Look) -> None:
        if self._collector:
            self._collector.take(look)

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        from tui502.apply import stage

        self._may_change()
        return stage.stage(fixes, self._known())

    def stage_text(self, change: StagedChange, number: int, text: bytes) -> StagedChange:
        from tui502.apply import own_text

        self._may_change()
        return own_text.stage_text(change, number, text, self._known())

    def test(self, change: StagedChange) -> Tested:
        from tui502.apply import tester

        return tester.test(change)

    def apply(self, change: StagedChange, tested: Tested) -> str:
        from tui502.apply import launch

        self._may_change()
        journal = launch.apply(change, tested)
        self._change.watch(journal)
        return journal.name

    def keep(self) -> None:
        self._change.say("keep")

    def put_back(self) -> None:
        self._change.say("put_back")

    def longer(self) -> None:
        self._change.longer()

    def undo(self, receipt: str = "") -> StagedChange:
        from tui502.apply import history

        self._may_change()
        return history.undo(receipt, self._known())

    def pending(self) -> Progress | None:
        return self._change.pending

    def _investigate(self, on_incident: OnIncident) -> None:
        from dataclasses import replace

        from tui502.collect.collector import Collector
        from tui502.read.plan import plan, unanswered

        self._collector = Collector(**self._asked)  # type: ignore[arg-type]

        def judge(evidence: Evidence) -> None:
            found = judged(evidence, self._incident)
            gap = self._change.not_recovered
            gaps = (*found.gaps, gap) if gap and gap not in found.gaps else found.gaps
            self._incident = replace(found, looking=unanswered(evidence), gaps=gaps)
            on_incident(self._incident)

        self._collector.run(plan, judge, self._stop)

    def _known(self) -> Incident:
        """The incident, with the configuration as it is now: what is staged must not rest on text from seconds ago."""
        from tui502.collect.refresh import configuration_now
        from tui502.model.session import Refused

        if self._incident is None:
            raise Refused("nothing is known yet: the host is still being looked at")
        return judged(configuration_now(self._incident.evidence))

    def _may_change(self) -> None:
        from tui502.model.session import Refused

        if self.read_only:
            raise Refused("read-only: started with --read-only")


def _nobody(told: object) -> None:
    """Before `start` nobody listens."""
