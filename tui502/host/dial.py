"""The beginning of a connection: an address as nginx names it, a socket file found through a view, an accept queue that is full already."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from contextlib import ExitStack

from tui502.host.netlink import Socket
from tui502.host.paths import open_path
from tui502.model.evidence import View

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound

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
