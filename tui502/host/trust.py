"""Whose programs may be run with our rights."""

# ruff: noqa: PTH116
# paths of /proc, handed to the kernel as they are
from __future__ import annotations

import os
import shutil
import stat

from tui502.host.paths import is_same_process
from tui502.host.processes import uids
from tui502.host.run import PATH, owner_of
from tui502.model.evidence import View


def may_test(exe: str, view: View | None) -> bool:
    """Whether `nginx -t` may run with our rights as `view` was started: it loads the modules and reads the files which the master's title and the
    configuration behind it name, so both must be root's or ours. Without a master the words are our own, and only the binary counts."""
    if view is not None:
        return is_ours(view)
    path = shutil.which(exe, path=PATH) or exe
    return owner_of((path,)) == os.geteuid()


def may_check(argv: tuple[str, ...]) -> bool:
    """Whether a program, by its path, may run with our rights: only root and we may write it, and what it would execute for these arguments."""
    return owner_of(argv) == os.geteuid()


def is_ours(view: View) -> bool:
    """Whether a master runs with all rights of root, or with ours. A set-user-ID program does so for anybody who gives it a title of his own."""
    return is_same_process(view) and set(uids(view.pid)) in ({0}, {os.geteuid()}) and not _lends_rights(view.pid)


def stranger(view: View) -> int | None:
    """The uid of a master that is neither root's nor ours; None where it is, or has several."""
    found = set(uids(view.pid))
    return found.pop() if len(found) == 1 and not found <= {0, os.geteuid()} else None


def _lends_rights(pid: int) -> bool:
    try:
        return bool(os.stat(f"/proc/{pid}/exe").st_mode & stat.S_ISUID)
    except OSError:
        return False
