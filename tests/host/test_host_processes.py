"""The process table."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.real_nginx import eventually
from tui502.host import processes as module
from tui502.host.processes import process, processes, uids


def test_a_process_is_described_by_what_the_kernel_says() -> None:
    """If this fails, the tie from a listener to its unit, directory and program is lost."""
    before = time.time()
    child = subprocess.Popen(["/bin/sleep", "100"], cwd="/")
    try:
        assert eventually(lambda: (now := process(child.pid)) and now.argv)
        found = process(child.pid)
        assert found
        assert (found.pid, found.ppid, found.uid) == (child.pid, os.getpid(), os.geteuid())
        assert (found.name, found.argv, found.cwd) == ("sleep", ("/bin/sleep", "100"), "/")
        assert found.exe == os.path.realpath("/bin/sleep")
        assert os.getegid() in found.gids
        assert abs(found.started - before) < 5
        assert uids(child.pid) == (os.getuid(),) * 4
    finally:
        child.kill()
        child.wait()
    assert process(child.pid) is None
    assert uids(child.pid) == ()


def test_we_and_our_helpers_are_not_shown(tmp_path: Path) -> None:
    """If this fails, every look at the host shows a change: our own."""
    with subprocess.Popen(["/bin/sleep", "100"]) as child:
        table = processes()
        shown = {one.pid for one in table}
        child.kill()
    assert not shown & {os.getpid(), child.pid}
    assert 2 not in shown
    assert [one.pid for one in table] == sorted(shown)


def test_a_process_that_vanishes_meanwhile_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a busy host breaks the process table."""
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    listed = os.listdir
    monkeypatch.setattr(module.os, "listdir", lambda path: [*listed(path), str(child.pid)])
    assert child.pid not in {one.pid for one in processes()}


def test_a_hostile_name_is_read_whole() -> None:
    """If this fails, a process named like fields of /proc/PID/stat shifts all that follows."""
    code = "import ctypes; ctypes.CDLL(None).prctl(15, b') S 1 1 1 (', 0, 0, 0); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code, "two words", ""], stdin=-1, stdout=-1) as child:
        assert child.stdout
        child.stdout.readline()
        found = process(child.pid)
        child.communicate(b"\n")
    assert found
    assert (found.name, found.ppid) == (") S 1 1 1 (", os.getpid())
    assert found.argv[3] == "two words"


def test_an_unreadable_field_is_empty() -> None:
    """If this fails, a user without rights sees no processes at all."""
    assert all(isinstance(one.exe, str) and isinstance(one.cgroup, str) for one in processes())
    assert module.link("/proc/none/exe") == ""
    with socket.socket():
        assert module.pid_depth("self") >= 1
        assert module.pid_depth(0) == 0
