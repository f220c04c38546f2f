"""One exchange with a peer on a non-blocking socket: what is to be sent next, what came, and whether that is all."""

from __future__ import annotations

import errno
import os
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from tui502.host import fastcgi
from tui502.host.http import head_size, is_foreign, is_whole
from tui502.model.evidence import Exchange

if TYPE_CHECKING:
    from tui502.host.tls import TlsTalk

RECEIVED_CAP = 64 << 10
"""Bytes of an answer that are kept."""

ENCRYPTED = ("tls", "https")
"""What is spoken inside TLS, or is nothing but its handshake."""

ENOUGH_OF_FOREIGN = 64
"""Bytes after which an answer in another protocol has told which one it is, as a whole line has."""


class Ask(NamedTuple):
    """One exchange that is wanted: `send` is b"" for a mere connect or handshake, `deadline` in seconds from its own start, `name` the server name
    that TLS asks for."""

    peer: str
    speak: str
    method: str
    send: bytes
    deadline: float
    name: str = ""


class Talk:
    """An exchange under way on a socket whose connect was begun. `ends_at` is its deadline on the monotonic clock."""

    def __init__(self, key: str, ask: Ask, sock: socket.socket, start: float) -> None:
        self.key, self.ask, self.sock = key, ask, sock
        self.ends_at = start + ask.deadline
        self._start = start
        self._connected: float | None = None
        self._first_byte: float | None = None
        self._out = b""
        self._sent = 0
        self._received = bytearray()
        self._tls: TlsTalk | None = None

    @property
    def sends(self) -> bool:
        """Whether it waits until it can send (or is connected), not until something comes."""
        return self._connected is None or bool(self._out)

    def step(self) -> str:
        """Go on as far as that is possible now; the end of the exchange, or '' when there is more to come. Raises OSError."""
        if self._connected is None:
            self._connect()
            if self.ask.speak == "connect":
                return "connected"
            if self.ask.speak in ENCRYPTED:
                from tui502.host.tls import TlsTalk

                self._tls = TlsTalk(self.ask.name, self.ask.send)
            self._out = self._tls.begin() if self._tls else self.ask.send
        if self._out:
            n = self.sock.send(self._out, socket.MSG_NOSIGNAL)
            self._out = self._out[n:]
            self._sent += n
            return ""
        data = self.sock.recv(RECEIVED_CAP + 1 - (0 if self._tls else len(self._received)))
        if not data:
            return "answered" if self._received else "closed"
        return self._take(data)

    def _connect(self) -> None:
        """Raises OSError when the connect failed, ECONNREFUSED too when the kernel connected the socket to itself (no listener on a local port)."""
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not code and self.sock.family != socket.AF_UNIX and self.sock.getsockname() == self.sock.getpeername():
            code = errno.ECONNREFUSED
        if code:
            raise OSError(code, os.strerror(code))
        self._connected = time.monotonic() - self._start

    def _take(self, data: bytes) -> str:
        """Note what came; the end of the exchange, or '' when there is more to come."""
        if self._tls is None:
            self._received += data
        else:
            self._out = self._tls.take(data)
            inside = self.ask.speak == "https" and self._tls.finished
            self._received = self._tls.plain if inside else self._tls.raw
            if not self._received:
                return "closed" if self._tls.ended else ""
            if self._tls.ended or (self._tls.finished and not self.ask.send):
                return "answered"
            if not inside:
                return ""
        if self._first_byte is None:
            self._first_byte = time.monotonic() - self._start
        return "answered" if len(self._received) > RECEIVED_CAP or _is_over(self.ask, self._received) else ""

    def close(self, end: str, code: int | None) -> Exchange:
        """Close the socket; the exchange as it ended."""
        self.sock.close()
        received = bytes(self._received[:RECEIVED_CAP])
        return Exchange(
            self.ask.peer, self.ask.speak, self._sent_bytes(), received, len(self._received) > RECEIVED_CAP, self._connected, self._first_byte, end, code,
            ended=None if self._connected is None or end == "connected" else time.monotonic() - self._start,
            head=head_size(received), tls=self._tls.seen() if self._tls else None,
        )  # fmt: skip

    def _sent_bytes(self) -> bytes:
        """What was sent of the request."""
        if self._tls:
            return self.ask.send if self._tls.finished and self._sent else b""
        return self.ask.send[: self._sent]


def _is_over(ask: Ask, received: bytearray) -> bool:
    """Whether enough has come: the whole answer, or as much of another protocol as tells which one it is."""
    if ask.speak == "fastcgi" and received[0] == fastcgi.VERSION:
        return fastcgi.is_whole(received)
    if is_foreign(received):
        return len(received) >= ENOUGH_OF_FOREIGN or b"\n" in received
    return is_whole(received, ask.method)
