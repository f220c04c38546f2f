"""The listening sockets of a network namespace and the processes that hold them."""

# ruff: noqa: PTH110, PTH115, PTH208
# thousands of entries of /proc at a time, where pathlib takes several times as long
from __future__ import annotations

import os
import socket
import threading
from collections.abc import Collection

from tui502.host.namespace import call_in_net_ns, net_ns_of
from tui502.host.netlink import Socket, listening_sockets, tcp_sockets
from tui502.host.paths import gap_of
from tui502.model.evidence import Gap, Listener, View

_TCP_LISTEN = b"0A"
_UNIX_ACCEPTS = b"00010000"
"""The flag __SO_ACCEPTCON of /proc/net/unix."""


class Holders:
    """Which processes hold a socket. /proc/*/fd is gone through again only when the set of sockets changed or a holder is gone. `told` is what was made of
    these sockets and holders last."""

    def __init__(self) -> None:
        self.told: tuple[list[tuple[int, Socket]], dict[int, tuple[int, ...]], tuple[Listener, ...]] = ([], {}, ())
        self._lock = threading.Lock()
        self._asked: frozenset[int] = frozenset()
        self._pids: dict[int, tuple[int, ...]] = {}

    def of(self, inodes: Collection[int]) -> dict[int, tuple[int, ...]]:
        """inode → pids in rising order; what may not be read is left out."""
        wanted = frozenset(inodes)
        with self._lock:
            if wanted != self._asked or not all(map(_is_alive, {pid for pids in self._pids.values() for pid in pids})):
                self._pids = pids_of(wanted)
                self._asked = wanted
            return self._pids


def _is_alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


def pids_of(inodes: Collection[int]) -> dict[int, tuple[int, ...]]:
    """inode → pids, by one pass over /proc/*/fd: root sees all, a user only his own."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[int, set[int]] = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        folder = f"/proc/{pid}/fd"
        try:
            numbers = os.listdir(folder)
        except OSError:
            continue
        for number in numbers:
            try:
                target = os.readlink(f"{folder}/{number}")
            except OSError:
                continue
            if target in wanted:
                found.setdefault(wanted[target], set()).add(int(pid))
    return {inode: tuple(sorted(pids)) for inode, pids in found.items()}


def listeners(view: View | None = None, holders: Holders | None = None) -> tuple[Listener, ...] | Gap:
    """All listening sockets of our network namespace, and of the view's when that is another, in a stable order.

    Where the backlog cannot be known (no netlink) it is net.core.somaxconn, which it cannot exceed.
    """
    ours = net_ns_of(None)
    try:
        found = [(ours, one) for one in here()]
        if view is not None and view.net_ns not in (0, ours):
            found += [(view.net_ns, one) for one in call_in_net_ns(view, here)]
    except OSError as error:
        return gap_of("listeners", error, "sudo tui502")
    holders = holders or Holders()
    pids = holders.of([one.ino for _, one in found])
    before, held, told = holders.told
    if held is pids and before == found:
        return told
    rows = [
        Listener(one.family, one.address, one.port, one.path, one.ino, one.queue, one.backlog, pids.get(one.ino, ()), space, one.v6only) for space, one in found
    ]
    told = tuple(sorted(rows, key=lambda row: (row.family, row.address, row.port, row.path, row.net_ns, row.ino)))
    holders.told = found, pids, told
    return told


def here() -> tuple[Socket, ...]:
    """The listening sockets of the calling thread's namespace, from netlink, else from /proc/net. Raises OSError when both are refused."""
    try:
        return listening_sockets()
    except OSError:
        return proc_sockets()


def full_tcp() -> tuple[Socket, ...]:
    """The listening TCP sockets of this namespace whose accept queue takes no more; () where the kernel does not tell."""
    try:
        return tuple(one for one in tcp_sockets() if one.queue > one.backlog)
    except OSError:
        return ()


def proc_sockets() -> tuple[Socket, ...]:
    """The same as netlink, from /proc/net/{tcp,tcp6,unix}: slower, and without the backlog. Raises OSError."""
    with open("/proc/sys/net/core/somaxconn", "rb") as file:
        most = int(file.read())
    found = []
    for name, family in (("tcp", "inet"), ("tcp6", "inet6")):
        if os.path.exists(f"/proc/self/net/{name}"):
            found += [_tcp_row(fields, family, most) for fields in _rows(name, 10) if fields[3] == _TCP_LISTEN]
    for fields in _rows("unix", 8):
        if fields[3] == _UNIX_ACCEPTS:
            found.append(Socket("unix", "", 0, os.fsdecode(fields[7]), int(fields[6]), 0, most))
    return tuple(found)


def _rows(name: str, fields: int) -> list[list[bytes]]:
    """The rows with at least so many fields of a table in /proc, of this thread's namespace."""
    with open(f"/proc/thread-self/net/{name}", "rb") as file:
        return [row for row in (line.split(None, fields) for line in file.read().split(b"\n")[1:]) if len(row) >= fields]


def _tcp_row(fields: list[bytes], family: str, most: int) -> Socket:
    """A row of /proc/net/tcp: the address in 32-bit words of the host's byte order, ports and queues in hexadecimal."""
    address, port = fields[1].split(b":")
    words = [bytes.fromhex(address[at : at + 8].decode())[::-1] for at in range(0, len(address), 8)]
    text = socket.inet_ntop(socket.AF_INET if family == "inet" else socket.AF_INET6, b"".join(words))
    return Socket(family, text, int(port, 16), "", int(fields[9]), int(fields[4].split(b":")[1], 16), most)
