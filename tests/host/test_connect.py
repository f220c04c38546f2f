"""Connecting to many peers at once: every way it can end, in time, and without pressing on a full queue."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.connects import connect_all
from tests.real_nginx import eventually
from tui502.host.connect import converse
from tui502.host.dial import address_of, is_full
from tui502.host.http import USER_AGENT, escape, is_whole, request
from tui502.host.netlink import Socket, tcp_sockets
from tui502.host.paths import start_ticks
from tui502.host.talk import RECEIVED_CAP, Ask
from tui502.model.evidence import Exchange, View


def listening(backlog: int = 10) -> tuple[socket.socket, str]:
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(backlog)
    return server, f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def refusing() -> Iterator[str]:
    """An address that nobody listens on and nobody else can take."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


def test_every_end_of_a_connect(tmp_path: Path, refusing: str) -> None:
    """If this fails, a dead, missing or living backend is told wrongly."""
    server, peer = listening()
    with server, socket.socket(socket.AF_INET6) as six, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as dead:
        six.bind(("::1", 0))
        six.listen()
        unix.bind(str(tmp_path / "a"))
        unix.listen()
        dead.bind(str(tmp_path / "dead"))
        (tmp_path / "file").touch()
        peers = {
            peer: "connected",
            f"[::1]:{six.getsockname()[1]}": "connected",
            f"unix:{tmp_path}/a": "connected",
            f"unix:{tmp_path}/dead": "refused",
            f"unix:{tmp_path}/file": "refused",
            f"unix:{tmp_path}/none": "absent",
            refusing: "refused",
            "backend:80": "error",
            "127.0.0.1:0": "error",
        }
        found = connect_all(peers, 2)
    assert {name: exchange.end for name, exchange in found.items()} == peers
    assert found[refusing] == Exchange(refusing, "connect", b"", b"", False, None, None, "refused", 111)
    assert found[peer].connected is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may connect to everything")
def test_a_socket_without_the_right_is_denied(tmp_path: Path) -> None:
    """If this fails, 13: Permission denied is not recognised from here."""
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "a"))
        unix.listen()
        (tmp_path / "a").chmod(0)
        assert connect_all([f"unix:{tmp_path}/a"], 1)[f"unix:{tmp_path}/a"].end == "denied"


def test_a_full_queue_is_left_alone_or_told(tmp_path: Path) -> None:
    """If this fails, our own probes make an overloaded backend worse, or wait for it."""
    server, peer = listening(0)
    waiting: list[socket.socket] = []
    with server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "u"))
        unix.listen(0)
        for _ in range(2):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(server.getsockname())
            two = socket.socket(socket.AF_UNIX)
            two.setblocking(False)
            two.connect_ex(str(tmp_path / "u"))
            waiting += [one, two]
        inode = os.fstat(server.fileno()).st_ino
        assert eventually(lambda: next(row.queue > row.backlog for row in tcp_sockets() if row.ino == inode))
        started = time.monotonic()
        found = connect_all([peer, f"unix:{tmp_path}/u"], 5)
        assert time.monotonic() - started < 4
    for one in waiting:
        one.close()
    assert found[peer].end == "skipped"
    assert (found[f"unix:{tmp_path}/u"].end, found[f"unix:{tmp_path}/u"].errno) == ("full", 11)


def test_a_full_listener_on_all_addresses_concerns_only_our_own() -> None:
    """If this fails, a remote peer is not asked because something here has the same port."""
    full = (Socket("inet", "0.0.0.0", 80, "", 1, 2, 1), Socket("inet6", "::", 81, "", 1, 2, 1))
    assert is_full(socket.AF_INET, ("127.0.0.1", 80), full)
    assert not is_full(socket.AF_INET, ("192.0.2.1", 80), full)
    assert is_full(socket.AF_INET, ("127.0.0.1", 81), full)
    assert not is_full(socket.AF_INET6, ("::1", 80), full)


def test_a_path_too_long_for_an_address_still_connects(tmp_path: Path) -> None:
    """If this fails, a socket in a deep directory cannot be probed."""
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as unix:
        before = Path.cwd()
        os.chdir(folder)
        try:
            unix.bind("s")
        finally:
            os.chdir(before)
        unix.listen()
        assert connect_all([f"unix:{folder}/s"], 1)[f"unix:{folder}/s"].end == "connected"


def test_a_socket_is_found_where_the_master_sees_it(tmp_path: Path) -> None:
    """If this fails, a backend under PrivateTmp or in a container is told absent."""
    us = View(os.getpid(), start_ticks(os.getpid()), "/", 0, 0, "", (), "/", False)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s"))
        unix.listen()
        found = connect_all([f"unix:{tmp_path}/s", f"unix:{tmp_path}/none"], 1, us)
    assert {e.peer: e.end for e in found.values()} == {f"unix:{tmp_path}/s": "connected", f"unix:{tmp_path}/none": "absent"}


def test_a_thousand_peers_are_probed_in_one_go(refusing: str) -> None:
    """If this fails, a large configuration holds up the first verdict (the limit is generous, the ratio is measured elsewhere)."""
    server, peer = listening(2000)
    port = int(peer.rpartition(":")[2])
    with server:
        peers = [f"127.0.{n // 250}.{n % 250 + 1}:{port}" for n in range(999)] + [refusing, peer]
        started = time.monotonic()
        found = connect_all(peers, 5)
        took = time.monotonic() - started
    assert len(found) == len(set(peers))
    assert took < 4


def test_a_silent_peer_takes_its_deadline_and_no_more(refusing: str) -> None:
    """If this fails, one hanging backend holds up the others, or the deadline does not hold."""
    server, peer = listening()
    found: dict[str, tuple[float, Exchange]] = {}
    started = time.monotonic()
    asks = {"hang": Ask(peer, "http", "GET", request("GET", "h", "/"), 0.4), "quick": Ask(refusing, "http", "GET", request("GET", "h", "/"), 0.4)}
    with server:
        converse(asks, lambda key, exchange: found.__setitem__(key, (time.monotonic() - started, exchange)))
    assert found["quick"][0] < 0.3
    assert found["hang"][1].end == "timeout"
    assert 0.35 < found["hang"][0] < 2
    assert found["hang"][1].connected is not None
    assert found["hang"][1].sent == request("GET", "h", "/")


def answering(answer: bytes, reset: bool = False) -> tuple[socket.socket, str, list[bytes]]:
    """A backend that gives one answer to every connection, one after the other, and closes."""
    server, peer = listening()
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                heard.append(client.recv(65536))
                client.sendall(answer)
                if reset:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    threading.Thread(target=serve, daemon=True).start()
    return server, peer, heard


def ask(peer: str, method: str = "GET", uri: str = "/x?y=1") -> Exchange:
    found: dict[str, Exchange] = {}
    converse({"one": Ask(peer, "http", method, request(method, "example.test", uri), 3)}, found.__setitem__)
    return found["one"]


@pytest.mark.parametrize(
    ("answer", "reset", "end"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", False, "answered"),
        (b"HTTP/1.0 500 Oops\r\n\r\nbody until the end", False, "answered"),
        (b"garbage", False, "answered"),
        (b"", False, "closed"),
        (b"", True, "reset"),
    ],
)
def test_every_end_of_a_request(answer: bytes, reset: bool, end: str) -> None:
    """If this fails, a backend that closes early or resets passes for one that answers."""
    server, peer, heard = answering(answer, reset)
    with server:
        found = ask(peer)
        server.shutdown(socket.SHUT_RDWR)
    assert (found.end, found.received) == (end, answer)
    head = b"GET /x?y=1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: " + USER_AGENT.encode() + b"\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    assert heard == [found.sent] == [head]
    assert (found.first_byte is not None) == bool(answer)


def test_a_flood_is_cut() -> None:
    """If this fails, a backend that sends without end fills the memory."""
    server, peer, _ = answering(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(RECEIVED_CAP * 3))
    with server:
        found = ask(peer)
        server.shutdown(socket.SHUT_RDWR)
    assert (found.cut, len(found.received), found.end) == (True, RECEIVED_CAP, "answered")


def test_exchanges_with_one_peer_follow_each_other() -> None:
    """If this fails, our own probes are the load that an ailing backend cannot bear."""
    server, peer = listening(10)
    most = 0
    done: dict[str, Exchange] = {}

    def serve() -> None:
        nonlocal most
        for _ in range(3):
            client, _ = server.accept()
            with client:
                client.recv(65536)
                inode = os.fstat(server.fileno()).st_ino
                most = max(most, 1 + next(row.queue for row in tcp_sockets() if row.ino == inode))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with server:
        converse({str(n): Ask(peer, "http", "GET", request("GET", "h", "/"), 3) for n in range(3)}, done.__setitem__)
        thread.join(3)
    assert (len(done), most) == (3, 1)


def test_addresses_are_read_as_nginx_writes_them() -> None:
    """If this fails, a peer of the configuration is asked at the wrong place."""
    assert address_of("127.0.0.1:80") == (socket.AF_INET, ("127.0.0.1", 80))
    assert address_of("[::1]:80") == (socket.AF_INET6, ("::1", 80))
    assert address_of("unix:/run/a:b.sock") == (socket.AF_UNIX, "/run/a:b.sock")
    assert address_of("unix:/run/a.sock:") == (socket.AF_UNIX, "/run/a.sock")
    assert address_of("unix:@name") == (socket.AF_UNIX, "\0name")
    for bad in ("name:80", "127.0.0.1", "127.0.0.1:x", "::1:80", "127.0.0.1:70000", ""):
        with pytest.raises(ValueError):
            address_of(bad)


def test_no_request_smuggles_another_in() -> None:
    """If this fails, a hostile log line makes us send what its author likes."""
    assert escape("/a b\r\nX: y\u00e9\x7f") == "/a%20b%0D%0AX:%20y%C3%A9%7F"
    assert escape("http://x") == "/http://x"
    for method, host in (("POST", "a"), ("GET", "a\r\nX: y"), ("GET", "a b"), ("GET", ""), ("get", "a")):
        with pytest.raises(ValueError):
            request(method, host, "/")


@pytest.mark.parametrize(
    ("received", "method", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "GET", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "GET", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "GET", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", "GET", False),
        (b"HTTP/1.1 204 No\r\n\r\n", "GET", True),
        (b"HTTP/1.1 200 OK\r\n\r\nopen end", "GET", False),
        (b"HTTP/1.1 200 OK\r\nContent-Len", "GET", False),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "GET", False),
        (b"\x15\x03\x01\0\2\2P\r\n\r\n", "GET", False),
    ],
)
def test_the_end_of_an_answer_is_seen(received: bytes, method: str, whole: bool) -> None:
    """If this fails, an answer is cut short, or waited for until the deadline."""
    assert is_whole(received, method) is whole
