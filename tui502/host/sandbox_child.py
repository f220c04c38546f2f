"""The child of `sandbox`: a private mount namespace in which every write goes to memory, then a command in it.

Run as `python -I -S -c SOURCE` with the order as JSON on standard input; what went wrong before the command began is written to the descriptor
named last on its command line. So it uses the standard library only, and nothing of this package. Everything made here vanishes with the process.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH108, PTH112, PTH116, PTH120
# system calls, by their own names
from __future__ import annotations

import base64
import ctypes
import json
import os
import stat
import sys
from typing import Any

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x00020000, 0x10000000, 0x40000000
PR_SET_PDEATHSIG, SIGKILL = 1, 9

REAL = {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay", "bcachefs", "reiserfs", "jfs", "virtiofs", "9p"}
"""File systems on which files can be made, and over which an overlay is put."""

KERNEL = {"proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "mqueue", "securityfs", "debugfs", "tracefs", "hugetlbfs", "bpf", "configfs"}
"""File systems of the kernel: shown as they are."""

SCRATCH = ("/sys/fs/cgroup", "/dev/mqueue", "/dev/shm", "/sys/kernel/debug", "/mnt", "/media")  # noqa: S108 - covered by memory of our own
"""Places for the private memory, under which no configuration lies; the first that exists is covered."""

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: Any) -> None:
    """A libc function that returns -1 on error. Raises OSError."""
    if getattr(libc, name)(*args) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    try:
        call("mount", texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    except OSError as error:
        raise OSError(error.errno, f"mount {kind or 'bind'} on {target}: {os.strerror(error.errno or 0)}") from error


def mounts() -> list[tuple[str, str]]:
    """(mount point, file system type) as this process sees them, outer ones first; of several on one place the topmost."""
    found: dict[str, str] = {}
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
        for line in table:
            left, _, right = line.partition(" - ")
            point = left.split(" ")[4]
            for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
                point = point.replace(code, char)
            found[point] = right.split(" ")[0]
    return sorted(found.items())


def below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


def scratch(needed: list[str]) -> str:
    """Cover a place that nothing needs with private memory."""
    for place in SCRATCH:
        if os.path.isdir(place) and not any(below(path, place) for path in needed):
            mount("t502", place, "tmpfs", 0, "mode=0700")
            return place
    raise OSError(2, "no place for private memory")


def overlay(lower: str, target: str, store: str, own_user: bool) -> None:
    """Put an overlay of the directory `lower` on `target`; changes go to `store`."""
    for part in ("u", "w"):
        os.makedirs(f"{store}/{part}")
    like = os.stat(lower)
    os.chown(f"{store}/u", like.st_uid if not own_user else -1, like.st_gid if not own_user else -1)
    os.chmod(f"{store}/u", stat.S_IMODE(like.st_mode))
    handle = os.open(lower, os.O_PATH | os.O_DIRECTORY)
    options = f"lowerdir=/proc/self/fd/{handle},upperdir={store}/u,workdir={store}/w" + (",userxattr" if own_user else "")
    try:
        mount("overlay", target, "overlay", 0, options)
    finally:
        os.close(handle)


def whole_root(needed: list[str]) -> str:
    """A root directory that shows all of this one, every real file system under an overlay, the rest read-only or the kernel's. Returns its path."""
    points = mounts()
    place = scratch(needed)
    root = f"{place}/root"
    os.mkdir(root)
    overlay("/", root, f"{place}/0", False)
    for n, (point, kind) in enumerate(points, 1):
        wanted = any(below(path, point) for path in needed)
        if point == "/" or below(point, place) or not (wanted or kind in REAL or kind in KERNEL):
            continue
        try:
            show(point, kind, root, f"{place}/{n}")
        except OSError:
            if wanted:
                raise
    return root


def show(point: str, kind: str, root: str, store: str) -> None:
    target = root + point
    if kind in KERNEL:
        mount(point, target, None, MS_BIND)
    elif os.path.isdir(point):
        try:
            overlay(point, target, store, False)
        except OSError:
            read_only(point, target)
    else:
        read_only(point, target)


def read_only(point: str, target: str) -> None:
    mount(point, target, None, MS_BIND)
    mount("none", target, None, MS_BIND | MS_REMOUNT | MS_RDONLY)


def listed(dirs: list[str], needed: list[str]) -> str:
    """Overlays on the given directories only, for a user namespace, which may not put one over a whole root. Returns ''."""
    tops = [path for path in dirs if not any(path != other and below(path, other) for other in dirs)]
    points = [point for point, _ in mounts()]
    place = scratch(needed)
    for n, path in enumerate(sorted(set(tops))):
        if any(point != path and below(point, path) for point in points):
            raise OSError(16, f"another file system is mounted below {path}")
        overlay(path, path, f"{place}/{n}", True)
    return ""


def own_user() -> None:
    """A user namespace in which we are who we are."""
    user, group = os.geteuid(), os.getegid()
    call("unshare", CLONE_NEWUSER | CLONE_NEWNS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as out:
            out.write(text)


def put(path: str, data: bytes | None, memory: set[int]) -> None:
    """Write one staged file, or remove it; refused where the directory is not one of our overlays."""
    folder = standing = os.path.dirname(path)
    while not os.path.isdir(standing):
        standing = os.path.dirname(standing)
    if os.stat(standing).st_dev not in memory:
        raise OSError(30, f"{path} does not lie in the sandbox")
    if data is not None:
        os.makedirs(folder, exist_ok=True)
    try:
        like = os.lstat(path)
        os.unlink(path)
    except FileNotFoundError:
        like = None
    if data is None:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        if like:
            if (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(handle, like.st_uid, like.st_gid)
            os.fchmod(handle, stat.S_IMODE(like.st_mode))


def enter(order: dict[str, Any]) -> None:
    """The namespaces and the root directory of another process, where one is named."""
    if not order["enter"]:
        return
    base = f"/proc/{order['enter']}"
    handles = [os.open(f"{base}/ns/{name}", os.O_RDONLY) for name in ("net", "mnt")]
    root = os.open(f"{base}/root", os.O_PATH | os.O_DIRECTORY)
    for handle, kind in zip(handles, (CLONE_NEWNET, CLONE_NEWNS), strict=True):
        call("setns", handle, kind)
        os.close(handle)
    os.fchdir(root)
    os.chroot(".")
    os.close(root)


def main() -> None:
    order = json.load(sys.stdin)
    call("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    exe = os.open(order["exe"], os.O_RDONLY | os.O_CLOEXEC)
    files = {path: None if data is None else base64.b64decode(data) for path, data in order["files"].items()}
    enter(order)
    if order["own_user"]:
        own_user()
    else:
        call("unshare", CLONE_NEWNS)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    dirs = [path for path in order["dirs"] if os.path.isdir(path)]
    root = listed(dirs, order["needed"]) if order["own_user"] else whole_root(order["needed"])
    memory = {os.stat(path).st_dev for path in dirs} if order["own_user"] else overlays(root)
    if root:
        os.chdir(root)
        os.chroot(".")
    os.umask(0o022)
    for path, data in files.items():
        put(path, data, memory)
    os.chdir(order["cwd"] if os.path.isdir(order["cwd"]) else "/")
    os.execve(exe, order["argv"], order["env"])  # noqa: S606 - that is the purpose


def overlays(root: str) -> set[int]:
    """Device numbers of the overlays at and below `root`."""
    return {os.stat(point).st_dev for point, kind in mounts() if kind == "overlay" and below(point, root)}


def report() -> None:
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        os.write(int(sys.argv[-1]), str(getattr(error, "strerror", None) or error).encode("utf-8", "replace"))
        sys.exit(125)


if __name__ == "__main__":
    os.set_inheritable(int(sys.argv[-1]), False)
    report()
