"""Sessions: a killed runner is replaced while somebody watches, and nothing of a session ends in silence."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apply.site_to_mend import PASSED, Site, change, running
from tests.real_nginx import eventually
from tui502.apply import control, recovery
from tui502.collect.collector import Collector
from tui502.engine import LiveSession, ReplaySession
from tui502.model.changes import Progress
from tui502.model.evidence import Evidence
from tui502.model.findings import Incident


class Front:
    """A front end that remembers."""

    def __init__(self, session: LiveSession) -> None:
        self.incidents: list[Incident] = []
        self.progress: list[Progress] = []
        self.failures: list[Exception] = []
        session.start(self.incidents.append, self.progress.append, self.failures.append)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI502_STATE", str(tmp_path / "state"))


def test_what_a_person_says_reaches_the_runner(tmp_path: Path) -> None:
    """If this fails, a key of the count-down does nothing."""
    session = LiveSession()
    session.longer()
    session._change._journal = tmp_path
    session.longer()
    session.longer()
    assert (control.given(tmp_path), control.asked(tmp_path)) == (2, None)
    session.put_back()
    assert control.asked(tmp_path) == "put_back"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    directory = tmp_path / "nginx"
    directory.mkdir()
    with running(directory) as found:
        yield found


@pytest.fixture
def session() -> Iterator[LiveSession]:
    made = LiveSession()
    yield made
    made.stop()


def looks(monkeypatch: pytest.MonkeyPatch, recorded: str) -> None:
    """The session sees the recorded incident, and goes on looking."""

    def run(self: Collector, plan: Any, on_evidence: Any, stop: threading.Event) -> None:
        on_evidence(ReplaySession(recorded).evidence)
        stop.wait(60)

    monkeypatch.setattr(Collector, "run", run)


def test_a_killed_runner_is_replaced_while_somebody_watches(site: Site, session: LiveSession, any_recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the screen counts down for ever and the host keeps a change that nobody decides."""
    looks(monkeypatch, any_recording)
    front = Front(session)
    name = session.apply(change(site, site.text(site.dead) + b"# no help\n", keep_after=300), PASSED)
    assert eventually(lambda: front.progress and front.progress[-1].phase == "deciding", 30)
    assert front.progress[-1].id == name
    os.kill(front.progress[-1].runner, signal.SIGKILL)
    assert eventually(lambda: front.progress[-1].receipt is not None, 30)
    receipt = front.progress[-1].receipt
    assert receipt is not None
    assert (receipt.id, receipt.outcome) == (name, "PUT BACK"), receipt.why
    assert site.file.read_bytes() == site.text(site.dead)
    assert front.failures == []


def test_a_bug_while_looking_is_told(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the screen shows an old moment for ever, under a traceback."""

    def run(self: Collector, plan: Any, on_evidence: Any, stop: threading.Event) -> None:
        raise ValueError("boom")

    monkeypatch.setattr(Collector, "run", run)
    front = Front(session)
    assert eventually(lambda: [str(error) for error in front.failures] == ["boom"])


def test_a_bug_while_recovering_is_told(session: LiveSession, any_recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks(monkeypatch, any_recording)

    def recover() -> None:
        raise ValueError("boom")

    monkeypatch.setattr(recovery, "recover", recover)
    front = Front(session)
    assert eventually(lambda: [str(error) for error in front.failures] == ["boom"])


def test_a_host_that_allows_no_recovery_is_still_looked_at(session: LiveSession, any_recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a full disk, which breaks sites too, keeps anybody from looking why; or an undecided change is not told."""
    tried = threading.Event()

    def recover() -> None:
        tried.set()
        raise OSError(28, "No space left on device", "/var/lib/x\x1b")

    def run(self: Collector, plan: Any, on_evidence: Any, stop: threading.Event) -> None:
        assert tried.wait(10)
        evidence: Evidence = ReplaySession(any_recording).evidence
        assert eventually(lambda: session._change.not_recovered is not None)
        on_evidence(evidence)

    monkeypatch.setattr(recovery, "recover", recover)
    monkeypatch.setattr(Collector, "run", run)
    front = Front(session)
    assert eventually(lambda: front.incidents)
    gap = front.incidents[-1].gaps[-1]
    assert "No space left on device" in gap.source
    assert "\x1b" not in gap.source
    assert front.failures == []
