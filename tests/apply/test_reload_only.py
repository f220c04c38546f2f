"""A repair that only lets nginx read its files: the disk is right already."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from incident_of import incident_of
from site_to_mend import PASSED, Site

from tui502 import engine
from tui502.apply import history, journal, live, runner, settle, stage, tester
from tui502.apply.resume import resume
from tui502.apply.work import Run
from tui502.host.paths import start_ticks
from tui502.model.changes import Receipt, StagedChange
from tui502.model.facts import Drift
from tui502.model.findings import Fix, Incident
from tui502.model.session import Refused


def not_loaded(site: Site, to: int) -> Incident:
    """The file on disk names another port than nginx dials."""
    site.file.write_bytes(site.text(to))
    incident = incident_of(replace(site, dead=to, living=to), Drift("differs", (str(site.file),), True, "", 1))
    fix = Fix("d" * 12, "config_not_loaded", "reload nginx", "", "", "config", (), (), (), peer=f"127.0.0.1:{to}", diff="-old\n+new\n", reload=True)
    finding = replace(incident.findings[0], cause="config_not_loaded", fixes=(fix,))
    return replace(incident, findings=(finding,))


def carried(change: StagedChange) -> Receipt:
    place = journal.create(change, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    return runner.carry_through(place)


def test_it_is_tested_reloaded_and_verified(site: Site) -> None:
    """If this fails, the repair of a site that was mended on disk has to be done by hand."""
    incident = not_loaded(site, site.living)
    before = site.snapshot()
    change = stage.stage(incident.findings[0].fixes, incident)
    assert (change.files, change.reload, change.foreign) == ((), True, {})
    assert [step.kind for step in change.steps] == ["precheck", "backup", "test", "reload", "verify", "decide"]
    assert engine.diff_text(change) == "-old\n+new\n"
    tested = tester.test(change)
    assert (tested.ok, tested.method) != (True, "none"), tested.said
    receipt = carried(change)
    assert receipt.outcome == "VERIFIED", receipt.why
    assert (site.status(), site.snapshot()) == (200, before)
    assert receipt.undo == ()
    with pytest.raises(Refused, match="was a reload, which cannot be undone"):
        history.undo("", incident)


@pytest.mark.parametrize("asked", [False, True])
def test_what_did_not_help_is_never_called_put_back(site: Site, monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    """If this fails, a person believes that nginx runs what it ran before."""
    incident = not_loaded(site, site.dead)
    change = replace(stage.stage(incident.findings[0].fixes, incident), keep_after=1.0)
    if asked:
        monkeypatch.setattr(settle, "Person", lambda place, watch, each: lambda: "put_back")
    receipt = carried(change)
    assert receipt.outcome == "NEEDS HAND"
    assert "the reload cannot be undone" in receipt.why


def test_a_reload_that_nginx_refuses_changes_nothing(site: Site) -> None:
    """If this fails, a refused reload is taken for one that was made."""
    incident = not_loaded(site, site.living)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        site.file.write_bytes(site.file.read_bytes() + b"server { listen 127.0.0.1:%d; }\n" % other.getsockname()[1])
        incident = replace(incident, facts=incident_of(replace(site, dead=site.living)).facts)
        receipt = carried(stage.stage(incident.findings[0].fixes, incident))
    assert receipt.outcome == "REFUSED", receipt.why
    assert "Address already in use" in receipt.why
    assert site.status() == 502


def test_what_changed_after_the_look_is_not_loaded_unseen(site: Site) -> None:
    """If this fails, a person says yes to one text and nginx loads another."""
    incident = not_loaded(site, site.living)
    site.file.write_bytes(site.text(site.living) + b"# later\n")
    with pytest.raises(Refused, match="has changed on disk"):
        stage.stage(incident.findings[0].fixes, incident)


def test_a_runner_that_died_after_the_reload_is_watched_on(site: Site, state: Path) -> None:
    """If this fails, recovery says that it put back what it cannot put back."""
    incident = not_loaded(site, site.living)
    place = journal.create(replace(stage.stage(incident.findings[0].fixes, incident), keep_after=10.0), PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    head = journal.head(place)
    journal.note(place, "figures", figures=replace(head.change.baseline, statuses=(502, 502, 502)))
    journal.note(place, "applying")
    journal.note(place, "reloading")
    live._reload(Run(place, head, head.change.baseline, loads=head.change.loads))
    receipt = resume(place)
    assert receipt.outcome == "VERIFIED", receipt.why
