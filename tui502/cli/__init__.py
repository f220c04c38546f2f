"""The command line. Standard output is data, standard error is talk. Everything is imported where it is used, so that --help answers at once.

`words` is what there is to type, `parse` the parser made from it, `screens`, `texts` and `changes` are what the commands do.
"""

from __future__ import annotations

import os
import sys

from tui502 import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

OK, CAUSE_FOUND, USAGE, UNDECIDED, NOT_HELPED, NEEDS_HAND, BUG = 0, 1, 2, 3, 4, 5, 70
INTERRUPTED, NOBODY_READS = 130, 141
"""As a shell says it of programs that SIGINT or SIGPIPE ended."""

NO_THREAD = "can't start new thread"
"""What Python says (in a RuntimeError) when the system gives none."""

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
    keep_places()
    try:
        if words[:1] == [RUNNER]:
            return run_change(words[1])
        if words == ["--version"]:
            out(f"tui502 {__version__}")
            flush()
            return OK
        return run(words)
    except Stop as stop:
        say(str(stop))
        return stop.code
    except BrokenPipeError:
        drop_output()
        return NOBODY_READS
    except KeyboardInterrupt:
        return INTERRUPTED


def run(words: list[str]) -> int:
    """Parse and carry out a command. Raises Stop for whatever ends it, a bug of ours too."""
    from tui502.cli.parse import parser

    if sys.stdout is None:
        raise Stop("standard output is closed: there is nowhere to write to")
    try:
        args = parser().parse_args(words)
        code = command(args.run)(args)
        flush()
    except (Stop, BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        raise Stop(f"{error.filename or 'the system'}: {error.strerror or error}") from error
    except MemoryError as error:
        raise Stop("there is not enough memory") from error
    except Exception as error:
        if str(error) == NO_THREAD:
            raise Stop(f"{NO_THREAD}: this user may have no more processes (ulimit -u)") from error
        from tui502.cli.bug import crash

        raise Stop(crash(error), BUG) from error
    return code


def command(name: str) -> Callable[[argparse.Namespace], int]:
    """The function behind "module:function"."""
    import importlib

    module, _, function = name.partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f"tui502.cli.{module}"), function)
    return found


def run_change(journal: str) -> int:
    from tui502.apply import runner

    return runner.run(journal)


def out(text: str) -> None:
    """Data. Raises Stop when it cannot be written, BrokenPipeError when nobody reads it."""
    _written(lambda: print(text))


def flush() -> None:
    """What was put out is out. Raises as `out`."""
    _written(sys.stdout.flush)


def _written(write: Callable[[], None]) -> None:
    try:
        write()
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise Stop(f"standard output: {error.strerror}") from error


def say(text: str) -> None:
    """Talk, made harmless: names of files and words of errors come from the host."""
    from tui502.text import neutral_lines

    print("tui502: " + "\n".join(neutral_lines(text)), file=sys.stderr)


def keep_places() -> None:
    """Give the three standard descriptors to nobody else: where one is closed, a file that is opened later would be taken for it. What the terminal
    cannot show is shown by its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the program
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """What still waits to be written cannot be: let it go, lest the interpreter complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
