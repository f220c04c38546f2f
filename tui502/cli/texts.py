"""The commands that print: what is wrong here, in a recording or in a log, and what was changed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui502.cli import CAUSE_FOUND, OK, UNDECIDED, Stop, out, say
from tui502.cli.sessions import chosen, recorded

if TYPE_CHECKING:
    import argparse

    from tui502.model.findings import Incident


def diagnose(args: argparse.Namespace) -> int:
    from tui502 import engine

    url = named(args.url)
    incident, elapsed = engine.diagnose(**chosen(args), url=url)
    return told(incident, elapsed, args.json)


def named(url: str) -> str:
    """The request that a person named, as it is asked for. Raises Stop where it names none."""
    from tui502.read import asked_url

    try:
        return asked_url.parse(url).text if url else ""
    except ValueError as error:
        raise Stop(str(error)) from error


def told(incident: Incident, elapsed: float, as_json: bool) -> int:
    """Print a diagnosis; returns its exit code: whether a cause was found, or something fails of which none could be named."""
    if as_json:
        from tui502.report import as_json as words

        out(words.document_text(incident, round(elapsed * 1000)))
    else:
        from tui502.report import as_text

        out(as_text.text(incident))
    return CAUSE_FOUND if incident.names_cause else UNDECIDED if incident.verdict == "undecided" else OK


def explain(args: argparse.Namespace) -> int:
    from tui502.cli.log_pieces import pieces
    from tui502.read import explain as words

    if args.file == "-" and not sys.stdin:
        raise Stop("standard input is closed: name a file")
    with sys.stdin.buffer if args.file == "-" else open(args.file, "rb") as source:
        for line in words.explained(pieces(source), as_json=args.json):
            out(line)
    return OK


def history(args: argparse.Namespace) -> int:
    from tui502 import engine

    out(engine.history_text())
    return OK


def record(args: argparse.Namespace) -> int:
    from tui502 import engine

    if os.path.lexists(args.file):
        raise Stop(f"{args.file} is there already; choose another name")
    engine.record(args.file, **chosen(args))
    say(f"recorded to {args.file}, secrets masked. Back to the screen: tui502 replay {args.file}")
    return OK


def report(args: argparse.Namespace) -> int:
    from tui502 import engine

    evidence = recorded(args.file).evidence if args.file else engine.gather(**chosen(args))
    out(engine.report_text(evidence, live=not args.file))
    return OK
