"""Making what was not there: whole or not at all, never over somebody else's, never over a link."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui502.host import change, new_files


def test_a_new_file_is_there_whole_and_readable(tmp_path: Path) -> None:
    """If this fails, systemd or nginx cannot read what was made, or a temporary file stays beside it."""
    old = os.umask(0o077)
    try:
        inode = new_files.make_dir(str(tmp_path / "app.service.d"))
        new_files.create(str(tmp_path / "app.service.d/override.conf"), b"[Service]\n")
    finally:
        os.umask(old)
    folder = tmp_path / "app.service.d"
    assert (folder.stat().st_mode & 0o7777, folder.stat().st_ino) == (0o755, inode)
    assert [(path.name, path.stat().st_mode & 0o7777, path.read_bytes()) for path in folder.iterdir()] == [("override.conf", 0o644, b"[Service]\n")]


@pytest.mark.parametrize("there", ["file", "link", "dangling", "directory"])
def test_what_came_meanwhile_is_left_alone(tmp_path: Path, there: str) -> None:
    """If this fails, somebody's new file is overwritten, or written through his link."""
    place, other = tmp_path / "a.conf", tmp_path / "other"
    if there == "directory":
        place.mkdir()
    elif there == "file":
        place.write_bytes(b"theirs")
    else:
        place.symlink_to(other)
        other.write_bytes(b"theirs") if there == "link" else None
    before = sorted((path.name, path.is_symlink(), path.read_bytes() if path.is_file() else b"") for path in tmp_path.iterdir())
    for make in (lambda: new_files.create(str(place), b"ours"), lambda: new_files.make_dir(str(place))):
        with pytest.raises(FileExistsError) as told:
            make()
        assert told.value.filename == str(place)
    assert sorted((path.name, path.is_symlink(), path.read_bytes() if path.is_file() else b"") for path in tmp_path.iterdir()) == before


def test_a_link_on_the_way_is_not_followed(tmp_path: Path) -> None:
    """If this fails, whoever may write a directory above chooses where root writes."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "app.service.d").symlink_to("elsewhere")
    with pytest.raises(OSError, match="Not a directory"):
        new_files.create(str(tmp_path / "app.service.d/override.conf"), b"x")
    with pytest.raises(OSError, match="Not a directory"):
        new_files.make_dir(str(tmp_path / "app.service.d/more"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_goes_only_while_it_is_ours_and_empty(tmp_path: Path) -> None:
    """If this fails, putting back takes away what somebody else made or put into it."""
    place = tmp_path / "app.service.d"
    inode = new_files.make_dir(str(place))
    (place / "theirs.conf").write_bytes(b"x")
    assert not new_files.remove_dir(str(place), inode)
    (place / "theirs.conf").unlink()
    assert not new_files.remove_dir(str(place), inode + 1), "another one of that name"
    assert not new_files.remove_dir(str(place), announced=place.stat().st_mtime + 30), "it was there before it was announced"
    assert new_files.remove_dir(str(place), announced=place.stat().st_mtime)
    assert not place.exists()
    assert new_files.remove_dir(str(place)), "gone is gone"
    (tmp_path / "real").mkdir()
    place.symlink_to("real")
    assert not new_files.remove_dir(str(place))
    assert place.is_symlink()


def test_a_kill_in_the_middle_leaves_a_file_whose_name_is_known(tmp_path: Path) -> None:
    """If this fails, a half written file bears the real name, or nobody can find the temporary one."""
    program = f"import os; from tui502.host import new_files as n; n.os.link = lambda *a, **k: os.kill(os.getpid(), 9); n.create('{tmp_path}/a.conf', b'x')"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        process.wait(20)
    assert [str(path) for path in tmp_path.iterdir()] == [change.temporary(f"{tmp_path}/a.conf", process.pid)]
