"""The journal: found again, private, and readable however it was cut off."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from site_to_mend import PASSED, Site, change

from tui502.apply import control, journal, places, receipts
from tui502.host import change as host


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
    journal.note(place, "decided")
    assert [event.what for event in journal.events(place)] == ["prepared", "applying", "decided"]
    assert journal.progress(place.parent / "nothing") is None


def test_what_did_not_change_is_not_read_again(site: Site) -> None:
    """If this fails, watching a change costs more the longer it takes; or what changed is not seen."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    first = journal.progress(place)
    assert journal.progress(place) is first
    journal.note(place, "deciding", took=1.0)
    second = journal.progress(place)
    assert first is not None
    assert second is not None
    assert (first.phase, second.phase) == ("applying", "deciding")
    receipts.give(place, "KEPT", "", second.change.baseline)
    third = journal.progress(place)
    assert third is not None
    assert third.phase == "done"


def test_a_full_disk_has_room_for_the_last_words(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a decision that was made cannot be written down, and recovery decides otherwise."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    write, append = host.write_new, host.append

    def full(there: Path) -> None:
        if (there.parent / "reserve").exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(there))

    monkeypatch.setattr(host, "append", lambda path, data, synced=True: full(Path(path)) or append(path, data, synced))
    monkeypatch.setattr(host, "write_new", lambda path, data, mode=0o600: full(Path(path)) or write(path, data, mode))
    journal.tell(place, "figures", synced=False)
    assert (place / "reserve").stat().st_size > (place / "change.json").stat().st_size
    journal.note(place, "decided", ok=True)
    assert journal.events(place)[-1].what == "decided"
    (place / "reserve").write_bytes(b"x")
    receipts.give(place, "VERIFIED", "", change(site, b"").baseline)
    ended = journal.receipt(place)
    assert ended is not None
    assert ended.outcome == "VERIFIED"
    assert not (place / "reserve").exists()


def test_words_for_the_runner(site: Site) -> None:
    """If this fails, a key in the count-down says nothing, or nonsense is obeyed."""
    place = journal.create(change(site, b"# new\n"), PASSED, "tester")
    assert control.asked(place) is None
    control.ask(place, "put_back")
    control.ask(place, "put_back")
    assert control.asked(place) == "put_back"
    control.ask(place, "keep")
    os.utime(place / "asked.keep", ns=(1, 2**62))
    assert control.asked(place) == "put_back"
    os.utime(place / "asked.keep", ns=(1, 1))
    assert control.asked(place) == "keep"
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
