"""The journal: found again, private, and readable however it was cut off."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, change

from tui502.apply import control, journal, places


def test_it_holds_both_texts_before_anything_is_written(site: Site, state: Path) -> None:
    """If this fails, a crash leaves nobody the old text, or others can read it."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    assert (place / "1.old").read_bytes() == site.file.read_bytes()
    assert (place / "1.new").read_bytes() == b"# new\n"
    assert (place / "1.old").stat().st_mtime_ns == site.file.stat().st_mtime_ns
    assert stat.S_IMODE(state.stat().st_mode) == stat.S_IMODE(place.stat().st_mode) == 0o700
    assert journal.head(place).change == change(site, b"# new\n")
    again = journal.create(change(site, b"# new\n"), PASSED, "tester")
    assert again.name == f"{place.name}-2"
    assert journal.head(again).tested.change == again.name


def test_a_line_cut_by_a_crash_is_left_out(site: Site) -> None:
    """If this fails, a journal that ends in the middle of a line cannot be recovered."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    journal.note(place, "applying")
    with (place / "state").open("ab") as out:
        out.write(b'{"what":"reloa')
    assert [event.what for event in journal.events(place)] == ["prepared", "applying"]
    now = journal.progress(place)
    assert now is not None
    assert (now.phase, now.receipt) == ("applying", None)
    assert journal.progress(place.parent / "nothing") is None


def test_words_for_the_runner(site: Site) -> None:
    """If this fails, a key in the count-down says nothing, or nonsense is obeyed."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    assert control.asked(place) is None
    control.ask(place, "put_back")
    control.ask(place, "put_back")
    assert control.asked(place) == "put_back"
    with pytest.raises(ValueError, match="does not understand"):
        control.ask(place, "../../etc")


def test_a_place_that_others_can_write_is_never_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, somebody else's journal is carried out with our rights."""
    place = tmp_path / "planted"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    monkeypatch.setenv("TUI502_STATE", str(place))
    assert places.existing() == ()
    with pytest.raises(PermissionError):
        places.state_dir()


def test_without_a_home_there_is_still_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, an empty environment or a read-only home makes a repair impossible."""
    for name in ("TUI502_STATE", "XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"")
    monkeypatch.setattr(places, "candidates", lambda: (blocked / "tui502", tmp_path / f"tui502-{os.geteuid()}"))
    assert places.state_dir() == tmp_path / f"tui502-{os.geteuid()}"
