"""Connect to many peers at once, with non-blocking sockets on one epoll, and hold one short exchange with each.

A peer is named as nginx names it: "127.0.0.1:3000", "[::1]:80", "unix:/run/app.sock". A TCP listener whose accept queue is full is left alone.
"""

from __future__ import annotations

import errno
import os
import resource
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui502.host import fastcgi
from tui502.host.http import head_size, is_foreign, is_whole
from tui502.host.namespace import call_in_net_ns
from tui502.host.netlink import Socket
from tui502.host.paths import open_path
from tui502.host.sockets import full_tcp
from tui502.model.evidence import Exchange, View

if TYPE_CHECKING:
    from tui502.host.tls import TlsTalk

RECEIVED_CAP = 64 << 10
"""Bytes of an answer that are kept."""

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound
MOST_AT_ONCE = 1000
SPARE_FILES = 200
"""File descriptors that are left to the rest of the program."""

ENCRYPTED = ("tls", "https")
"""What is spoken inside TLS, or is nothing but its handshake."""

ENOUGH_OF_FOREIGN = 64
"""Bytes after which an answer in another protocol has told which one it is, as a whole line has."""

LONGEST_PATH = 107
"""Bytes that the address of a unix socket can hold."""

ENDS = {
    errno.ECONNREFUSED: "refused",
    errno.ENOENT: "absent",
    errno.ENOTDIR: "absent",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ETIMEDOUT: "timeout",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EAGAIN: "full",
}

OnEnd = Callable[[str, Exchange], None]


@dataclass(frozen=True, slots=True)
class Ask:
    """One exchange that is wanted: `send` is b"" for a mere connect or handshake, `deadline` in seconds from its own start, `name` the server name
    that TLS asks for."""

    peer: str
    speak: str
    method: str
    send: bytes
    deadline: float
    name: str = ""


@dataclass(slots=True)
class _Talk:
    key: str
    ask: Ask
    sock: socket.socket
    start: float
    connected: float | None = None
    first_byte: float | None = None
    out: bytes = b""
    sent: int = 0
    received: bytearray = field(default_factory=bytearray)
    tls: TlsTalk | None = None

    def sent_bytes(self) -> bytes:
        """What was sent of the request."""
        if self.tls:
            return self.ask.send if self.tls.finished and self.sent else b""
        return self.ask.send[: self.sent]


def connect_all(peers: Iterable[str], deadline: float, view: View | None = None) -> dict[str, Exchange]:
    """A mere connect to every peer at once; each has `deadline` seconds."""
    found: dict[str, Exchange] = {}
    converse({peer: Ask(peer, "connect", "", b"", deadline) for peer in peers}, found.__setitem__, view)
    return found


def converse(asks: Mapping[str, Ask], on_end: OnEnd, view: View | None = None) -> None:
    """Hold all exchanges at once, but those with the same peer one after the other; `on_end(key, exchange)` as each ends.

    Raises OSError when the view's network cannot be entered.
    """
    call_in_net_ns(view, lambda: _Talks(on_end, view).hold(asks))


def address_of(peer: str) -> tuple[int, tuple[str, int] | str]:
    """The socket family and address of a peer. Raises ValueError when it holds a name instead of an address."""
    if peer.startswith("unix:"):
        path = peer[5:].removesuffix(":")
        return socket.AF_UNIX, "\0" + path[1:] if path.startswith("@") else path
    host, _, port = peer.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    host = host.strip("[]")
    try:
        socket.inet_pton(family, host)
    except OSError as error:
        raise ValueError(f"{peer!r} is no address") from error
    if not 0 < int(port) < 65536:
        raise ValueError(f"{peer!r} has no port")
    return family, (host, int(port))


def start_connect(family: int, address: tuple[str, int] | str, view: View | None, sock: socket.socket) -> int:
    """Begin to connect; an errno, 0 when already connected. A socket file is found through the view, and whatever the length of its path."""
    if not isinstance(address, str) or address.startswith("\0"):
        return sock.connect_ex(address)
    if (view is None or view.local) and len(os.fsencode(address)) <= LONGEST_PATH:
        return sock.connect_ex(address)
    with ExitStack() as stack:
        try:
            fd, _ = stack.enter_context(open_path(address, view))
        except OSError as error:
            return error.errno or errno.EIO
        return sock.connect_ex(f"/proc/self/fd/{fd}")


def is_full(family: int, address: tuple[str, int] | str, full: Iterable[Socket]) -> bool:
    """Whether the accept queue behind a TCP address is full, by the kernel's table."""
    if isinstance(address, str):
        return False
    host, port = address
    same_port = [one for one in full if one.port == port]
    everywhere = [one for one in same_port if one.address in EVERYWHERE and _takes(one, family)]
    return any(one.address == host for one in same_port) or (bool(everywhere) and _is_ours(family, host))


def _takes(one: Socket, family: int) -> bool:
    return one.family == ("inet" if family == socket.AF_INET else "inet6") or (one.family == "inet6" and not one.v6only)


def _is_ours(family: int, host: str) -> bool:
    """Whether an address is this host's own: only such a one can be bound to."""
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((host, 0))
        except OSError:
            return False
    return True


class _Talks:
    """The exchanges under way in one call of `converse`."""

    def __init__(self, on_end: OnEnd, view: View | None) -> None:
        self._on_end = on_end
        self._view = view
        self._full = full_tcp()
        self._live: dict[int, _Talk] = {}
        self._chains: dict[str, deque[tuple[str, Ask]]] = {}
        self._most = max(16, min(MOST_AT_ONCE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))

    def hold(self, asks: Mapping[str, Ask]) -> None:
        for key, ask in asks.items():
            self._chains.setdefault(ask.peer, deque()).append((key, ask))
        waiting = deque(self._chains)
        with select.epoll() as epoll:
            try:
                while waiting or self._live:
                    while waiting and len(self._live) < self._most:
                        self._begin(waiting.popleft(), epoll)
                    self._turn(epoll)
            finally:
                for talk in self._live.values():
                    talk.sock.close()

    def _begin(self, peer: str, epoll: select.epoll) -> None:
        """Start the next exchange with `peer`; one that ends at once makes room for the one after it."""
        while self._chains[peer]:
            key, ask = self._chains[peer].popleft()
            if self._start(key, ask, epoll):
                return

    def _start(self, key: str, ask: Ask, epoll: select.epoll) -> bool:
        """Whether there is something to wait for."""
        start = time.monotonic()
        try:
            family, address = address_of(ask.peer)
        except ValueError:
            self._on_end(key, _exchange(ask, "error", None))
            return False
        if is_full(family, address, self._full):
            self._on_end(key, _exchange(ask, "skipped", None))
            return False
        try:
            sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            self._on_end(key, _exchange(ask, "error", error.errno))
            return False
        try:
            code = start_connect(family, address, self._view, sock)
        except (OSError, ValueError) as error:
            code = error.errno if isinstance(error, OSError) and error.errno else errno.EINVAL
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            self._on_end(key, _exchange(ask, ENDS.get(code, "error"), code))
            return False
        talk = _Talk(key, ask, sock, start)
        self._live[sock.fileno()] = talk
        epoll.register(sock.fileno(), select.EPOLLOUT)
        return True

    def _turn(self, epoll: select.epoll) -> None:
        now = time.monotonic()
        nearest = min((talk.start + talk.ask.deadline for talk in self._live.values()), default=now)
        for fd, _ in epoll.poll(max(0.0, nearest - now) + 0.001) if self._live else ():
            talk = self._live[fd]
            try:
                end = self._step(talk, epoll)
            except BlockingIOError:
                continue
            except OSError as error:
                self._finish(talk, ENDS.get(error.errno or 0, "error"), error.errno, epoll)
                continue
            if end:
                self._finish(talk, end, None, epoll)
        now = time.monotonic()
        if now >= nearest:
            for talk in [talk for talk in self._live.values() if talk.start + talk.ask.deadline <= now]:
                self._finish(talk, "timeout", None, epoll)

    def _step(self, talk: _Talk, epoll: select.epoll) -> str:
        """Go on with one exchange; its end, or '' when there is more to come. Raises OSError."""
        if talk.connected is None:
            self._connected(talk)
            if talk.ask.speak == "connect":
                return "connected"
            if talk.ask.speak in ENCRYPTED:
                from tui502.host.tls import TlsTalk

                talk.tls = TlsTalk(talk.ask.name, talk.ask.send)
            talk.out = talk.tls.begin() if talk.tls else talk.ask.send
        if talk.out:
            self._send(talk, epoll)
            return ""
        data = talk.sock.recv(RECEIVED_CAP + 1 - (0 if talk.tls else len(talk.received)))
        if not data:
            return "answered" if talk.received else "closed"
        return self._take(talk, data, epoll)

    def _send(self, talk: _Talk, epoll: select.epoll) -> None:
        n = talk.sock.send(talk.out, socket.MSG_NOSIGNAL)
        talk.out = talk.out[n:]
        talk.sent += n
        if not talk.out:
            epoll.modify(talk.sock.fileno(), select.EPOLLIN)

    def _take(self, talk: _Talk, data: bytes, epoll: select.epoll) -> str:
        """Note what came; the end of the exchange, or '' when there is more to come."""
        if talk.tls is None:
            talk.received += data
        else:
            talk.out = talk.tls.take(data)
            if talk.out:
                epoll.modify(talk.sock.fileno(), select.EPOLLOUT)
            inside = talk.ask.speak == "https" and talk.tls.finished
            talk.received = talk.tls.plain if inside else talk.tls.raw
            if not talk.received:
                return "closed" if talk.tls.ended else ""
            if talk.tls.ended or (talk.tls.finished and not talk.ask.send):
                return "answered"
            if not inside:
                return ""
        if talk.first_byte is None:
            talk.first_byte = time.monotonic() - talk.start
        return "answered" if len(talk.received) > RECEIVED_CAP or _is_over(talk.ask, talk.received) else ""

    def _connected(self, talk: _Talk) -> None:
        """Raises OSError when the connect failed, ECONNREFUSED too when the kernel connected the socket to itself (no listener on a local port)."""
        code = talk.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code and talk.sock.family != socket.AF_UNIX and talk.sock.getsockname() == talk.sock.getpeername():
            code = errno.ECONNREFUSED
        if code:
            raise OSError(code, os.strerror(code))
        talk.connected = time.monotonic() - talk.start

    def _finish(self, talk: _Talk, end: str, code: int | None, epoll: select.epoll) -> None:
        fd = talk.sock.fileno()
        epoll.unregister(fd)
        del self._live[fd]
        talk.sock.close()
        cut = len(talk.received) > RECEIVED_CAP
        received = bytes(talk.received[:RECEIVED_CAP])
        self._on_end(
            talk.key,
            Exchange(
                talk.ask.peer, talk.ask.speak, talk.sent_bytes(), received, cut, talk.connected, talk.first_byte, end, code,
                ended=None if talk.connected is None or end == "connected" else time.monotonic() - talk.start,
                head=head_size(received), tls=talk.tls.seen() if talk.tls else None,
            ),
        )  # fmt: skip
        self._begin(talk.ask.peer, epoll)


def _is_over(ask: Ask, received: bytearray) -> bool:
    """Whether enough has come: the whole answer, or as much of another protocol as tells which one it is."""
    if ask.speak == "fastcgi" and received[0] == fastcgi.VERSION:
        return fastcgi.is_whole(received)
    if is_foreign(received):
        return len(received) >= ENOUGH_OF_FOREIGN or b"\n" in received
    return is_whole(received, ask.method)


def _exchange(ask: Ask, end: str, code: int | None) -> Exchange:
    return Exchange(ask.peer, ask.speak, b"", b"", False, None, None, end, code)
