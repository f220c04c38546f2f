"""A site is enabled by a link: the file behind it is mended, and the link stays one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from incident_of import incident_of
from site_to_mend import PASSED, Site

from tui502.apply import journal, runner, stage, tester
from tui502.host.paths import start_ticks
from tui502.model.session import Refused


@pytest.fixture
def behind(site: Site) -> Path:
    """The file behind the link by which the site is enabled; two more links lead there, one over a directory that is a link itself."""
    folder = site.directory / "available"
    folder.mkdir()
    site.file.rename(folder / "shop.conf")
    (site.directory / "all").symlink_to("available")
    site.file.symlink_to("../all/shop.conf")
    return folder / "shop.conf"


def test_the_file_behind_the_link_is_written(site: Site, behind: Path) -> None:
    """If this fails, the link is replaced by a copy, and the next edit in sites-available changes nothing."""
    incident = incident_of(site)
    change = stage.stage(incident.findings[0].fixes, incident)
    assert [(file.path, file.real, file.link) for file in change.files] == [(str(site.file), str(behind), False)]
    tested = tester.test(change)
    assert tested.ok, tested.said
    place = journal.create(change, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    receipt = runner.carry_through(place)
    assert receipt.outcome == "VERIFIED", receipt.why
    assert (site.file.is_symlink(), str(site.file.readlink())) == (True, "../all/shop.conf")
    assert behind.read_bytes() == site.text(site.living)
    assert sorted(path.name for path in behind.parent.iterdir()) == ["shop.conf"]


def test_one_file_under_two_names_is_not_edited_twice(site: Site, behind: Path) -> None:
    """If this fails, the second write undoes the first, or its offsets are wrong."""
    (site.directory / "sites/copy.conf").symlink_to("../available/shop.conf")
    incident = incident_of(site)
    finding = incident.findings[0]
    (edit,) = finding.fixes[0].edits
    other = replace(edit, file=str(site.directory / "sites/copy.conf"))
    twice = replace(finding.fixes[0], edits=(edit, other))
    with pytest.raises(Refused, match="two names"):
        stage.stage((twice,), incident)
    assert behind.read_bytes() == site.text(site.dead)
