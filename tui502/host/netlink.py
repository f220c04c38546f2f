"""Listening sockets from the kernel's sock_diag and unix_diag netlink: needs no right, half a millisecond."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
REQUEST_DUMP = 0x301
LISTEN = 1 << 10
"""Bit of state TCP_LISTEN, which unix sockets share."""

ERROR, DONE = 2, 3
INET_DIAG_SKV6ONLY = 11
UNIX_DIAG_NAME, UNIX_DIAG_PEER, UNIX_DIAG_RQLEN = 0, 2, 4
UDIAG_SHOW_PEER = 0x04
UDIAG_SHOW = 0x01 | 0x10
"""Ask for names and queue lengths (UDIAG_SHOW_NAME, UDIAG_SHOW_RQLEN)."""

PATIENCE = 2.0
"""Seconds to wait for the kernel."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket without its owners. `family` "inet", "inet6" or "unix"; `path` is "@name" for an abstract one. `peer` is the inode of a unix socket's
    other end, where that was asked for."""

    family: str
    address: str
    port: int
    path: str
    ino: int
    queue: int
    backlog: int
    v6only: bool = False
    peer: int = 0


def listening_sockets() -> tuple[Socket, ...]:
    """All listening TCP and unix stream sockets of the calling thread's network namespace. Raises OSError where netlink is refused."""
    return (*tcp_sockets(), *unix_sockets())


def tcp_sockets() -> tuple[Socket, ...]:
    """Listening TCP sockets, v4 and v6. Raises OSError."""
    found = []
    for family in (socket.AF_INET, socket.AF_INET6):
        request = struct.pack("=BBBBI", family, socket.IPPROTO_TCP, 0, 0, LISTEN) + bytes(48)
        found += [_tcp(message) for message in _dump(request)]
    return tuple(found)


def unix_sockets() -> tuple[Socket, ...]:
    """Listening unix sockets that have a name. Raises OSError."""
    return tuple(one for one in _unix_sockets(LISTEN, UDIAG_SHOW) if one.path)


def unix_peers(inos: Iterable[int]) -> dict[int, str]:
    """The name of the socket at the other end of each of these connected unix sockets of the calling thread's network, where it has one and the kernel tells.
    All sockets of the host are listed for it, once."""
    try:
        found = {one.ino: one for one in _unix_sockets(0xFFFFFFFF, UDIAG_SHOW | UDIAG_SHOW_PEER)}
    except OSError:
        return {}
    return {ino: there.path for ino in inos if (here := found.get(ino)) and (there := found.get(here.peer)) and there.path}


def _unix_sockets(states: int, show: int) -> list[Socket]:
    return [_unix(message) for message in _dump(struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, states, 0, show, 0, 0))]


def _tcp(message: bytes) -> Socket:
    """struct inet_diag_msg: four bytes, ports and addresses (48 bytes), expires, rqueue, wqueue, uid, inode, attributes."""
    family = message[0]
    port = int.from_bytes(message[4:6], "big")
    address = socket.inet_ntop(family, message[8:12] if family == socket.AF_INET else message[8:24])
    _, queue, backlog, _, ino = struct.unpack_from("=IIIII", message, 52)
    if family == socket.AF_INET:
        return Socket("inet", address, port, "", ino, queue, backlog)
    return Socket("inet6", address, port, "", ino, queue, backlog, dict(_attributes(message, 72)).get(INET_DIAG_SKV6ONLY, b"\0") != b"\0")


def _unix(message: bytes) -> Socket:
    """struct unix_diag_msg: family, type, state, pad, inode, cookie (8 bytes), attributes."""
    (ino,) = struct.unpack_from("=I", message, 4)
    attributes = dict(_attributes(message, 16))
    name = attributes.get(UNIX_DIAG_NAME, b"")
    path = "@" + os.fsdecode(name[1:]) if name.startswith(b"\0") else os.fsdecode(name.rstrip(b"\0"))
    lengths = attributes.get(UNIX_DIAG_RQLEN, b"")
    queue, backlog = struct.unpack("=II", lengths) if len(lengths) == 8 else (0, 0)
    peer = attributes.get(UNIX_DIAG_PEER, b"")
    return Socket("unix", "", 0, path, ino, queue, backlog, peer=int.from_bytes(peer[:4], sys.byteorder))


def _attributes(message: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, at)
        if length < 4:
            return
        yield kind, message[at + 4 : at + length]
        at += (length + 3) & ~3


def _dump(request: bytes) -> Iterator[bytes]:
    """The messages of one dump, without their netlink headers."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG) as link:
        link.settimeout(PATIENCE)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        link.send(struct.pack("=IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0) + request)
        while True:
            data, at = link.recv(1 << 18), 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == DONE:
                    return
                if kind == ERROR:
                    code = -struct.unpack_from("=i", data, at + 16)[0]
                    raise OSError(code, os.strerror(code))
                if length < 16:
                    raise OSError(errno.EPROTO, os.strerror(errno.EPROTO))
                yield data[at + 16 : at + length]
                at += (length + 3) & ~3
