"""A change that makes a file which was not there, with its directories: as whole as an edit, and gone without a trace when it goes back."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from dying import killed_at
from incident_of import incident_of, repair
from site_to_mend import PASSED, Site, change

from tests.real_nginx import eventually
from tui502.apply import history, journal, runner, stage, tester
from tui502.apply.backwards import backwards
from tui502.apply.resume import resume
from tui502.host import new_files
from tui502.host.paths import start_ticks
from tui502.model.changes import FileChange, Receipt, StagedChange
from tui502.model.findings import Command, Edit, Fix
from tui502.model.session import Refused
from tui502.report.outcome import became

TEXT = b"client_max_body_size 1m;\n"


def everything(directory: Path) -> dict[str, tuple[int, bytes]]:
    """Name, mode and content of all that lies there, directories too, but the logs."""
    found = (path for path in sorted(directory.rglob("*")) if path.suffix != ".log")
    return {str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"") for path in found}


def making(site: Site, *, useless: bool = False, commands: tuple[Command, ...] = (), keep_after: float = 20.0) -> StagedChange:
    """The site's file mended (`useless`: only touched), and a new file two new directories deep."""
    text = site.text(site.dead) + b"# x\n" if useless else site.text(site.living)
    staged = change(site, text, keep_after=keep_after, commands=commands)
    folder = str(site.directory / "more")
    new = FileChange(f"{folder}/deep/new.conf", f"{folder}/deep/new.conf", None, TEXT, "", made=(folder, f"{folder}/deep"))
    files = (new, *staged.files)
    return replace(staged, files=files, steps=stage.steps(files, commands, site.view, staged.baseline.request))


def carried(staged: StagedChange) -> tuple[Receipt, Path]:
    place = journal.create(staged, PASSED, "tester")
    journal.note(place, "runner", pid=os.getpid(), started=start_ticks(os.getpid()))
    return runner.carry_through(place), place


def creating(site: Site, path: Path, text: bytes = TEXT) -> Fix:
    """The repair of the site, which makes a file besides."""
    mends = repair(site)
    return replace(mends, edits=(*mends.edits, Edit(str(path), 0, 0, b"", text)), creates=(str(path),))


def test_it_is_made_with_its_directories_and_stays(site: Site) -> None:
    """If this fails, a repair that needs a new file cannot be carried out."""
    receipt, _ = carried(making(site))
    assert receipt.outcome == "VERIFIED", receipt.why
    made = site.directory / "more/deep/new.conf"
    assert (made.read_bytes(), made.stat().st_mode & 0o7777, made.parent.stat().st_mode & 0o7777) == (TEXT, 0o644, 0o755)
    assert receipt.undo[:2] == (f"cp -p {receipt.backups[0]} {site.file}", f"rm {made}")
    assert receipt.undo[2:4] == (f"rmdir {made.parent}", f"rmdir {made.parent.parent}")
    assert became(receipt.change.files[0], receipt.outcome) == "made new"


def test_what_helps_nothing_leaves_no_trace(site: Site) -> None:
    """If this fails, a file or an empty directory of ours stays on somebody's server."""
    before = everything(site.directory)
    receipt, _ = carried(making(site, useless=True, keep_after=1))
    assert receipt.outcome == "PUT BACK", receipt.why
    assert everything(site.directory) == before


@pytest.mark.parametrize("what", ["more", "more/deep/new.conf"])
def test_somebody_else_made_it_after_it_was_staged(site: Site, what: str) -> None:
    """If this fails, a colleague's file or directory is taken for ours."""
    staged = making(site)
    place = site.directory / what
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(TEXT) if what.endswith(".conf") else place.mkdir()
    before = everything(site.directory)
    receipt, _ = carried(staged)
    assert receipt.outcome == "REFUSED", receipt.why
    assert "somebody else has made it meanwhile" in receipt.why
    assert everything(site.directory) == before


@pytest.mark.parametrize("what", ["more", "more/deep", "more/deep/new.conf"])
def test_somebody_else_makes_it_at_the_very_moment(site: Site, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, putting back removes what somebody else made, were it even the same to the last byte."""
    place, make_dir, create = site.directory / what, new_files.make_dir, new_files.create
    monkeypatch.setattr(new_files, "make_dir", lambda path: (place.mkdir() if path == str(place) else None, make_dir(path))[1])
    monkeypatch.setattr(new_files, "create", lambda path, data: (place.write_bytes(data) if path == str(place) else None, create(path, data))[1])
    before = everything(site.directory)
    receipt, _ = carried(making(site))
    assert receipt.outcome == "REFUSED", receipt.why
    assert "somebody else has made it meanwhile" in receipt.why
    assert place.exists()
    now = everything(site.directory)
    assert {path: seen for path, seen in now.items() if path in before} == before
    assert set(now) - set(before) == {str(path) for path in (site.directory / "more", site.directory / "more/deep", place) if path.exists()}


def test_what_somebody_puts_beside_it_stays(site: Site) -> None:
    """If this fails, taking a change back takes a colleague's new file along, or is not possible any more."""
    receipt, _ = carried(making(site))
    (site.directory / "more/deep/theirs.conf").write_bytes(b"theirs")
    back = history.undo(receipt.id, incident_of(replace(site, dead=1)))
    assert [(file.path, file.verb) for file in back.files] == [(str(site.file), "write"), (str(site.directory / "more/deep/new.conf"), "remove")]
    undone, _ = carried(replace(back, keep_after=5))
    assert undone.outcome == "KEPT", undone.why
    assert any("stays: it, or something in it, is not ours" in result.text for result in undone.results)
    assert [path.name for path in (site.directory / "more/deep").iterdir()] == ["theirs.conf"]
    assert site.file.read_bytes() == site.text(site.dead)


def test_undo_takes_file_and_directories_away(site: Site) -> None:
    """If this fails, `undo` leaves something behind."""
    before = everything(site.directory)
    receipt, _ = carried(making(site))
    undone, _ = carried(replace(history.undo(receipt.id, incident_of(replace(site, dead=1))), keep_after=5))
    assert undone.outcome == "KEPT", undone.why
    assert everything(site.directory) == before


def test_undo_leaves_a_directory_that_somebody_made_anew(site: Site, tmp_path: Path) -> None:
    """If this fails, an undo removes a directory which a colleague has put in the place of ours."""
    receipt, _ = carried(making(site))
    ours, theirs = site.directory / "more/deep", tmp_path / "theirs"
    theirs.mkdir()
    (ours / "new.conf").rename(theirs / "new.conf")
    ours.rename(tmp_path / "ours")
    theirs.rename(ours)
    undone, _ = carried(replace(history.undo(receipt.id, incident_of(replace(site, dead=1))), keep_after=5))
    assert undone.outcome == "KEPT", undone.why
    assert list(ours.iterdir()) == []
    assert any(f"{ours}" in result.text and "is not ours" in result.text for result in undone.results)


def test_an_undo_that_went_back_can_be_asked_for_again(site: Site) -> None:
    """If this fails, directories that came back with their file are not known to be ours, and the next undo leaves them."""
    before = everything(site.directory)
    receipt, _ = carried(making(site))
    place = journal.create(replace(history.undo(receipt.id, incident_of(replace(site, dead=1))), keep_after=5), PASSED, "tester")
    killed_at("after note applied", place)
    assert resume(place).outcome == "PUT BACK"
    assert (site.directory / "more/deep/new.conf").exists()
    undone, _ = carried(replace(history.undo(receipt.id, incident_of(replace(site, dead=1))), keep_after=5))
    assert undone.outcome == "KEPT", undone.why
    assert everything(site.directory) == before


def test_one_that_was_changed_since_is_not_removed(site: Site) -> None:
    """If this fails, a colleague's edit of the file that we made is lost."""
    receipt, _ = carried(making(site))
    made = site.directory / "more/deep/new.conf"
    made.write_bytes(b"# edited\n")
    with pytest.raises(Refused, match=r"new\.conf is not as that change left it"):
        history.undo(receipt.id, incident_of(replace(site, dead=1)))
    assert made.read_bytes() == b"# edited\n"


def test_recovery_touches_nothing_where_it_was_changed_since(site: Site) -> None:
    """If this fails, a colleague's edit of the file that we made is lost after a crash."""
    place = journal.create(making(site, keep_after=30), PASSED, "tester")
    killed_at("after note deciding", place)
    made = site.directory / "more/deep/new.conf"
    made.write_bytes(b"# edited\n")
    assert resume(place).outcome == "NEEDS HAND"
    assert made.read_bytes() == b"# edited\n"
    assert site.file.read_bytes() == site.text(site.living)


def test_systemd_reads_the_files_again_that_went_back(site: Site, tmp_path: Path) -> None:
    """If this fails, systemd goes on with a drop-in that is gone, and the next restart of the unit surprises everybody."""
    tool, before = tmp_path / "systemctl", everything(site.directory)
    tool.write_text(f'#!/bin/sh\n[ -e {site.directory}/more/deep/new.conf ] && echo new >> {tmp_path}/read || echo old >> {tmp_path}/read\n')
    tool.chmod(0o755)
    loads = Command((str(tool), "daemon-reload"), "", "", "nothing", (str(tool), "daemon-reload"), None)
    receipt, _ = carried(making(site, commands=(loads, Command(("false",), "", "", "", None, None))))
    assert receipt.outcome == "NEEDS HAND", receipt.why
    assert (tmp_path / "read").read_text().split() == ["new", "old"]
    assert everything(site.directory) == before


def test_systemd_reads_them_again_although_a_directory_stays(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, systemd goes on with a drop-in that is gone because an empty directory could not be removed, or one of the two is not said."""

    def failing(path: str, *_: object) -> bool:
        raise OSError(errno.EIO, "Input/output error", path)

    monkeypatch.setattr(new_files, "remove_dir", failing)
    tool = tmp_path / "systemctl"
    tool.write_text(f"#!/bin/sh\necho read >> {tmp_path}/read\n[ $(wc -l < {tmp_path}/read) = 1 ]\n")
    tool.chmod(0o755)
    loads = Command((str(tool), "daemon-reload"), "", "", "nothing", (str(tool), "daemon-reload"), None)
    receipt, _ = carried(making(site, commands=(loads, Command(("false",), "", "", "", None, None))))
    assert receipt.outcome == "NEEDS HAND"
    assert (tmp_path / "read").read_text().split() == ["read", "read"]
    assert "the directory made for it stays; " in receipt.why
    assert "daemon-reload failed" in receipt.why


def test_commands_that_load_what_lies_on_the_disk_keep_their_order() -> None:
    """If this fails, an undo restarts a service before systemd knows its old settings."""
    start, enable = (Command((word,), "", "", "", (f"un{word}",), None) for word in ("start", "enable"))
    load, restart = (Command((word,), "", "", "", (word,), None) for word in ("load", "restart"))
    assert [each.undo for each in backwards((start, load, restart, enable, start))] == [("unstart",), ("unenable",), ("load",), ("restart",), ("unstart",)]


POINTS = (
    "before note making",
    "after note making",
    "before new_files.make_dir",
    "after new_files.make_dir",
    "after note made",
    "before new_files.create",
    "before new_files.write_all",
    "after new_files.write_all",
    "after new_files.create",
    "after atomic_replace",
    "after note applied",
    "after note putting_back",
    "before remove",
    "after remove",
    "before new_files.remove_dir",
    "after new_files.remove_dir",
    "after note decided",
)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_runner_leaves_nothing_that_it_made(site: Site, point: str) -> None:
    """If this fails, a crash in the middle leaves a file that nobody decided on, or an empty directory."""
    before = everything(site.directory)
    useless = POINTS.index(point) > POINTS.index("after note applied")
    place = journal.create(making(site, useless=useless, keep_after=0.5 if useless else 30), PASSED, "tester")
    killed_at(point, place)
    journal.note(place, "runner", pid=os.getpid(), started=0)
    receipt = resume(place)
    assert receipt.outcome in ("REFUSED", "PUT BACK"), receipt.why
    assert everything(site.directory) == before
    assert eventually(lambda: site.status() == 502), receipt.why


@pytest.mark.parametrize("point", ["before remove", "after remove", "before new_files.remove_dir", "after new_files.remove_dir"])
def test_a_killed_undo_leaves_the_repair(site: Site, point: str) -> None:
    """If this fails, an undo that was cut short leaves half of a repair."""
    receipt, _ = carried(making(site))
    before = everything(site.directory)
    back = replace(history.undo(receipt.id, incident_of(replace(site, dead=1))), keep_after=5)
    place = journal.create(back, PASSED, "tester")
    killed_at(point, place)
    journal.note(place, "runner", pid=os.getpid(), started=0)
    ended = resume(place)
    assert ended.outcome == "REFUSED", ended.why
    assert everything(site.directory) == before


def test_it_is_staged_tested_and_shown(site: Site) -> None:
    """If this fails, nginx's test does not see the new file, or the diff does not say that it is new."""
    path, incident = site.directory / "snippets/extra.conf", incident_of(site)
    staged = stage.stage((creating(site, path),), incident)
    new = next(file for file in staged.files if file.before is None)
    assert (new.real, new.made, new.verb) == (str(path), (str(path.parent),), "make")
    assert f"make {path}" in [step.text for step in staged.steps]
    edited = next(file for file in staged.files if file.before is not None)
    including = replace(edited, after=(edited.after or b"").replace(b"location", b"include snippets/extra.conf; location"))
    assert tester.test(replace(staged, files=(including, new))).ok
    bad = replace(new, after=b"no such directive;\n")
    tested = tester.test(replace(staged, files=(including, bad)))
    assert not tested.ok
    assert f"in {path}:1" in tested.said
    assert not path.parent.exists()


def test_where_nothing_is_made(site: Site, tmp_path: Path) -> None:
    """If this fails, a repair writes outside of the configuration, through a link, or over a file."""
    incident = incident_of(site)
    (site.directory / "linked").symlink_to(tmp_path)
    for path, why in (
        (tmp_path / "elsewhere.conf", "lies outside of"),
        (site.directory / "sites/../../up.conf", "cannot be written down"),
        (site.directory / "linked/new.conf", "is a symbolic link: nothing is made behind it"),
        (site.directory / "nginx.conf/new.conf", "is no directory"),
        (site.file, "somebody has made it meanwhile"),
    ):
        fix = replace(creating(site, path), edits=(Edit(str(path), 0, 0, b"", TEXT),))
        with pytest.raises(Refused, match=why):
            stage.stage((fix,), incident)


def test_two_new_files_in_one_new_directory(site: Site) -> None:
    """If this fails, the second file's directory is said to be somebody else's."""
    before = everything(site.directory)
    one, two = (creating(site, site.directory / f"new/{name}.conf") for name in ("one", "two"))
    both = replace(one, edits=(*one.edits, two.edits[-1]), creates=(*one.creates, *two.creates))
    staged = stage.stage((both,), incident_of(site))
    assert [file.made for file in staged.files if file.before is None] == [(str(site.directory / "new"),), ()]
    receipt, _ = carried(staged)
    assert receipt.outcome == "VERIFIED", receipt.why
    undone, _ = carried(replace(history.undo("", incident_of(replace(site, dead=1))), keep_after=5))
    assert undone.outcome == "KEPT", undone.why
    assert everything(site.directory) == before


def test_a_journal_from_before_there_were_new_files(site: Site) -> None:
    """If this fails, an older version's change cannot be ended or undone after an update."""
    place = journal.create(change(site, site.text(site.living)), PASSED, "tester")
    text = (place / "change.json").read_bytes()
    assert text.count(b',"made":[]') == 1
    (place / "change.json").write_bytes(text.replace(b',"made":[]', b"").replace(b',"by":[]', b"").replace(b',"creates":[],"checks":[]', b""))
    assert journal.head(place).change.files[0].made == ()
