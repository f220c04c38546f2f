"""Which of several nginx masters this is about."""

from __future__ import annotations

import dataclasses
import os
import posixpath
import shutil
from collections.abc import Callable
from pathlib import Path

from tui502.host.built import built_in
from tui502.host.masters import main_conf
from tui502.host.paths import same_root
from tui502.host.run import PATH
from tui502.host.trust import is_ours
from tui502.model.evidence import View

Compiled = Callable[[View], tuple[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line: a configuration file (absolute), a binary, a pid; '' or 0 where nothing was."""

    conf: str
    nginx: str
    pid: int


def wanted(conf: str, nginx: str, pid: int) -> Wanted:
    """What was asked for, paths made absolute and the binary looked up where it is named only."""
    found = os.path.abspath(nginx) if "/" in nginx else nginx and (shutil.which(nginx, path=PATH) or nginx)  # noqa: PTH100
    return Wanted(os.path.abspath(conf) if conf else "", found, pid)  # noqa: PTH100


def choose(masters: tuple[View, ...], wanted: Wanted, current: View | None, compiled: Compiled, ours: Callable[[View], bool] = is_ours) -> View | None:
    """The master of that pid; else the one that was chosen before; else the first with that configuration and binary. None when there is none.

    `masters` come in order of preference; of those in our own namespaces, root's and ours stand before other users' (`ours`): anybody can start a process
    that looks like one. `compiled(view)` gives the prefix and configuration file that a master's binary has built in.
    """
    fitting = [view for view in masters if (view.pid == wanted.pid if wanted.pid else _fits(view, wanted, compiled))]
    kept = [view for view in fitting if current and (view.pid, view.started) == (current.pid, current.started)]
    return next(iter(kept or sorted(fitting, key=lambda view: (not view.local, not ours(view)))), None)


def _fits(view: View, wanted: Wanted, compiled: Compiled) -> bool:
    if wanted.nginx and not runs_binary(view, wanted.nginx):
        return False
    if not wanted.conf:
        return True
    own = main_conf(view) or main_conf(view, *compiled(view))
    return bool(own) and (own == wanted.conf or posixpath.realpath(own) == posixpath.realpath(wanted.conf))


def runs_binary(view: View, nginx: str) -> bool:
    """Whether a master runs that binary, or one that lay in its place and was replaced; one whose binary cannot be seen may."""
    return not view.exe or posixpath.realpath(nginx) == view.exe.removesuffix(" (deleted)")


def compiled_in(view: View) -> tuple[str, str]:
    """(prefix, configuration file) built into a master's binary, by its -V; ("", "") when it may not be run."""
    exe = binary(view, "") if same_root(view) else ""
    return built_in(exe) if exe else ("", "")


def binary(view: View, nginx: str) -> str:
    """What to run as this master's nginx: `nginx` when asked for, else its executable, else (where we may not see that) the program of its title,
    if it is found by name or belongs to root or to us."""
    if nginx or view.exe:
        return nginx or view.exe
    program = view.argv[0] if view.argv else ""
    try:
        safe = "/" not in program or (program.startswith("/") and Path(program).stat().st_uid in (0, os.geteuid()))
    except OSError:
        safe = False
    return program if safe else ""


def with_binary(view: View, nginx: str) -> View:
    return dataclasses.replace(view, exe=binary(view, nginx))
