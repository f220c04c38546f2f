"""The kernel's tables of listening sockets: what listens, how full its queue is, who holds it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui502.host import sockets
from tui502.host.netlink import listening_sockets
from tui502.host.sockets import Holders, listeners, pids_of, proc_sockets
from tui502.model.evidence import Listener


@pytest.fixture(params=["netlink", "proc"])
def table(request: pytest.FixtureRequest) -> Callable[[], tuple[object, ...]]:
    return listening_sockets if request.param == "netlink" else proc_sockets


def test_every_kind_of_listener_is_found(table: Callable[[], tuple[sockets.Socket, ...]], tmp_path: Path) -> None:
    """If this fails, a backend that listens is reported as not listening."""
    with socket.socket() as four, socket.socket(socket.AF_INET6) as six, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as abstract:
        four.bind(("127.0.0.1", 0))
        six.bind(("::1", 0))
        unix.bind(str(tmp_path / "app.sock"))
        abstract.bind("\0tui502-test-" + str(os.getpid()))
        for one in (four, six, unix, abstract):
            one.listen(7)
        found = {one.ino: one for one in table()}
        rows = [found[os.fstat(one.fileno()).st_ino] for one in (four, six, unix, abstract)]
    assert [(row.family, row.address, row.port, row.path) for row in rows] == [
        ("inet", "127.0.0.1", four_port(rows[0]), ""),
        ("inet6", "::1", rows[1].port, ""),
        ("unix", "", 0, str(tmp_path / "app.sock")),
        ("unix", "", 0, f"@tui502-test-{os.getpid()}"),
    ]
    assert all(row.queue == 0 for row in rows)


def four_port(row: sockets.Socket) -> int:
    assert row.port > 0
    return row.port


def test_what_does_not_listen_is_left_out(table: Callable[[], tuple[sockets.Socket, ...]]) -> None:
    """If this fails, a bound or connected socket passes for a backend."""
    with socket.socket() as server, socket.socket() as client, socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        inodes = {one.ino for one in table()}
        assert os.fstat(server.fileno()).st_ino in inodes
        assert not {os.fstat(client.fileno()).st_ino, os.fstat(bound.fileno()).st_ino} & inodes


def test_queue_and_backlog_are_those_of_the_kernel(tmp_path: Path) -> None:
    """If this fails, a backend that hangs with a full queue is not recognised."""
    with socket.socket() as server, socket.socket() as one, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as two:
        server.bind(("127.0.0.1", 0))
        server.listen(3)
        unix.bind(str(tmp_path / "s"))
        unix.listen(5)
        one.connect(server.getsockname())
        two.connect(str(tmp_path / "s"))
        found = {row.ino: (row.queue, row.backlog) for row in listening_sockets()}
        assert found[os.fstat(server.fileno()).st_ino] == (1, 3)
        assert found[os.fstat(unix.fileno()).st_ino] == (1, 5)


def test_an_ipv6_listener_says_whether_it_takes_ipv4(tmp_path: Path) -> None:
    """If this fails, a backend on [::] is not tied to the peer 127.0.0.1."""
    with socket.socket(socket.AF_INET6) as both, socket.socket(socket.AF_INET6) as only:
        both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        only.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for one in (both, only):
            one.bind(("::", 0))
            one.listen()
        found = {row.ino: row.v6only for row in listening_sockets()}
        assert (found[os.fstat(both.fileno()).st_ino], found[os.fstat(only.fileno()).st_ino]) == (False, True)


def test_a_listener_names_its_processes() -> None:
    """If this fails, the process behind a peer is unknown, and so its unit and log."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        child = subprocess.Popen([sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"], stdin=-1, stdout=-1, pass_fds=[server.fileno()])
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
        rows = listeners()
        assert not isinstance(rows, sockets.Gap)
        row = next(row for row in rows if row.ino == os.fstat(server.fileno()).st_ino)
        assert row == Listener("inet", "127.0.0.1", server.getsockname()[1], "", row.ino, 0, 128, tuple(sorted((os.getpid(), child.pid))), row.net_ns)
        assert row.net_ns == Path("/proc/self/ns/net").stat().st_ino
        child.communicate()
        child.stdout.close()
    assert list(rows) == sorted(rows, key=lambda row: (row.family, row.address, row.port, row.path, row.net_ns, row.ino))


def test_processes_are_searched_again_only_when_something_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the one-second view goes through all descriptors of the host, or shows a dead holder for ever."""
    searched: list[frozenset[int]] = []

    def search(inodes: frozenset[int]) -> dict[int, tuple[int, ...]]:
        searched.append(inodes)
        return pids_of(inodes)

    monkeypatch.setattr(sockets, "pids_of", search)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        inode = os.fstat(server.fileno()).st_ino
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[server.fileno()])
        holders = Holders()
        both = tuple(sorted((os.getpid(), child.pid)))
        assert holders.of([inode])[inode] == both
        assert holders.of({inode})[inode] == both
        assert len(searched) == 1
        child.communicate()
        assert holders.of({inode})[inode] == (os.getpid(),)
        assert holders.of({inode, 1})[inode] == (os.getpid(),)
        assert len(searched) == 3


def test_the_table_of_proc_stands_in_where_netlink_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, nothing is seen to listen inside a sandbox that forbids netlink."""

    def refused() -> tuple[sockets.Socket, ...]:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(sockets, "listening_sockets", refused)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert os.fstat(server.fileno()).st_ino in {one.ino for one in sockets.here()}
