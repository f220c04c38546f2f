"""The command line. Standard output is data, standard error is talk. Everything is imported where it is used, so that --help answers at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui502 import __version__

if TYPE_CHECKING:
    from tui502.engine import ReplaySession
    from tui502.model.findings import Incident
    from tui502.model.session import Session

OK, CAUSE_FOUND, USAGE, UNDECIDED, NOT_HELPED, NEEDS_HAND, BUG = 0, 1, 2, 3, 4, 5, 70
OUTCOME_CODES = {None: OK, "VERIFIED": OK, "KEPT": OK, "REFUSED": NOT_HELPED, "PUT BACK": NOT_HELPED, "NEEDS HAND": NEEDS_HAND}
RUNNER = "_runner"
"""The hidden command under which `apply.launch` starts the process that carries a change through."""


class Stop(Exception):
    """Ends the program with a message for the reader and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    words = sys.argv[1:] if argv is None else argv
    try:
        if words[:1] == [RUNNER]:
            return run_change(words[1])
        return run(parser().parse_args(words))
    except Stop as stop:
        say(str(stop))
        return stop.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130


def run(args: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except (Stop, BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        raise Stop(f"{error.filename or 'the system'}: {error.strerror or error}") from error
    except Exception as error:
        raise Stop(crash(error), BUG) from error


def run_change(journal: str) -> int:
    from tui502.apply import runner

    return runner.run(journal)


def say(text: str) -> None:
    """Talk, made harmless: names of files and words of errors come from the host."""
    from tui502.text import neutral_lines

    print("tui502: " + "\n".join(neutral_lines(text)), file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The one definition of the command line."""
    about = "Find out why nginx answers 502 Bad Gateway, and carry the repair through. Without a command: the screen, on this host."
    top = argparse.ArgumentParser(prog="tui502", description=about)
    top.add_argument("--version", action="version", version=f"tui502 {__version__}")
    host = argparse.ArgumentParser(add_help=False)
    drawing = argparse.ArgumentParser(add_help=False)
    _host_options(host)
    _screen_options(drawing)
    _host_options(top)
    _screen_options(top)
    top.set_defaults(**_DEFAULTS)
    top.set_defaults(command=screen)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, function: Callable[[argparse.Namespace], int], text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text, parents=list(parents))
        sub.set_defaults(command=function)
        return sub

    sub = add("demo", demo, "a broken site of your own, then the screen on it (no root, nothing outside a temporary directory)", drawing)
    sub.add_argument("scenario", nargs="?", default="", metavar="SCENARIO")
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="say which scenarios there are")
    which.add_argument("--random", action="store_true", help="any scenario: find out which it is, and be asked afterwards")
    sub = add("diagnose", diagnose, "the same investigation as text", host)
    sub.add_argument("url", nargs="?", default="", metavar="URL", help="the request that fails")
    sub.add_argument("--json", action="store_true")
    sub = add("explain", explain, "what each error-log record means")
    sub.add_argument("file", nargs="?", default="-", metavar="FILE")
    sub.add_argument("--json", action="store_true")
    sub = add("fix", fix, "stage, test, apply and verify one offered fix without the screen", host)
    sub.add_argument("id", nargs="?", default="", metavar="ID")
    how = sub.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="stage and test, change nothing")
    how.add_argument("--yes", action="store_true", help="do not ask; needs an ID unless exactly one proven fix exists")
    sub.add_argument("--keep-after", type=_seconds, default=0.0, metavar="S", help="decide after at most S seconds")
    add("history", history, "what was changed here")
    sub = add("undo", undo, "take the last change back", host)
    sub.add_argument("id", nargs="?", default="", metavar="ID")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub = add("record", record, "an incident to a file, secrets masked", host)
    sub.add_argument("file", metavar="FILE")
    sub = add("replay", replay, "a recorded incident back to the screen", drawing)
    sub.add_argument("file", metavar="FILE")
    sub.add_argument("--json", action="store_true", help="the diagnosis instead of the screen")
    sub = add("report", report, "an incident as Markdown, to hand over", host)
    sub.add_argument("file", nargs="?", default="", metavar="FILE", help="a recording; without it, this host now")
    return top


_DEFAULTS = {"conf": "", "nginx": "", "pid": 0, "read_only": False, "no_probe": False, "ascii": False, "no_mouse": False, "log_file": ""}
"""Options that may stand before the command or behind it; a command must never set back what was said before it."""


def _host_options(parser: argparse.ArgumentParser) -> None:
    said = argparse.SUPPRESS
    parser.add_argument("--conf", default=said, metavar="F", help="main configuration file (default: that of the running nginx)")
    parser.add_argument("--nginx", default=said, metavar="BIN", help="nginx binary (default: that of the running nginx)")
    parser.add_argument("--pid", type=int, default=said, metavar="N", help="the nginx master to look at, where there are several")
    parser.add_argument("--read-only", action="store_true", default=said, help="change nothing, whatever is pressed")
    parser.add_argument("--no-probe", action="store_true", default=said, help="send nothing to anybody")


def _screen_options(parser: argparse.ArgumentParser) -> None:
    said = argparse.SUPPRESS
    parser.add_argument("--ascii", action="store_true", default=said, help="draw with ASCII only")
    parser.add_argument("--no-mouse", action="store_true", default=said)
    parser.add_argument("--log-file", default=said, metavar="F", help="write what tui502 itself does to F")


def _seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{word!r} is no number of seconds between 1 and 86400")
    return value


def screen(args: argparse.Namespace) -> int:
    need_terminal()
    from tui502 import engine

    return show(engine.LiveSession(conf=args.conf, nginx=args.nginx, pid=args.pid, read_only=args.read_only, probing=not args.no_probe), args)


def show(session: Session, args: argparse.Namespace) -> int:
    from tui502.ui import app

    if args.log_file:
        import logging

        logging.basicConfig(filename=args.log_file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return app.run(session, ascii=args.ascii or not _utf8(), mouse=not args.no_mouse, log_path_hint=args.log_file)


def need_terminal() -> None:
    """The screen needs one; without it say what else there is."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
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
        print(lab.list_text())
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
        print(lab.ask_afterwards(name))
    return code


def diagnose(args: argparse.Namespace) -> int:
    from tui502 import engine

    incident, elapsed = engine.diagnose(conf=args.conf, nginx=args.nginx, pid=args.pid, probing=not args.no_probe, url=args.url)
    return told(incident, elapsed, args.json)


def told(incident: Incident, elapsed: float, as_json: bool) -> int:
    """Print a diagnosis; returns the exit code that its verdict has."""
    if as_json:
        from tui502.report import as_json as words

        print(words.document_text(incident, round(elapsed * 1000)))
    else:
        from tui502.report import as_text

        print(as_text.text(incident))
    return {"cause_found": CAUSE_FOUND, "undecided": UNDECIDED}.get(incident.verdict, OK)


def explain(args: argparse.Namespace) -> int:
    from tui502.read import explain as words

    with sys.stdin.buffer if args.file == "-" else open(args.file, "rb") as source:
        for line in words.explained(source, as_json=args.json):
            print(line)
    return OK


def fix(args: argparse.Namespace) -> int:
    from tui502 import headless

    return OUTCOME_CODES[headless.fix(args.id, dry_run=args.dry_run, yes=args.yes, keep_after=args.keep_after, session=_live(args))]


def undo(args: argparse.Namespace) -> int:
    from tui502 import headless

    return OUTCOME_CODES[headless.undo(args.id, yes=args.yes, session=_live(args))]


def history(args: argparse.Namespace) -> int:
    from tui502 import engine

    print(engine.history_text())
    return OK


def _live(args: argparse.Namespace) -> Session:
    from tui502 import engine

    return engine.LiveSession(conf=args.conf, nginx=args.nginx, pid=args.pid, read_only=args.read_only, probing=not args.no_probe)


def record(args: argparse.Namespace) -> int:
    from tui502 import engine

    if os.path.lexists(args.file):
        raise Stop(f"{args.file} is there already; choose another name")
    if args.conf and args.conf.endswith(".tui502"):
        raise Stop("--conf wants an nginx configuration")
    engine.record(args.file, conf=args.conf, nginx=args.nginx, pid=args.pid, probing=not args.no_probe)
    say(f"recorded to {args.file}, secrets masked. Back to the screen: tui502 replay {args.file}")
    return OK


def replay(args: argparse.Namespace) -> int:
    from tui502 import engine

    session = _recorded(args.file)
    if args.json:
        return told(engine.judged(session.evidence), 0.0, True)
    need_terminal()
    return show(session, args)


def report(args: argparse.Namespace) -> int:
    from tui502 import engine

    evidence = _recorded(args.file).evidence if args.file else engine.gather(conf=args.conf, nginx=args.nginx, pid=args.pid, probing=not args.no_probe)
    print(engine.report_text(evidence, live=not args.file))
    return OK


def _recorded(path: str) -> ReplaySession:
    from tui502 import engine
    from tui502.collect.recording import Damaged

    if not os.path.lexists(path):
        raise Stop(f"{path}: no such file")
    try:
        return engine.ReplaySession(path)
    except Damaged as error:
        raise Stop(str(error)) from error


def crash(error: Exception) -> str:
    """Three lines for a bug of ours, and a file with the rest; secrets masked."""
    import tempfile
    import traceback

    from tui502.text import mask

    body = mask("".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace"))
    try:
        with tempfile.NamedTemporaryFile("wb", prefix="tui502-crash-", suffix=".txt", delete=False) as out:
            out.write(b"tui502 " + __version__.encode() + b", Python " + sys.version.encode() + b"\n\n" + body)
        place = out.name
    except OSError as failed:
        place = f"nowhere ({failed.strerror})"
    return f"stopped by a bug of its own: {type(error).__name__}: {error}\n  details: {place}\n  please report it with that file"

