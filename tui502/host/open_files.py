"""What a process writes into: its log files (also those that were renamed or removed since), and where its pipes and sockets lead."""

# ruff: noqa: PTH115, PTH116, PTH208
# thousands of entries of /proc at a time, where pathlib takes several times as long
from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui502.host.look import kind_of
from tui502.host.netlink import unix_peers
from tui502.host.paths import gap_of
from tui502.host.processes import read
from tui502.model.evidence import Gap, OpenFile

MOST = 4096
"""Descriptors of one process that are looked at."""

MOST_READERS = 4
"""Processes at the other end of pipes whose own files are listed."""

_STANDARD = (1, 2)
"""Descriptors that are told whatever they are: output and errors."""


def open_files(pids: Iterable[int]) -> tuple[OpenFile, ...] | Gap:
    """The descriptors of `pids` that are standard output and error, or regular files to which is appended; and the files into which those write who
    read from such a pipe. A gap "denied" where the first process may not be looked into. Looking has no effect on what is open."""
    found: list[OpenFile] = []
    for pid in pids:
        try:
            found += _of(pid)
        except OSError as error:
            if not found:
                return gap_of(f"open files of process {pid}", error, "sudo tui502")
    pipes = {one.target for one in found if one.kind == "pipe"}
    readers = _readers(pipes) if pipes else {}
    behind = sorted({pid for pids_of in readers.values() for pid in pids_of} - {one.pid for one in found})[:MOST_READERS]
    sockets = {one.ino for one in found if one.kind == "socket"}
    peers = unix_peers(sockets) if sockets else {}
    told = [replace(one, peer=peers.get(one.ino, ""), readers=tuple(sorted(readers.get(one.target, ())))) for one in found]
    return (*told, *(one for pid in behind for one in _files_of(pid)))


def _of(pid: int) -> Iterator[OpenFile]:
    """Standard output and error, and the logs. Raises OSError when the process may not be looked into."""
    for fd in sorted(map(int, os.listdir(f"/proc/{pid}/fd")))[:MOST]:
        try:
            one = _seen(pid, fd)
            if fd in _STANDARD or (one.kind == "file" and _appends(pid, fd)):
                yield one
        except (OSError, ValueError):
            continue


def _files_of(pid: int) -> list[OpenFile]:
    """The regular files into which another process writes; none where it may not be looked into."""
    try:
        return [one for one in _of(pid) if one.kind == "file"]
    except OSError:
        return []


def _seen(pid: int, fd: int) -> OpenFile:
    path = f"/proc/{pid}/fd/{fd}"
    target, found = os.readlink(path), os.stat(path)
    kind = "pipe" if target.startswith("pipe:") else kind_of(found.st_mode)
    return OpenFile(pid, fd, target, kind, found.st_dev, found.st_ino)


def _appends(pid: int, fd: int) -> bool:
    """Whether it is open for writing at the end, as logs are (`flags` in /proc/PID/fdinfo is octal)."""
    line = next(line for line in read(f"/proc/{pid}/fdinfo/{fd}").split(b"\n") if line.startswith(b"flags:"))
    flags = int(line.split()[1], 8)
    return flags & os.O_ACCMODE != os.O_RDONLY and bool(flags & os.O_APPEND)


def _readers(pipes: set[str]) -> dict[str, set[int]]:
    """pipe → the processes that have its reading end."""
    found: dict[str, set[int]] = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            numbers = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for number in numbers:
            try:
                target = os.readlink(f"/proc/{pid}/fd/{number}")
                if target in pipes and os.lstat(f"/proc/{pid}/fd/{number}").st_mode & stat.S_IRUSR:
                    found.setdefault(target, set()).add(int(pid))
            except OSError:
                continue
    return found
