"""Run a program: no shell, a bare environment, capped output, the whole process group killed at the deadline."""

# ruff: noqa: PTH110, PTH116, PTH119, PTH120
# paths are bytes of a hostile host to be handed to system calls as they are
from __future__ import annotations

import contextlib
import errno
import os
import pwd
import re
import selectors
import shlex
import shutil
import signal
import stat
import subprocess
import time
from itertools import pairwise

from tui502.host.paths import gap_of
from tui502.model.evidence import CommandSeen, Gap

OUTPUT_CAP = 8 << 20
"""Bytes kept of each of a program's two outputs; what comes after is read and dropped."""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "LC_ALL": "C", "TERM": "dumb", "HOME": "/", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "PAGER": "cat"}
FIRST_PEOPLE_GID = 100
"""Groups below are allotted by the distribution, those from here on are made on the host."""

_INTERPRETER = re.compile(r"(?:pypy|python|perl|ruby|node|php|lua|(?:ba|da|z|k|a|c|tc|fi)?sh)[\d.]*\Z")
SUPERVISORCTL = ("-m", "supervisor.supervisorctl")
"""The one module of an interpreter that is run by its name."""

_CONFIGURATIONS = ("-c", "-y", "--fpm-config")
"""Options of nginx, supervisorctl and PHP-FPM whose value is a configuration."""

NOBODY = 65534
TICK = 0.02
"""Seconds between two questions whether the program has ended, on kernels without pidfd."""


def run(argv: tuple[str, ...], deadline: float) -> CommandSeen | Gap:
    """Run `argv` for at most `deadline` seconds. Never raises.

    A root caller does not lend his rights to a program (or its script or configuration) that another user could have written: it then runs as that user.
    """
    source = shlex.join(argv)
    path = shutil.which(argv[0], path=PATH) if argv and argv[0] else None
    if path is None:
        found = bool(argv and argv[0]) and os.path.exists(argv[0])
        return Gap(source, "denied" if found else "absent", f"sudo {source}" if found else "")
    owner = owner_of((path, *argv[1:]))
    if owner is None:
        return Gap(source, "denied", source)
    try:
        return _run((path, *argv[1:]), argv, owner, deadline, source)
    except subprocess.SubprocessError:
        return Gap(source, "unreadable", source)
    except OSError as error:
        return gap_of(source, error, f"sudo {source}")
    except ValueError:
        return Gap(source, "unreadable", "")


def owner_of(argv: tuple[str, ...]) -> int | None:
    """As whom `argv` may run: our own uid, or for root the one other user who can write what it would execute; None when that is not one user, or when
    the code itself stands in the words (an interpreter's option)."""
    if _takes_code(argv):
        return None
    euid = os.geteuid()
    if euid != 0:
        trusted = {0, euid, os.stat("/").st_uid, -1}
        return euid if all(_writers(path) <= trusted for path in _named(argv)) else None
    owners = {owner for path in (*_program(argv[0]), *_named(argv)) for owner in _writers(path)} - {0}
    if not owners:
        return 0
    return owners.pop() if len(owners) == 1 and -1 not in owners else None


def _takes_code(argv: tuple[str, ...]) -> bool:
    """Whether an interpreter is told by an option what to execute; the one module that is asked for like that is not meant."""
    names = {os.path.basename(argv[0]), os.path.basename(os.path.realpath(argv[0]))}
    return argv[1:2] != () and argv[1].startswith("-") and any(map(_INTERPRETER.match, names)) and argv[1:3] != SUPERVISORCTL


def _program(path: str) -> list[str]:
    """The files that are executed: the program, and the interpreter that its first line names."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return [path]
    try:
        line = os.read(handle, 256).partition(b"\n")[0]
    except OSError:
        return [path]
    finally:
        os.close(handle)
    words = line[2:].split() if line.startswith(b"#!") else []
    return [path, *(os.fsdecode(word) for word in words[:1])]


def _named(argv: tuple[str, ...]) -> list[str]:
    """Further files whose content decides what is executed: a script given to the program, a configuration that names plug-ins, or logs that a mere
    test opens and makes."""
    script = [word for word in argv[1:2] if word.startswith("/")]
    return [*script, *(value for value in _configurations(argv) if value.startswith("/"))]


def _configurations(argv: tuple[str, ...]) -> list[str]:
    """The values of the options that name a configuration, in each of their forms ("-y F", "-yF", "--fpm-config=F")."""
    found = [(word, after, option) for word, after in pairwise((*argv, "")) for option in _CONFIGURATIONS if word.startswith(option)]
    return [after if word == option else word[len(option) :].removeprefix("=") for word, after, option in found]


def _writers(path: str) -> set[int]:
    """The uids that can change the file or put another in its place; -1 stands for everybody or a group."""
    writers = set[int]()
    for start in {path, os.path.realpath(path)}:
        here = start
        while True:
            try:
                found = os.stat(here)
            except OSError:
                break
            writers.add(found.st_uid)
            if _many_can_write(found):
                writers.add(-1)
            if here == "/":
                break
            here = os.path.dirname(here)
    return writers


def _many_can_write(found: os.stat_result) -> bool:
    """Whether others than the owner can change the file, or rename in the directory. Groups of the distribution (staff) and a user's own group do not count."""
    if stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX:
        return False
    shared = found.st_gid >= FIRST_PEOPLE_GID and found.st_gid != found.st_uid
    return bool(found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and shared))


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return NOBODY


def _run(command: tuple[str, ...], argv: tuple[str, ...], owner: int, deadline: float, source: str) -> CommandSeen | Gap:
    other = {} if owner == os.geteuid() else {"user": owner, "group": _group_of(owner), "extra_groups": []}
    end = time.monotonic() + deadline
    process = subprocess.Popen(
        command, executable=command[0], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=ENVIRONMENT, cwd="/", start_new_session=True, **other,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        outputs, cut, ended = _read(process, end)
    finally:
        _end(process)
    if not ended:
        return Gap(source, "timeout", source)
    return CommandSeen(argv, process.returncode, outputs[0], outputs[1], cut)


def _read(process: subprocess.Popen[bytes], end: float) -> tuple[tuple[bytes, bytes], bool, bool]:
    """(stdout, stderr), whether they were cut, and whether the program ended in time. What a left-over child still writes is not waited for."""
    kept = {pipe.fileno(): bytearray() for pipe in (process.stdout, process.stderr) if pipe is not None}
    cut = ended = False
    with selectors.DefaultSelector() as selector:
        for fd in kept:
            os.set_blocking(fd, False)
            selector.register(fd, selectors.EVENT_READ)
        watch = _watch(process, selector)
        while ended or time.monotonic() < end:
            left = max(0.0, end - time.monotonic())
            events = selector.select(0 if ended else left if watch is not None else min(left, TICK))
            for key, _ in events:
                if key.fd in kept:
                    cut |= _drain(key.fd, kept[key.fd], selector)
            if ended and not events:
                break
            if not ended and _has_ended(process):
                ended = True
                if watch is not None:
                    selector.unregister(watch)
        if watch is not None:
            os.close(watch)
    out, err = kept.values()
    return (bytes(out), bytes(err)), cut, ended


def _watch(process: subprocess.Popen[bytes], selector: selectors.BaseSelector) -> int | None:
    try:
        fd = os.pidfd_open(process.pid)
    except OSError:
        return None
    selector.register(fd, selectors.EVENT_READ)
    return fd


def _drain(fd: int, into: bytearray, selector: selectors.BaseSelector) -> bool:
    """Read once; True when something had to be dropped."""
    try:
        data = os.read(fd, 1 << 16)
    except BlockingIOError:
        return False
    if not data:
        selector.unregister(fd)
    into += data[: OUTPUT_CAP - len(into)]
    return len(into) == OUTPUT_CAP and bool(data)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ended, without reaping it: so its process group keeps its number until it was killed."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process group, reap, close. A process that even SIGKILL does not end within a second is left to the kernel."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError as error:
        if error.errno not in (errno.ESRCH, errno.EPERM):
            raise
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
