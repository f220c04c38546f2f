"""The process table from /proc, and nothing that needs a right: what may not be read is ''. `host.details` says why not by psutil, which it asks of one."""

# ruff: noqa: PTH115, PTH208
# thousands of entries of /proc at a time, where pathlib takes several times as long
from __future__ import annotations

import functools
import os
from collections.abc import Iterator

from tui502.model.evidence import Process

ARGV_CAP = 32 << 10
"""Bytes of a command line that are kept."""

_TICKS = os.sysconf("SC_CLK_TCK")
_KTHREADD = 2


def processes() -> tuple[Process, ...]:
    """All processes in order of pid; kernel threads, ourselves and our own helpers are left out. One that vanishes meanwhile is left out."""
    return tuple(sorted(_table(), key=lambda process: process.pid))


def _table() -> Iterator[Process]:
    own = os.getpid()
    for name in filter(str.isdigit, os.listdir("/proc")):
        found = process(int(name))
        if found and own not in (found.pid, found.ppid) and _KTHREADD not in (found.pid if not found.argv and not found.exe else 0, found.ppid):
            yield found


def process(pid: int) -> Process | None:
    """One process, None when it is gone."""
    folder = f"/proc/{pid}"
    try:
        stat = read(f"{folder}/stat")
        status = _status(read(f"{folder}/status"))
        argv = read(f"{folder}/cmdline", ARGV_CAP)
    except OSError:
        return None
    name, _, rest = stat.partition(b"(")[2].rpartition(b")")
    fields = rest.split()
    if len(fields) < 20 or b"Uid" not in status:
        return None
    uid, gid = int(status[b"Uid"].split()[1]), int(status[b"Gid"].split()[1])
    gids = tuple(dict.fromkeys((gid, *map(int, status.get(b"Groups", b"").split()))))
    words = tuple(os.fsdecode(word) for word in argv.rstrip(b"\0").split(b"\0")) if argv else ()
    return Process(
        pid, boot_time() + int(fields[19]) / _TICKS, int(fields[1]), uid, gids, os.fsdecode(name),
        link(f"{folder}/exe"), words, link(f"{folder}/cwd"), _cgroup(f"{folder}/cgroup"),
    )  # fmt: skip


@functools.lru_cache(maxsize=1)
def boot_time() -> int:
    """When the kernel started, in epoch seconds; asked once, for it moves with every correction of the clock."""
    return next(int(line.split()[1]) for line in read("/proc/stat").split(b"\n") if line.startswith(b"btime "))


def read(path: str, cap: int = 1 << 20) -> bytes:
    """Up to `cap` bytes of a file in /proc. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while cap > 0 and (part := os.read(fd, min(cap, 1 << 16))):
            parts.append(part)
            cap -= len(part)
        return b"".join(parts)
    finally:
        os.close(fd)


def link(path: str) -> str:
    """Where a link of /proc points to, '' where it may not be read."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def runs(pid: int, started: int) -> bool:
    """Whether the process that began at `started` (field 22 of /proc/PID/stat) still runs; one that only waits to be reaped does not."""
    try:
        fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        return int(fields[19]) == started and fields[0] not in (b"Z", b"X")
    except (OSError, IndexError, ValueError):
        return False


def uids(pid: int) -> tuple[int, ...]:
    """The real, effective, saved and file system uid of a process; () when it is gone."""
    try:
        return tuple(map(int, _status(read(f"/proc/{pid}/status"))[b"Uid"].split()))
    except (OSError, KeyError, ValueError):
        return ()


def pid_depth(pid: int | str) -> int:
    """In how many nested pid namespaces a process lives: 1 on the host, more in a container (seen from the host); 0 when not known."""
    try:
        return len(_status(read(f"/proc/{pid}/status")).get(b"NSpid", b"").split())
    except OSError:
        return 0


def _status(data: bytes) -> dict[bytes, bytes]:
    return dict(line.split(b":\t", 1) for line in data.split(b"\n") if b":\t" in line)


def _cgroup(path: str) -> str:
    """The path in the unified hierarchy, else the one of systemd's named v1 hierarchy."""
    try:
        rows = [line.split(":", 2) for line in os.fsdecode(read(path)).split("\n") if line.count(":") >= 2]
    except OSError:
        return ""
    paths = {row[1]: row[2] for row in rows}
    return paths.get("", "") if paths.get("", "/") != "/" else paths.get("name=systemd", paths.get("", ""))
