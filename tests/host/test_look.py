"""Files and directories are looked at without blocking, changing or leaving the view."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tui502.host.look import list_dir, read_file, read_link
from tui502.host.paths import open_path, real_path, walk
from tui502.model.evidence import FileSeen, Gap, View


def seen(path: Path, cap: int = 1000) -> FileSeen:
    found = read_file(str(path), cap=cap)
    assert isinstance(found, FileSeen), found
    return found


def test_a_file_is_read_with_its_identity(tmp_path: Path) -> None:
    """If this fails, edits and drift are judged on other bytes than those on disk."""
    path = tmp_path / "a.conf"
    path.write_bytes(b"x\xff\0y")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to("a.conf")
    found, stat = seen(tmp_path / "link"), path.stat()
    assert (found.data, found.cut, found.kind, found.mode, found.real) == (b"x\xff\0y", False, "file", 0o640, str(path))
    assert (found.ino, found.dev, found.size, found.mtime_ns, found.ctime_ns, found.links) == (
        stat.st_ino, stat.st_dev, 4, stat.st_mtime_ns, stat.st_ctime_ns, 1,
    )  # fmt: skip


def test_a_large_file_is_not_read_and_says_so(tmp_path: Path) -> None:
    """If this fails, a file without end fills the memory, or an unread one passes for empty."""
    (tmp_path / "f").write_bytes(b"0123456789")
    assert (seen(tmp_path / "f", 9).data, seen(tmp_path / "f", 9).cut, seen(tmp_path / "f", 9).size) == (b"", True, 10)
    assert seen(tmp_path / "f", 10).cut is False


def test_a_file_that_is_written_meanwhile_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the first half of the old text and the second half of the new one are shown as a broken file."""
    path = tmp_path / "a.conf"
    path.write_bytes(b"a" * (1 << 20) + b"a")
    texts, read = iter((b"b" * (1 << 20) + b"bb",)), os.read

    def meanwhile(fd: int, size: int) -> bytes:
        part = read(fd, size)
        if text := next(texts, b""):
            path.write_bytes(text)
        return part

    monkeypatch.setattr(os, "read", meanwhile)
    found = seen(path, 4 << 20)
    assert (set(found.data), found.size) == ({ord("b")}, (1 << 20) + 2)


def test_a_fifo_is_described_and_not_opened(tmp_path: Path) -> None:
    """If this fails, a FIFO in place of a configuration file hangs the whole investigation."""
    os.mkfifo(tmp_path / "fifo")
    assert (seen(tmp_path / "fifo").kind, seen(tmp_path / "fifo").data) == ("fifo", b"")


def test_what_is_no_file_is_described(tmp_path: Path) -> None:
    """If this fails, a directory, device, socket or dangling link is taken for a file or for nothing."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "sock"))
    (tmp_path / "dangling").symlink_to("nowhere")
    assert seen(tmp_path).kind == "dir"
    assert seen(tmp_path / "sock").kind == "socket"
    assert seen(Path("/dev/null")).kind == "device"
    assert (seen(tmp_path / "dangling").kind, seen(tmp_path / "dangling").real) == ("link", str(tmp_path / "nowhere"))


def test_what_cannot_be_read_is_a_gap_with_its_reason(tmp_path: Path) -> None:
    """If this fails, a missing file passes for an empty one."""
    (tmp_path / "file").touch()
    assert read_file(str(tmp_path / "none")) == Gap(str(tmp_path / "none"), "absent", "")
    assert isinstance(gap := read_file(str(tmp_path / "file" / "below")), Gap)
    assert gap.why == "absent"
    assert isinstance(gap := read_file("/bad\0name"), Gap)
    assert gap.why == "unreadable"
    (tmp_path / "loop").symlink_to("loop")
    assert isinstance(gap := read_file(str(tmp_path / "loop")), Gap)
    assert gap.why == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_denied_file_names_the_command_that_shows_it(tmp_path: Path) -> None:
    """If this fails, a user without the right is not told how to get on."""
    path = tmp_path / "key file"
    path.write_text("secret")
    path.chmod(0)
    assert read_file(str(path)) == Gap(str(path), "denied", f"sudo cat '{path}'")


def test_a_directory_is_listed_in_order(tmp_path: Path) -> None:
    """If this fails, includes are loaded in another order than nginx does it."""
    for name in ("b", "A", "a"):
        (tmp_path / name).touch()
    assert list_dir(str(tmp_path)) == ("A", "a", "b")
    assert list_dir(str(tmp_path / "a")) == Gap(str(tmp_path / "a"), "absent", "")
    assert isinstance(list_dir(str(tmp_path / "none")), Gap)


def test_no_link_leads_out_of_the_root(tmp_path: Path) -> None:
    """If this fails, a container can make us show files of the host, with our rights."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "real").write_text("inside")
    (tmp_path / "secret").write_text("outside")
    (root / "absolute").symlink_to("/etc/real")
    (root / "up").symlink_to("../../../../../secret")
    (root / "etc" / "again").symlink_to("../absolute")
    for name in ("absolute", "etc/again", "etc/../absolute", "../etc/real"):
        fd, real = walk(str(root), "/" + name)
        os.close(fd)
        assert real == "/etc/real", name
    with pytest.raises(FileNotFoundError):
        walk(str(root), "/up")
    (root / "loop").symlink_to("/loop")
    with pytest.raises(OSError, match="Too many levels"):
        walk(str(root), "/loop")


def view_of(pid: int, started: int, local: bool) -> View:
    return View(pid, started, "/", 0, 0, "", (), "/", local)


def test_a_view_whose_master_is_gone_shows_nothing() -> None:
    """If this fails, files of a process that got the pid of a dead master pass for those of nginx."""
    gone = view_of(os.getpid(), 1, local=False)
    assert read_file("/etc/passwd", gone) == Gap("/etc/passwd", "absent", "")


def test_the_masters_own_standard_error_is_meant_by_its_name() -> None:
    """If this fails, `error_log /dev/stderr` shows our terminal instead of nginx's log."""
    assert real_path("/dev/stderr", view_of(7, 0, local=True)) == "/proc/7/fd/2"
    assert real_path("/dev/stdout", view_of(7, 0, local=False)) == "/proc/7/fd/1"
    assert real_path("/var/log/x", view_of(7, 0, local=False)) == "/proc/7/root/var/log/x"
    assert real_path("/var/log/x", view_of(7, 0, local=True)) == "/var/log/x"


def test_a_file_in_the_root_of_a_process_is_found_through_it() -> None:
    """If this fails, nothing of an nginx with a private mount namespace can be read."""
    from tui502.host.paths import start_ticks

    us = view_of(os.getpid(), start_ticks(os.getpid()), local=False)
    with open_path("/proc/../etc/passwd", us) as (_, real):
        assert real == "/etc/passwd"
    assert isinstance(read_file("/etc/passwd", us), FileSeen)


def test_a_link_is_told_from_what_it_leads_to(tmp_path: Path) -> None:
    """If this fails, a file of the configuration could be removed in the belief that it is a link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a").write_bytes(b"a")
    (tmp_path / "real/b").symlink_to("a")
    (tmp_path / "real/c").symlink_to("gone")
    (tmp_path / "dir").symlink_to("real")
    found = {name: read_file(str(tmp_path / "dir" / name)) for name in ("a", "b", "c")}
    assert [seen.link for seen in found.values() if isinstance(seen, FileSeen)] == ["", "a", "gone"]
    assert read_link(str(tmp_path / "real/b")) == b"a"
    assert [seen.why for name in ("a", "none") if isinstance(seen := read_link(str(tmp_path / "real" / name)), Gap)] == ["unreadable", "absent"]
