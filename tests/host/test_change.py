"""The primitives that change the host: whole or not at all, and nothing of a file is lost but its old text."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui502.host import change
from tui502.host.paths import start_ticks


def test_a_replaced_file_keeps_mode_and_attributes(tmp_path: Path) -> None:
    """If this fails, a key becomes readable for everybody, or an ACL is gone after a repair."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"old")
    file.chmod(0o640)
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    inode = file.stat().st_ino
    change.atomic_replace(str(file), b"new", change.meta(str(file)))
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.getxattr(file, "user.note") == b"kept"
    assert file.stat().st_ino != inode
    assert [path.name for path in tmp_path.iterdir()] == ["a.conf"]


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    """If this fails, a user's site becomes root's."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"old")
    os.chown(file, 1234, 2345)
    change.atomic_replace(str(file), b"new", change.meta(str(file)))
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)


def test_hard_links_stay_together(tmp_path: Path) -> None:
    """If this fails, the other name of the file keeps the old text."""
    file, other = tmp_path / "a.conf", tmp_path / "b.conf"
    file.write_bytes(b"the old text")
    other.hardlink_to(file)
    change.atomic_replace(str(file), b"new", change.meta(str(file)))
    assert other.read_bytes() == b"new"


@pytest.mark.parametrize("linked", [True, False])
def test_what_cannot_be_done_in_one_step_is_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool) -> None:
    """If this fails, the journal does not know that a crash may have cut a file in the middle; or a file is cut that nobody could mend."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"the old text")
    if linked:
        (tmp_path / "b.conf").hardlink_to(file)
    else:
        monkeypatch.setattr(change.os, "replace", lambda source, target: busy(target))
    told: list[bytes] = []
    change.atomic_replace(str(file), b"new", change.meta(str(file)), lambda: told.append(file.read_bytes()))
    assert (told, file.read_bytes()) == ([b"the old text"], b"new")
    with pytest.raises(OSError, match="busy"):
        change.atomic_replace(str(file), b"newer", change.meta(str(file)), lambda: busy("journal"))
    assert file.read_bytes() == b"new"


def busy(path: str) -> None:
    """What renaming over a file says that is mounted by itself."""
    raise OSError(errno.EBUSY, "Device or resource busy", path)


def test_a_line_after_one_that_was_cut_stands_alone(tmp_path: Path) -> None:
    """If this fails, an event that was noted after a crash is lost in the half line before it."""
    log = tmp_path / "state"
    change.append(str(log), b"one\n")
    with log.open("ab") as out:
        out.write(b"tw")
    change.append(str(log), b"three\n")
    change.append(str(log), b"four\n")
    assert log.read_bytes() == b"one\ntw\nthree\nfour\n"


def test_a_failure_names_the_file_that_a_person_knows(tmp_path: Path) -> None:
    """If this fails, the refusal speaks of a temporary name of ours that nobody has ever seen."""
    file = tmp_path / "a.conf"
    file.mkdir()
    like = change.Meta(0o644, os.geteuid(), os.getegid(), {}, 1, 0)
    with pytest.raises(IsADirectoryError) as told:
        change.atomic_replace(str(file), b"new", like)
    assert told.value.filename == str(file)
    with pytest.raises(FileNotFoundError) as told_of_folder:
        change.atomic_replace(str(tmp_path / "gone/a.conf"), b"new", like)
    assert told_of_folder.value.filename == str(tmp_path / "gone")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a full disk cuts a live configuration file."""
    file = tmp_path / "a.conf"
    file.write_bytes(b"old")

    def full(handle: int, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    like = change.meta(str(file))
    monkeypatch.setattr(change.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        change.atomic_replace(str(file), b"new", like)
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.conf"]


def test_a_signal_reaches_only_the_process_that_was_meant() -> None:
    """If this fails, a process that got the number of a dead nginx is signalled."""
    process = subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        started = start_ticks(process.pid)
        with pytest.raises(ProcessLookupError):
            change.signal(process.pid, started - 1, signal.SIGTERM)
        assert process.poll() is None
        change.signal(process.pid, started, signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
    with pytest.raises(ProcessLookupError):
        change.signal(process.pid, started, signal.SIGTERM)


def test_a_private_directory_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    """If this fails, a planted directory or link leads the journal, and so root's writing, elsewhere."""
    place = tmp_path / "state"
    change.make_private_dir(str(place))
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    place.chmod(0o755)
    with pytest.raises(PermissionError):
        change.make_private_dir(str(place))
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        change.make_private_dir(str(tmp_path / "link"))


def test_a_lock_is_held_by_one_and_freed_by_death(tmp_path: Path) -> None:
    """If this fails, two changes run at once, or a killed runner blocks all later ones."""
    lock = str(tmp_path / "lock")
    program = f"from tui502.host.change import locked\nwith locked({lock!r}) as free: print(free, flush=True); input()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"True\n"
    with change.locked(lock) as free:
        assert not free
    holder.kill()
    holder.communicate(timeout=10)
    with change.locked(lock) as free:
        assert free


def test_a_command_that_is_not_there_is_an_error_with_its_name() -> None:
    """If this fails, a missing systemctl ends the runner with a traceback."""
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        change.command(("no-such-program", "start"), 5.0)


def test_a_link_comes_back_with_its_target_owner_and_time(tmp_path: Path) -> None:
    """If this fails, a link that was taken out comes back as another one."""
    link = tmp_path / "link"
    link.symlink_to("../nowhere")
    os.utime(link, ns=(1, 1_600_000_000_000_000_007), follow_symlinks=False)
    like = change.meta(str(link), link=True)
    assert like is not None
    link.unlink()
    change.make_link(str(link), b"../nowhere", like)
    assert change.meta(str(link), link=True) == like
    with pytest.raises(FileExistsError):
        change.make_link(str(link), b"elsewhere", None)
    with pytest.raises(OSError, match="no regular file"):
        change.meta(str(link))
    with pytest.raises(OSError, match="no symbolic link"):
        change.meta(str(tmp_path), link=True)
