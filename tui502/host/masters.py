"""Running nginx masters: found by their process title, described as Views."""

# ruff: noqa: PTH116, PTH208
# thousands of entries of /proc at a time, where pathlib takes several times as long
from __future__ import annotations

import os
import posixpath
import re

from tui502.host.paths import start_ticks
from tui502.host.processes import link, pid_depth, read
from tui502.model.evidence import View

TITLE = b"nginx: master process "

_OPTION = re.compile(r"\s+(?=-[?hvVtTqspgec])")
_ALONE = re.compile(r"-[?hvVtTq]+\Z")


def are_hidden() -> bool:
    """Whether processes of others cannot be seen (/proc mounted with hidepid, or not at all): then one that was not found may run all the same."""
    try:
        read("/proc/1/cmdline", 1)
    except OSError:
        return True
    return False


def find_masters() -> tuple[View, ...]:
    """All nginx masters that can be seen, those of our own namespaces first, then the oldest first."""
    found = (master(int(name)) for name in filter(str.isdigit, os.listdir("/proc")))
    return tuple(sorted((view for view in found if view), key=lambda view: (not view.local, view.started, view.pid)))


def master(pid: int) -> View | None:
    """The nginx master with that pid, None when it is none or is gone. What may not be read is '' or 0."""
    folder = f"/proc/{pid}"
    try:
        title = read(f"{folder}/cmdline", 32 << 10)
        if not title.startswith(TITLE):
            return None
        started = start_ticks(pid)
        if _is_young_worker(pid):
            return None
    except (OSError, ValueError, IndexError):
        return None
    mount_ns, net_ns = (_namespace(pid, kind) for kind in ("mnt", "net"))
    argv = split_title(os.fsdecode(title[len(TITLE) :].partition(b"\0")[0]))
    return View(pid, started, link(f"{folder}/root"), mount_ns, net_ns, link(f"{folder}/exe"), argv, link(f"{folder}/cwd"), _is_local(pid, mount_ns, net_ns))


def _is_young_worker(pid: int) -> bool:
    """Whether this is a worker that was forked a moment ago and still bears its master's title. It has its parent's stack, which a master that was
    started by another (an upgrade of the binary) has not; where the right to see that is missing, both read 0. Raises OSError."""
    parent, stack = _parent_and_stack(pid)
    try:
        return read(f"/proc/{parent}/cmdline", len(TITLE)) == TITLE and _parent_and_stack(parent)[1] == stack
    except OSError:
        return False


def _parent_and_stack(pid: int) -> tuple[int, int]:
    """Fields 4 and 28 of /proc/PID/stat: the parent's pid and where the stack begins."""
    fields = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return int(fields[1]), int(fields[25])


def _namespace(pid: int | str, kind: str) -> int:
    try:
        return os.stat(f"/proc/{pid}/ns/{kind}").st_ino
    except OSError:
        return 0


def _is_local(pid: int, mount_ns: int, net_ns: int) -> bool:
    """Same namespaces and same root; where we may not see them, the same depth of pid namespaces, which everybody may."""
    if not mount_ns or not net_ns:
        return pid_depth(pid) == pid_depth("self")
    same = mount_ns == _namespace("self", "mnt") and net_ns == _namespace("self", "net")
    return same and link(f"/proc/{pid}/root") == link("/proc/self/root")


def split_title(title: str) -> tuple[str, ...]:
    """The words of the command line which nginx joined by spaces: split before its own options, so that `-g "daemon off;"` stays one word."""
    program, *options = _OPTION.split(title.strip())
    words = [program]
    for option in options:
        if _ALONE.match(option) or len(option) == 2:
            words.append(option)
        elif option[2].isspace():
            words += [option[:2], option[2:].strip()]
        else:
            words.append(option)
    return tuple(words)


def option(argv: tuple[str, ...], name: str) -> str:
    """The last value of an option that takes one ("-c"), '' when it is not given; `-cVALUE` counts too."""
    value = ""
    for word, after in zip(argv[1:], (*argv[2:], "")):  # noqa: B905
        if word == name:
            value = after
        elif word.startswith(name):
            value = word[len(name) :]
    return value


def main_conf(view: View, prefix: str = "", default: str = "") -> str:
    """The main configuration file of a master: its -c, else `default` (compiled in), relative to its -p or to `prefix`; '' when that is not known."""
    conf = option(view.argv, "-c") or default
    base = posixpath.join(view.cwd, option(view.argv, "-p")) if option(view.argv, "-p") else prefix
    full = posixpath.join(base, conf) if conf else ""
    return posixpath.normpath(full) if full.startswith("/") else ""
