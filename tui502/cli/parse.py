"""The parser of the command line, made from `cli.words`."""

from __future__ import annotations

import argparse
import os

from tui502 import __version__
from tui502.cli import Stop, flush, out
from tui502.cli.words import ABOUT, COMMANDS, DRAWING, HOST, SCREEN, Either, Word

HELP_WIDTH = 100
PID_MAX = 1 << 22
"""The largest pid of Linux."""


class Parser(argparse.ArgumentParser):
    """One whose errors are ours: what was typed is made harmless before it is repeated."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise Stop(f"{message}\n{self.format_usage().rstrip()}")

    def _print_message(self, message: str, file: object = None) -> None:
        out(message.rstrip())
        flush()


def parser() -> Parser:
    """The parser. What it gives has `run`, the function that the command calls, and a field for each word."""
    top = _parser("tui502", ABOUT)
    top.add_argument("--version", action="version", version=f"tui502 {__version__}")
    _add(top, SCREEN.words)
    top.set_defaults(run=SCREEN.run, **{word.field: word.default for word in (*HOST, *DRAWING)})
    commands = top.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.about, description=command.about, formatter_class=_formatter, allow_abbrev=False)
        sub.set_defaults(run=command.run)
        _add(sub, command.words)
    return top


def _parser(name: str, about: str) -> Parser:
    return Parser(prog=name, description=about, formatter_class=_formatter, allow_abbrev=False)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Given a width, argparse does without the modules with which it would find one."""
    try:
        columns = os.get_terminal_size(1).columns
    except OSError:
        columns = HELP_WIDTH
    return argparse.HelpFormatter(prog, width=max(40, min(columns, HELP_WIDTH) - 2))


def _add(into: argparse.ArgumentParser, words: tuple[Word | Either, ...]) -> None:
    for word in words:
        if isinstance(word, Either):
            group = into.add_mutually_exclusive_group()
            for one in word.words:
                _word(group, one)
        else:
            _word(into, word)


def _word(into: argparse._ActionsContainer, word: Word) -> None:
    """An option that may stand before the command or behind it has its default at the top: a command must never set back what was said before it."""
    default = argparse.SUPPRESS if word in HOST or word in DRAWING else word.default
    if word.required:
        into.add_argument(word.field, action=_Text, metavar=word.name, help=word.about)
    elif not word.name.startswith("-"):
        into.add_argument(word.field, nargs="?", default=default, metavar=word.name, help=word.about)
    elif not word.takes:
        into.add_argument(word.name, action="store_true", default=default, help=word.about)
    elif word.takes in _NUMBERS:
        into.add_argument(word.name, type=_NUMBERS[word.takes], default=default, metavar=word.shown, help=word.about)
    else:
        into.add_argument(word.name, action=_Text, default=default, metavar=word.shown, help=word.about)


class _Text(argparse.Action):
    """Any word but the empty one, which is what an unset variable of a shell leaves."""

    def __call__(self, parser: argparse.ArgumentParser, into: argparse.Namespace, said: object, option: str | None = None) -> None:
        if not said:
            raise argparse.ArgumentError(self, "nothing stands there")
        setattr(into, self.dest, said)


def _pid(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 0 < int(word[:9]) <= PID_MAX):
        raise argparse.ArgumentTypeError(f"{word!r} is no pid")
    return int(word)


def _seconds(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 86400:
        raise argparse.ArgumentTypeError(f"{word!r} is no number of seconds between 1 and 86400")
    return value


_NUMBERS = {"pid": _pid, "seconds": _seconds}
