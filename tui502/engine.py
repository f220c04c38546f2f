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

    from tui502.apply.recovery import Found
    from tui502.collect.collector import Collector
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.evidence import Evidence, Gap
    from tui502.model.findings import Fix, Incident
    from tui502.model.session import LogReader

    OnIncident = Callable[[Incident], None]
    OnProgress = Callable[[Progress], None]
    OnFailure = Callable[[Exception], None]

FIRST_VIEW = 10.0
"""Seconds after which a headless investigation speaks with what it has."""

TAKE_EFFECT = ("reload", "command", "put_back")
"""Steps of a change after which the host is another: it is looked at anew."""

WATCH_EVERY = 0.1
"""Seconds between two looks at the journal of a change under way."""

ALIVE_EVERY = 1.0
"""Seconds between two looks whether its runner lives."""


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
        self._on_failure: OnFailure = _nobody
        self._journal: Path | None = None
        self._pending: Progress | None = None
        self._not_recovered: Gap | None = None

    def start(self, on_incident: OnIncident, on_progress: OnProgress, on_failure: OnFailure) -> None:
        self._on_progress, self._on_failure = on_progress, on_failure
        self._run("investigate", lambda: self._investigate(on_incident))
        self._run("recover", self._recover)

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

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        from tui502.apply import stage

        self._may_change()
        return stage.stage(fixes, self._known())

    def test(self, change: StagedChange) -> Tested:
        from tui502.apply import tester

        return tester.test(change)

    def apply(self, change: StagedChange, tested: Tested) -> str:
        from tui502.apply import launch

        self._may_change()
        journal = launch.apply(change, tested)
        self._watch(journal)
        return journal.name

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
            found = judged(evidence, self._incident)
            gap = self._not_recovered
            gaps = (*found.gaps, gap) if gap and gap not in found.gaps else found.gaps
            self._incident = replace(found, looking=unanswered(evidence), gaps=gaps)
            on_incident(self._incident)

        self._collector.run(plan, judge, self._stop)

    def _recover(self) -> None:
        found = None if self.read_only else self._recovered()
        if found:
            self._pending = found.progress
            self._on_progress(found.progress)
            if not found.progress.receipt:
                self._watch(found.journal)

    def _recovered(self) -> Found | None:
        """See to changes whose runner was killed. Where the host does not allow it (no space, read-only), looking goes on and it stands among the gaps."""
        from tui502.apply import recovery
        from tui502.model.evidence import Gap
        from tui502.text import neutral

        try:
            found = recovery.recover()
        except OSError as error:
            self._not_recovered = Gap(f"a change that was not ended: {neutral(str(error))}", "unreadable", "tui502 history")
            return None
        self._not_recovered = None
        return found

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
        if journal != self._journal:
            self._journal = journal
            self._run("journal", lambda: self._follow(journal))

    def _follow(self, journal: Path) -> None:
        """Hand over every new state of the change until it has a receipt, then look at everything anew. A runner that was killed is replaced."""
        from tui502.apply.journal import progress

        shown: Progress | None = None
        looked_at = time.monotonic()
        while not self._stop.is_set():
            if time.monotonic() - looked_at > ALIVE_EVERY:
                if _is_left(journal):
                    self._recovered()
                looked_at = time.monotonic()
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

    def start(self, on_incident: OnIncident, on_progress: OnProgress, on_failure: OnFailure) -> None:
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

    def apply(self, change: StagedChange, tested: Tested) -> str:
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


def _nobody(told: object) -> None:
    """Before `start` nobody listens."""


def _is_left(journal: Path) -> bool:
    """Whether the runner of a change that has no receipt was killed; one that has not begun yet was not."""
    from tui502.apply.journal import events
    from tui502.host.processes import runs

    try:
        if (journal / "receipt.json").exists():
            return False
        runner = next((event for event in reversed(events(journal)) if event.what == "runner"), None)
    except OSError:
        return False
    return runner is not None and not runs(runner.pid, runner.started)
