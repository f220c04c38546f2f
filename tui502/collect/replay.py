"""The failing request sent through nginx once more, on a connection of its own, TLS without verification (a bad certificate is not what is asked)."""

from __future__ import annotations

import errno
import ipaddress
import socket
import time

from tui502.host.dial import ENDS, LONGEST_PATH, address_of, start_connect
from tui502.host.http import is_whole, request
from tui502.host.namespace import call_in_net_ns
from tui502.host.talk import RECEIVED_CAP
from tui502.model.evidence import Exchange, View
from tui502.read.own import MARK

_ANY = {"*": "127.0.0.1", "": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - recognised, not bound
"""A listen on all addresses is asked on the loopback one."""


def replay(address: str, scheme: str, method: str, host: str, uri: str, deadline: float, view: View | None = None) -> Exchange:
    """`method host uri` sent to the listen `address` ("127.0.0.1:8080", "*:80", "unix:/run/x.sock"), for at most `deadline` seconds.

    Its Referer marks it as ours in nginx's error log (`read.own`).
    Raises ValueError for a method that we never send and for what is no address or host name; OSError when the view's network cannot be entered.
    """
    send = request(method, host, uri, f"{scheme}://{host}/{MARK}")
    family, target = address_of(_concrete(address))
    return call_in_net_ns(view, lambda: _Replay(address, scheme, method, host, send, time.monotonic() + deadline).hold(family, target, view))


def _concrete(address: str) -> str:
    if address.startswith("unix:"):
        return address.removesuffix(":0")
    host, _, port = address.rpartition(":")
    return f"{_ANY.get(host, host)}:{port}"


def server_name(host: str) -> str:
    """The name to ask for in TLS: the host without its port; '' for an address, which has none."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name
    return ""


class _Replay:
    def __init__(self, address: str, scheme: str, method: str, host: str, send: bytes, end: float) -> None:
        self._address, self._scheme, self._method, self._host, self._send, self._end = address, scheme, method, host, send, end
        self._start = time.monotonic()
        self._connected: float | None = None
        self._first_byte: float | None = None
        self._sent = b""
        self._received = bytearray()

    def hold(self, family: int, target: tuple[str, int] | str, view: View | None) -> Exchange:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            try:
                self._connect(sock, target, view)
                if self._scheme == "https":
                    with self._tls(sock) as protected:
                        end, code = self._exchange(protected), None
                else:
                    end, code = self._exchange(sock), None
            except TimeoutError as error:
                end, code = "timeout", error.errno
            except OSError as error:
                end, code = ENDS.get(error.errno or 0, "error"), error.errno
        cut = len(self._received) > RECEIVED_CAP
        return Exchange(self._address, "replay", self._sent, bytes(self._received[:RECEIVED_CAP]), cut, self._connected, self._first_byte, end, code)

    def _connect(self, sock: socket.socket, target: tuple[str, int] | str, view: View | None) -> None:
        self._patience(sock)
        if isinstance(target, str) and (len(target) > LONGEST_PATH or (view is not None and not view.local)):
            code = start_connect(sock.family, target, view, sock)
            if code:
                raise OSError(code, "connect")
        else:
            sock.connect(target)
        self._connected = time.monotonic() - self._start

    def _exchange(self, sock: socket.socket) -> str:
        self._patience(sock)
        sock.sendall(self._send)
        self._sent = self._send
        while len(self._received) <= RECEIVED_CAP and not is_whole(self._received, self._method):
            self._patience(sock)
            data = sock.recv(RECEIVED_CAP + 1 - len(self._received))
            if not data:
                return "answered" if self._received else "closed"
            if self._first_byte is None:
                self._first_byte = time.monotonic() - self._start
            self._received += data
        return "answered"

    def _tls(self, sock: socket.socket) -> socket.socket:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_alpn_protocols(["http/1.1"])
        self._patience(sock)
        try:
            return context.wrap_socket(sock, server_hostname=server_name(self._host) or None)
        except ssl.SSLError as error:
            raise OSError(errno.EPROTO, error.reason or "TLS") from error

    def _patience(self, sock: socket.socket) -> None:
        """Raises TimeoutError when the time is up."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
