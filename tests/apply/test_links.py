"""The link of a broken site taken out of the configuration: removed, put back and undone to the byte, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from incident_of import incident_of, seen
from site_to_mend import PASSED, Site

from tests.real_nginx import eventually
from tui502.apply import control, history, journal, launch, recovery, runner, stage, tester
from tui502.apply.disk import on_disk
from tui502.host.paths import start_ticks
from tui502.model.changes import FileChange, Receipt, StagedChange
from tui502.model.evidence import Seen
from tui502.model.facts import Drift
from tui502.model.findings import Finding, Fix, Incident
from tui502.model.session import Refused


@pytest.fixture
def linked(site: Site) -> Path:
    """The link of a second site, whose file nginx does not accept; it leads there by a relative path."""
    folder = site.directory / "available"
    folder.mkdir()
    (folder / "blog.conf").write_text("server { bogus on; }\n")
    link = site.directory / "sites/blog.conf"
    link.symlink_to("../available/blog.conf")
    os.utime(link, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789), follow_symlinks=False)
    return link


def broken(site: Site, link: Path) -> Incident:
    """The incident, with the repair of the first site that frees nginx too, and that of the test alone."""
    incident = incident_of(site)
    alone = Fix("b" * 12, "config_invalid", "leave the blog out", "", "", "config", (), (), (), unlinks=(str(link),))
    first = incident.findings[0]
    both = replace(first.fixes[0], id="c" * 12, unlinks=alone.unlinks)
    finding = Finding("f2", "config_invalid", "proven", first.target, "", (), (), (), (alone,), None)
    evidence = replace(incident.evidence, files={**incident.evidence.files, str(link): Seen(1.0, 0.0, seen(str(link)))})
    return replace(incident, evidence=evidence, findings=(replace(first, fixes=(both,)), finding))


def placed(change: StagedChange) -> Path:
    place = journal.create(change, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    return place


def as_before(link: Path) -> bool:
    return link.is_symlink() and str(link.readlink()) == "../available/blog.conf" and link.lstat().st_mtime_ns == 1_700_000_000_123_456_789


def test_the_repair_that_frees_nginx_is_verified_and_the_file_stays(site: Site, linked: Path) -> None:
    """If this fails, a colleague's broken file keeps a site down, or is deleted."""
    incident = broken(site, linked)
    change = stage.stage(incident.findings[0].fixes, incident)
    assert [file.link for file in change.files] == [False, True]
    assert change.frees == (str(linked),)
    assert not tester.test(replace(change, files=change.files[:1])).ok
    tested = tester.test(change)
    assert tested.ok, tested.said
    assert as_before(linked)
    receipt = runner.carry_through(placed(change))
    assert receipt.outcome == "VERIFIED", receipt.why
    assert not linked.is_symlink()
    assert (site.directory / "available/blog.conf").read_text() == "server { bogus on; }\n"
    assert f"ln -s ../available/blog.conf {linked}" in receipt.undo


def test_what_the_change_takes_away_is_not_loaded_by_its_reload(site: Site, linked: Path) -> None:
    """If this fails, a person is asked to load a file that nginx will never read, and what is said of the reload is not true."""
    incident = broken(site, linked)
    drifted = replace(incident.facts, drift=Drift("differs", (str(site.file), str(linked)), False, "by times"))
    change = stage.stage(incident.findings[0].fixes, replace(incident, facts=drifted))
    assert list(change.foreign) == [str(site.file)]


def test_what_did_not_help_goes_back_with_the_link_and_nginx_runs_what_it_ran(site: Site, linked: Path) -> None:
    """If this fails, a link is lost, leads elsewhere, or its return keeps nginx on the new text."""
    incident = broken(site, linked)
    change = stage.stage(incident.findings[0].fixes, incident)
    useless = replace(change.files[0], after=site.text(site.dead) + b"# no help\n")
    before = site.snapshot()
    receipt = runner.carry_through(placed(replace(change, files=(useless, change.files[1]), peer="", keep_after=1.0)))
    assert receipt.outcome == "PUT BACK", receipt.why
    assert as_before(linked)
    assert site.snapshot() == before


def test_undo_leaves_out_what_would_break_the_test_again(site: Site, linked: Path) -> None:
    """If this fails, taking a repair back is impossible, or leaves a configuration with which nginx does not start."""
    incident = broken(site, linked)
    receipt = finished(launch.apply(change := stage.stage(incident.findings[0].fixes, incident), tester.test(change)))
    assert receipt.outcome == "VERIFIED", receipt.why
    back = history.undo("", incident_of(replace(site, dead=site.living, living=site.dead)))
    assert [file.path for file in back.files] == [str(site.file)]


def test_undo_of_the_link_alone_brings_it_back_once_its_file_is_mended(site: Site, linked: Path) -> None:
    """If this fails, `undo` does not know links, or tests something else than nginx will read."""
    incident = broken(site, linked)
    change = stage.stage(incident.findings[1].fixes, incident)
    place = placed(change)
    control.ask(place, "keep")
    receipt = runner.carry_through(place)
    assert receipt.outcome == "KEPT", receipt.why
    again = broken(site, linked.parent / "shop.conf")
    back = history.undo("", again)
    assert (back.files[0].link, back.files[0].after) == (True, b"../available/blog.conf")
    assert not tester.test(back).ok
    (site.directory / "available/blog.conf").write_text("# mended\n")
    tested = tester.test(back)
    assert tested.ok, tested.said
    taken = finished(launch.apply(back, tested))
    assert taken.outcome == "KEPT", taken.why
    assert linked.is_symlink()
    assert str(linked.readlink()) == "../available/blog.conf"


def finished(place: Path) -> Receipt:
    assert eventually(lambda: journal.receipt(place) is not None, 30)
    receipt = journal.receipt(place)
    assert receipt is not None
    return receipt


def test_a_link_that_leads_elsewhere_by_now_is_not_touched(site: Site, linked: Path) -> None:
    """If this fails, somebody else's link is removed, or a file that took its place."""
    incident = broken(site, linked)
    change = stage.stage(incident.findings[0].fixes, incident)
    linked.unlink()
    linked.write_text("# a file now\n")
    with pytest.raises(Refused, match="is not the link"):
        stage.stage(incident.findings[0].fixes, incident)
    receipt = runner.carry_through(unchecked(change))
    assert receipt.outcome == "REFUSED", receipt.why
    assert linked.read_text() == "# a file now\n"


def unchecked(change: StagedChange) -> Path:
    """A journal made before the link was replaced: its attributes are those of the link."""
    link = change.files[1]
    path = Path(link.real)
    text = path.read_bytes()
    path.unlink()
    path.symlink_to(os.fsdecode(link.before or b""))
    place = placed(change)
    path.unlink()
    path.write_bytes(text)
    return place


def test_a_regular_file_is_no_link(site: Site) -> None:
    """If this fails, a fix could delete a file of the configuration."""
    with pytest.raises(Refused, match="is not the link"):
        stage.stage((replace(incident_of(site).findings[0].fixes[0], edits=(), unlinks=(str(site.file),)),), incident_of(site))
    assert on_disk(FileChange("", str(site.file), b"x", None, "", link=True)) == "?"


@pytest.mark.parametrize("point", ["before the first", "between the two"])
def test_a_runner_killed_while_it_removes_a_link_is_recovered(site: Site, state: Path, linked: Path, point: str) -> None:
    """If this fails, a crash leaves the link away or the first file new."""
    before = site.snapshot()
    incident = broken(site, linked)
    place = journal.create(stage.stage(incident.findings[0].fixes, incident), PASSED, "tester")
    dying = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom tui502.apply import journal, runner\nfrom tui502.host import change as host\n"
        "place, point = Path(sys.argv[1]), sys.argv[2]\ninner = host.remove\n"
        "def remove(path):\n    if point == 'between the two': inner(path)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "host.remove = remove\nrunner.run(str(place))\n"
    )
    died = subprocess.run([sys.executable, "-c", dying, str(place), point], timeout=60)
    assert died.returncode == -signal.SIGKILL
    recovery.recover()
    receipt = finished(place)
    assert receipt.outcome == "REFUSED", receipt.why
    assert as_before(linked)
    assert site.snapshot() == before
