"""The commands that change the host, without the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.cli import NEEDS_HAND, NOT_HELPED, OK
from tui502.cli.sessions import live

if TYPE_CHECKING:
    import argparse

OUTCOME_CODES = {None: OK, "VERIFIED": OK, "KEPT": OK, "REFUSED": NOT_HELPED, "PUT BACK": NOT_HELPED, "NEEDS HAND": NEEDS_HAND}


def fix(args: argparse.Namespace) -> int:
    from tui502 import headless

    return OUTCOME_CODES[headless.fix(args.id, dry_run=args.dry_run, yes=args.yes, keep_after=args.keep_after, session=live(args))]


def undo(args: argparse.Namespace) -> int:
    from tui502 import headless

    return OUTCOME_CODES[headless.undo(args.id, yes=args.yes, session=live(args))]
