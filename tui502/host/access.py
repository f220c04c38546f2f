"""May a worker of nginx use this socket? The way to it with everybody's rights, and the connect tried with the worker's own."""

from __future__ import annotations

import base64
import errno
import json
import os
import pkgutil
import shlex
import stat
import sys

from tui502.host.dial import ENDS
from tui502.host.held import run
from tui502.host.look import kind_of
from tui502.host.paths import gap_of, is_same_process, walk
from tui502.model.evidence import AccessSeen, Gap, PathPart, PathSeen, View

ACL = "system.posix_acl_access"
_ENDS = {errno.ENOENT: "absent", errno.ENOTDIR: "absent", errno.EACCES: "denied", errno.EPERM: "denied", errno.ELOOP: "loop"}


def look_along(path: str, view: View | None) -> PathSeen | Gap:
    """Every directory and link from "/" to `path` in the view. Opens nothing but descriptors of names, so it disturbs nobody."""
    if not path.startswith("/") or "\0" in path:
        return Gap(path, "unreadable", "")
    foreign = view is not None and not view.local
    if foreign and view and not is_same_process(view):
        return Gap(path, "absent", "")
    parts: list[PathPart] = []
    try:
        fd, _ = walk(f"/proc/{view.pid}/root" if foreign and view else "/", path, lambda fd, name: parts.append(_part(fd, name)))
        os.close(fd)
    except OSError as error:
        if not parts:
            return gap_of(path, error, f"sudo namei -l {shlex.quote(path)}")
        return PathSeen(path, tuple(parts), _ENDS.get(error.errno or 0, "error"), _stopped(parts, error))
    return PathSeen(path, tuple(parts), "found", "")


def _part(fd: int, path: str) -> PathPart:
    found = os.fstat(fd)
    target = os.readlink("", dir_fd=fd) if stat.S_ISLNK(found.st_mode) else ""
    return PathPart(path, kind_of(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, target, b"" if target else _acl(fd))


def _acl(fd: int) -> bytes:
    """The access list of what the descriptor stands for; b"" where it has none, or its file system knows none."""
    try:
        return os.getxattr(f"/proc/self/fd/{fd}", ACL)
    except OSError:
        return b""


def _stopped(parts: list[PathPart], error: OSError) -> str:
    """The path of the name that the walk could not go on to; it lies in the last directory seen."""
    name = error.filename if isinstance(error.filename, str) else ""
    folder = next((part.path for part in reversed(parts) if part.kind != "link"), "/")
    return name if name.startswith("/") else f"{folder.rstrip('/')}/{name}"


def try_as(peer: str, uid: int, gids: tuple[int, ...], state: str, deadline: float, view: View | None) -> AccessSeen | Gap:
    """Connect to a unix socket as the user `uid` in the groups `gids` (the first is his own), and close it at once.

    A gap "denied" where we can become nobody else: the hint is how to try it by hand.
    """
    path = peer.removeprefix("unix:").removesuffix(":")
    foreign = view.pid if view is not None and not view.local else 0
    if os.geteuid() != 0 and (foreign or uid != os.geteuid() or set(gids) != {os.getegid(), *os.getgroups()}):
        return Gap(peer, "denied", "sudo tui502")
    if foreign and view and not is_same_process(view):
        return Gap(peer, "absent", "")
    order = json.dumps({"path": base64.b64encode(os.fsencode(path)).decode(), "uid": uid, "gids": gids, "enter": foreign, "become": os.geteuid() == 0})
    source = (pkgutil.get_data("tui502.host", "access_child.py") or b"").decode()
    seen = run([sys.executable, "-I", "-S", "-c", source], (sys.executable,), order.encode(), deadline)
    code = seen.out.strip()
    if seen.code != 0 or not code.isdigit():
        return Gap(peer, "timeout" if seen.code == 124 else "unreadable", "")
    return AccessSeen(peer, uid, gids, state, "connected" if int(code) == 0 else ENDS.get(int(code), "error"), int(code) or None)
