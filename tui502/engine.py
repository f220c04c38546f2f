"""All that a front end may call: one investigation on this host, or of a recording, behind the same interface.

Nothing of ours is imported before it is used: the first screen stands before the investigation begins.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui502.collect.collector import Collector
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.evidence import Evidence
    from tui502.model.findings import Fix, Incident
    from tui502.model.session import LogReader

    OnIncident = Callable[[Incident], None]
    OnProgress = Callable[[Progress], None]

FIRST_VIEW = 10.0
"""Seconds after which a headless investigation speaks with what it has."""

TAKE_EFFECT = ("reload", "command", "put_back")
"""Steps of a change after which the host is another: it is looked at anew."""

WATCH_EVERY = 0.1
"""Seconds between two looks at the journal of a change under way."""


def judged(evidence: Evidence, before: Incident | None = None) -> Incident:
    from tui502.investigate import investigate

    return investigate(evidence, before)


def gather(*, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True, url: str = "") -> Evidence:
    """Look at this host once, until nothing more is wanted or time is up."""
    from tui502.collect.collector import Collector
    from tui502.read.plan import plan

    return Collector(conf=conf, nginx=nginx, pid=pid, probing=probing, url=url).gather(plan, FIRST_VIEW)


def diagnose(*, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True, url: str = "") -> tuple[Incident, float]:
    """The investigation and the seconds it took."""
    started = time.monotonic()
    incident = judged(gather(conf=conf, nginx=nginx, pid=pid, probing=probing, url=url))
    return incident, time.monotonic() - started


def record(path: str, *, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True) -> None:
    """Look once and write a recording. Raises OSError when the file cannot be made."""
    from tui502.collect.recording import save

    save(path, gather(conf=conf, nginx=nginx, pid=pid, probing=probing))


def report_text(evidence: Evidence, *, live: bool) -> str:
    """The incident as Markdown; with the receipts of this host when it is this host."""
    from tui502.apply import history
    from tui502.report import as_markdown

    return as_markdown.report(judged(evidence), history.receipts() if live else ())


def history_text() -> str:
    from tui502.apply import history

    return history.text()


def diff_text(change: StagedChange) -> str:
    """The staged files as one unified diff; of a mere reload, what it loads."""
    from tui502.fix.diff import of_change

    return "".join((*map(of_change, change.files), *(fix.diff for fix in change.fixes if fix.shows_all)))


class LiveSession:
    """This host, now. A collector thread looks, each new evidence is judged, the journal of a change under way is watched."""

    live = True

    def __init__(self, *, conf: str = "", nginx: str = "", pid: int = 0, read_only: bool = False, probing: bool = True) -> None:
        self.read_only = read_only
        self._asked = {"conf": conf, "nginx": nginx, "pid": pid, "probing": probing}
        self._collector: Collector | None = None
        self._incident: Incident | None = None
        self._stop = threading.Event()
        self._on_progress: OnProgress = _nobody
        self._journal: Path | None = None
        self._pending: Progress | None = None

    def start(self, on_incident: OnIncident, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        threading.Thread(target=self._investigate, args=(on_incident,), name="investigate", daemon=True).start()
        threading.Thread(target=self._recover, name="recover", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def incident(self) -> Incident | None:
        return self._incident

    def logs(self) -> tuple[LogReader, ...]:
        return tuple(self._collector.readers()) if self._collector else ()

    def probe(self, peer: str = "") -> None:
        if self._collector:
            self._collector.again(peer)

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        from tui502.apply import stage

        self._may_change()
        return stage.stage(fixes, self._known())

    def test(self, change: StagedChange) -> Tested:
        from tui502.apply import tester

        return tester.test(change)

    def apply(self, change: StagedChange, tested: Tested) -> None:
        from tui502.apply import launch

        self._may_change()
        self._watch(launch.apply(change, tested))

    def keep(self) -> None:
        self._say("keep")

    def put_back(self) -> None:
        self._say("put_back")

    def undo(self, receipt: str = "") -> StagedChange:
        from tui502.apply import history

        self._may_change()
        return history.undo(receipt, self._known())

    def pending(self) -> Progress | None:
        return self._pending

    def _investigate(self, on_incident: OnIncident) -> None:
        from dataclasses import replace

        from tui502.collect.collector import Collector
        from tui502.read.plan import plan, unanswered

        self._collector = Collector(**self._asked)  # type: ignore[arg-type]

        def judge(evidence: Evidence) -> None:
            self._incident = replace(judged(evidence, self._incident), looking=unanswered(evidence))
            on_incident(self._incident)

        self._collector.run(plan, judge, self._stop)

    def _recover(self) -> None:
        from tui502.apply import recovery

        found = None if self.read_only else recovery.recover()
        if found:
            self._pending = found.progress
            self._on_progress(found.progress)
            if not found.progress.receipt:
                self._watch(found.journal)

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

    def _say(self, word: str) -> None:
        from tui502.apply import control

        if self._journal:
            control.ask(self._journal, word)

    def _watch(self, journal: Path) -> None:
        self._journal = journal
        threading.Thread(target=self._follow, args=(journal,), name="journal", daemon=True).start()

    def _follow(self, journal: Path) -> None:
        """Hand over every new state of the change until it has a receipt, then look at everything anew."""
        from tui502.apply.journal import progress

        shown: Progress | None = None
        while not self._stop.is_set():
            now = progress(journal)
            if now and now != shown:
                if shown and any(result.kind in TAKE_EFFECT for result in now.results[len(shown.results) :]):
                    self.probe()
                shown = now
                self._on_progress(now)
                if now.receipt:
                    self.probe()
                    return
            self._stop.wait(WATCH_EVERY)


class ReplaySession:
    """A recorded incident: judged by the same code, nothing can be changed. Raises OSError or Damaged when it cannot be read."""

    live = False
    read_only = True

    def __init__(self, path: str) -> None:
        from tui502.collect.recording import load

        self.evidence = load(path)
        self._incident = judged(self.evidence)

    def start(self, on_incident: OnIncident, on_progress: OnProgress) -> None:
        on_incident(self._incident)

    def stop(self) -> None:
        return

    def incident(self) -> Incident:
        return self._incident

    def logs(self) -> tuple[LogReader, ...]:
        from tui502.collect.log_reader import RecordedLog

        errors = [target.path for target in self._incident.facts.logs if target.kind == "error"]
        return tuple(RecordedLog(seen.value, self.evidence.utc_offset) for path in errors if (seen := self.evidence.logs.get(path)) and seen.value)

    def probe(self, peer: str = "") -> None:
        raise _recorded("a recording: nothing can be asked again")

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        raise _recorded()

    def test(self, change: StagedChange) -> Tested:
        raise _recorded()

    def apply(self, change: StagedChange, tested: Tested) -> None:
        raise _recorded()

    def keep(self) -> None:
        raise _recorded()

    def put_back(self) -> None:
        raise _recorded()

    def undo(self, receipt: str = "") -> StagedChange:
        raise _recorded()

    def pending(self) -> Progress | None:
        return None


def _recorded(text: str = "a recording cannot be changed") -> Exception:
    from tui502.model.session import Refused

    return Refused(text)


def _nobody(progress: Progress) -> None:
    """Before `start` nobody listens."""
