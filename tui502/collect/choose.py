"""Which of several nginx masters this is about."""

from __future__ import annotations

import dataclasses
import os
import posixpath
import re
from collections.abc import Callable
from pathlib import Path

from tui502.host.masters import main_conf, option
from tui502.host.paths import same_root
from tui502.host.run import run
from tui502.host.trust import is_ours
from tui502.model.evidence import CommandSeen, View

PATIENCE = 3.0
"""Seconds for `nginx -V`."""

Compiled = Callable[[View], tuple[str, str]]
_BUILT = re.compile(rb"--(prefix|conf-path)=(\S+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line: a configuration file (absolute), a binary, a pid; '' or 0 where nothing was."""

    conf: str
    nginx: str
    pid: int


def choose(
    masters: tuple[View, ...], wanted: Wanted, current: View | None, compiled: Compiled, ours: Callable[[View], bool] = is_ours
) -> View | None:
    """The master of that pid; else the one that was chosen before; else the first with that configuration and binary. None when there is none.

    `masters` come in order of preference; of those in our own namespaces, root's and ours stand before other users' (`ours`): anybody can start a process
    that looks like one. `compiled(view)` gives the prefix and configuration file that a master's binary has built in.
    """
    fitting = [view for view in masters if (view.pid == wanted.pid if wanted.pid else _fits(view, wanted, compiled))]
    kept = [view for view in fitting if current and (view.pid, view.started) == (current.pid, current.started)]
    return next(iter(kept or sorted(fitting, key=lambda view: (not view.local, not ours(view)))), None)


def _fits(view: View, wanted: Wanted, compiled: Compiled) -> bool:
    if wanted.nginx and view.exe and posixpath.realpath(wanted.nginx) != view.exe.removesuffix(" (deleted)"):
        return False
    if not wanted.conf:
        return True
    own = main_conf(view) or main_conf(view, *compiled(view))
    return bool(own) and (own == wanted.conf or posixpath.realpath(own) == posixpath.realpath(wanted.conf))


def compiled_in(view: View) -> tuple[str, str]:
    """(prefix, configuration file) built into a master's binary, by its -V; ("", "") when it may not be run."""
    seen = run((binary(view, ""), "-V"), PATIENCE) if same_root(view) and binary(view, "") else None
    if not isinstance(seen, CommandSeen):
        return "", ""
    built = {name.decode(): os.fsdecode(value).strip("'") for name, value in _BUILT.findall(seen.err)}
    prefix = built.get("prefix", "/usr/local/nginx")
    return prefix, built.get("conf-path", "conf/nginx.conf")


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


__all__ = ["Wanted", "binary", "choose", "compiled_in", "option", "with_binary"]
