"""What the commands work on: this host, looked at as the options say, or a recording."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypedDict

from tui502.cli import Stop

if TYPE_CHECKING:
    import argparse

    from tui502.engine import ReplaySession
    from tui502.model.session import Session


class Chosen(TypedDict):
    """Which nginx to look at, and whether anything may be sent."""

    conf: str
    nginx: str
    pid: int
    probing: bool


def chosen(args: argparse.Namespace) -> Chosen:
    """What the options of the command line name. Raises Stop where that is no nginx of this host, or nothing can be seen here at all."""
    if not os.path.lexists("/proc/self"):
        raise Stop("/proc is not mounted here: without it nothing can be seen (tui502 needs Linux)")
    if args.conf or args.nginx or args.pid:
        from tui502 import engine

        if wrong := engine.misfit(conf=args.conf, nginx=args.nginx, pid=args.pid):
            raise Stop(wrong)
    return {"conf": args.conf, "nginx": args.nginx, "pid": args.pid, "probing": not args.no_probe}


def live(args: argparse.Namespace) -> Session:
    from tui502 import engine

    return engine.LiveSession(**chosen(args), read_only=args.read_only)


def recorded(path: str) -> ReplaySession:
    from tui502 import engine
    from tui502.collect.recording import Damaged

    if not os.path.lexists(path):
        raise Stop(f"{path}: no such file")
    try:
        return engine.ReplaySession(path)
    except Damaged as error:
        raise Stop(str(error)) from error
