"""What a process writes into, seen on real processes with real files, pipes and sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tui502.host import netlink
from tui502.host import open_files as module
from tui502.host.open_files import open_files
from tui502.model.evidence import Gap, OpenFile

WRITER = """
import os, sys
os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.open(sys.argv[1], os.O_RDONLY)
print("x", flush=True)
sys.stdin.read()
"""


def rows(pid: int) -> dict[int, OpenFile]:
    found = open_files((pid,))
    assert not isinstance(found, Gap)
    return {one.fd: one for one in found if one.pid == pid}


def test_a_log_is_seen_also_when_it_lost_its_name(tmp_path: Path) -> None:
    """If this fails, an nginx that writes to a removed log is said to write nothing."""
    path = tmp_path / "error.log"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        found = path.stat()
        path.unlink()
        (log,) = [one for one in rows(writer.pid).values() if one.kind == "file" and one.fd > 2]
        assert (log.target, log.dev, log.ino) == (f"{path} (deleted)", found.st_dev, found.st_ino)
        writer.communicate(b"")


def test_who_reads_from_a_pipe_and_where_he_writes(tmp_path: Path) -> None:
    """A program that takes nginx's output, as supervisord does: the file that it writes is where to look."""
    path = tmp_path / "out.log"
    taker = "import os, sys\nos.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)\nsys.stderr.write('x')\nsys.stderr.flush()\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", taker, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stderr is not None
        reader.stderr.read(1)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stderr=reader.stdin) as writer:
            assert reader.stdin is not None
            found = open_files((writer.pid,))
            assert not isinstance(found, Gap)
            (error,) = [one for one in found if (one.pid, one.fd) == (writer.pid, 2)]
            assert (error.kind, error.readers) == ("pipe", (reader.pid,))
            assert str(path) in [one.target for one in found if one.pid == reader.pid]
            writer.communicate(b"")
        reader.stdin.close()


def test_the_name_at_the_other_end_of_a_socket(tmp_path: Path) -> None:
    """The journal takes the output of services by a socket: if this fails, it is not found."""
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        accepted = server.accept()[0]
        with accepted, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stderr=client.fileno()) as writer:
            assert (rows(writer.pid)[2].kind, rows(writer.pid)[2].peer) == ("socket", path)
            writer.communicate(b"")


def test_the_sockets_of_the_host_are_listed_once_and_only_where_it_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy proxy has thousands of sockets open. If this fails, one look takes a minute."""
    asked: list[set[int]] = []
    monkeypatch.setattr(module, "unix_peers", lambda inos: (asked.append(set(inos)), netlink.unix_peers(inos))[1])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        open_files((os.getpid(), os.getpid()))
        assert all(ours.fileno() not in (1, 2) and os.fstat(ours.fileno()).st_ino not in inos for inos in asked)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=ours.fileno(), stderr=theirs.fileno()) as writer:
            asked.clear()
            rows(writer.pid)
            assert asked == [{os.fstat(ours.fileno()).st_ino, os.fstat(theirs.fileno()).st_ino}]
            writer.communicate(b"")


def test_a_process_that_is_gone_is_a_gap() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    found = open_files((gone.pid,))
    assert isinstance(found, Gap)
    assert found.why == "absent"
    assert open_files((os.getpid(), gone.pid))
