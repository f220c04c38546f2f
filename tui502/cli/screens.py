"""The commands that draw: the screen on this host, on a demo site, on a recording."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui502.cli import OK, Stop, out
from tui502.cli.sessions import live, recorded

if TYPE_CHECKING:
    import argparse

    from tui502.model.session import Session


def screen(args: argparse.Namespace) -> int:
    need_terminal()
    return show(live(args), args)


def show(session: Session, args: argparse.Namespace) -> int:
    from tui502.cli import log_file
    from tui502.ui import app

    leave_to_the_terminal()
    with log_file.kept(args.log_file):
        return app.run(session, ascii=args.ascii or not _utf8(), mouse=not args.no_mouse, log_path_hint=args.log_file)


def leave_to_the_terminal() -> None:
    """Its size is what it says itself, whatever an exported COLUMNS says; and what debugs Textual (its variables can even press keys) is none of ours."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]
    if os.get_terminal_size(sys.stdout.fileno()).columns:
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


def need_terminal() -> None:
    """The screen needs one; without it say what else there is."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise Stop("there is no terminal to draw on. The same investigation as text: tui502 diagnose")
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown", ""):
        raise Stop(f"TERM is {os.environ.get('TERM') or 'not set'}, which cannot be drawn on. The same investigation as text: tui502 diagnose")


def _utf8() -> bool:
    word = (sys.stdout.encoding or "").lower().replace("-", "")
    return word == "utf8" and os.environ.get("TERM") not in ("linux", "vt100")


def demo(args: argparse.Namespace) -> int:
    try:
        from tui502.lab import demo as lab
    except ImportError as error:
        raise Stop(f"the demo needs its extra packages ({error.name} is missing): pip install 'tui502[demo]'") from error
    if args.list:
        out(lab.list_text())
        return OK
    if args.random and args.scenario:
        raise Stop("--random chooses the scenario itself: name none")
    need_terminal()
    from tui502 import engine

    name = lab.random_scenario() if args.random else args.scenario
    try:
        site = lab.open(name)
    except lab.CannotStart as error:
        raise Stop(str(error)) from error
    with site:
        code = show(engine.LiveSession(conf=site.conf, nginx=site.nginx_exe, pid=site.master_pid), args)
    if args.random:
        out(lab.ask_afterwards(name))
    return code


def replay(args: argparse.Namespace) -> int:
    session = recorded(args.file)
    if args.json:
        from tui502 import engine
        from tui502.cli.texts import told

        return told(engine.judged(session.evidence), 0.0, True)
    need_terminal()
    return show(session, args)
