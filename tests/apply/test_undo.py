"""Undo of what was left for a person: what is still live is taken back, and where that cannot be the reason is exact."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from incident_of import incident_of, repair
from site_to_mend import PASSED, Site

from tui502.apply import history, journal, runner, stage
from tui502.host.paths import start_ticks
from tui502.model.changes import Receipt
from tui502.model.findings import Command, Incident
from tui502.model.session import Refused


def useless(site: Site, marker: Path, *, opposite: bool = True) -> tuple[Receipt, Incident]:
    """An edit and a command that helped nothing: they stay until a person takes them back."""
    incident = incident_of(site)
    tool = marker.parent / "mark"
    tool.write_text(f'#!/bin/sh\n[ "$1" = on ] && echo > {marker} || unlink {marker}\n')
    tool.chmod(0o755)
    command = Command((str(tool), "on"), "makes a file", "", "nothing", (str(tool), "off") if opposite else None, None)
    edit = replace(repair(site).edits[0], new=b"1")
    fix = replace(repair(site), edits=(edit,), commands=(command,), peer="")
    found = replace(incident, findings=(replace(incident.findings[0], fixes=(fix,)),))
    place = journal.create(replace(stage.stage((fix,), found), keep_after=0.5), replace(PASSED), "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    return runner.carry_through(place), incident_of_changed(site)


def incident_of_changed(site: Site) -> Incident:
    """The incident is about the file as it is now; the fix in it is not used."""
    return incident_of(replace(site, dead=1))


def test_what_did_not_help_and_stayed_is_taken_back(site: Site, tmp_path: Path) -> None:
    """If this fails, `undo` passes over the newest change and takes back an older one, or none."""
    before, marker = site.file.read_bytes(), tmp_path / "made"
    receipt, incident = useless(site, marker)
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert site.file.read_bytes() != before
    back = history.undo("", incident)
    assert back.undoes == receipt.id
    assert [file.after for file in back.files] == [before]
    assert [command.argv for fix in back.fixes for command in fix.commands] == [(str(tmp_path / "mark"), "off")]
    assert marker.exists()
    place = journal.create(back, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    assert runner.carry_through(place).outcome == "KEPT"
    assert site.file.read_bytes() == before
    assert not marker.exists()
    with pytest.raises(Refused, match="is taken back already, by"):
        history.undo(receipt.id, incident_of(site))


def test_a_file_that_is_neither_is_named(site: Site, tmp_path: Path) -> None:
    """If this fails, a colleague's text is overwritten, or a person is not told where the old one lies."""
    receipt, _ = useless(site, tmp_path / "made")
    site.file.write_bytes(site.file.read_bytes() + b"# theirs\n")
    with pytest.raises(Refused, match="not as that change left it") as told:
        history.undo("", incident_of_changed(site))
    assert receipt.backups[0] in str(told.value)
    assert receipt.id in str(told.value)


def test_what_stands_as_before_already_is_left_out(site: Site, tmp_path: Path) -> None:
    """If this fails, undo refuses a change of which a person has put back a part by hand."""
    before, marker = site.file.read_bytes(), tmp_path / "made"
    useless(site, marker)
    site.file.write_bytes(before)
    back = history.undo("", incident_of(site))
    assert back.files == ()
    assert [command.argv[0] for fix in back.fixes for command in fix.commands] == [str(tmp_path / "mark")]


def test_a_change_of_which_nothing_is_left_says_so(site: Site, tmp_path: Path) -> None:
    """If this fails, `undo ID` says that there is no such change although `history` shows it."""
    before, marker = site.file.read_bytes(), tmp_path / "made"
    receipt, _ = useless(site, marker, opposite=False)
    site.file.write_bytes(before)
    with pytest.raises(Refused, match="ran a command that cannot be undone"):
        history.undo(receipt.id, incident_of(site))
