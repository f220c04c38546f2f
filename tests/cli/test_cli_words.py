"""The command line as data: every entry leads somewhere, and the parser has them all."""

from __future__ import annotations

import argparse

import pytest

from tui502.cli import Stop, command
from tui502.cli.parse import parser
from tui502.cli.words import COMMANDS, DRAWING, HOST, SCREEN, Command, Either, Word


def words(one: Command) -> list[Word]:
    return [word for each in one.words for word in (each.words if isinstance(each, Either) else (each,))]


@pytest.mark.parametrize("one", [SCREEN, *COMMANDS], ids=lambda one: one.name)
def test_every_command_can_be_called(one: Command) -> None:
    """If this fails, a command that help names ends with a traceback."""
    assert callable(command(one.run))


@pytest.mark.parametrize("one", [SCREEN, *COMMANDS], ids=lambda one: one.name)
def test_every_word_is_told_and_understood(one: Command) -> None:
    """If this fails, a word is not in help, in completions and in the manual page, or is there and not understood."""
    assert one.about
    fields = [word.field for word in words(one)]
    assert len(set(fields)) == len(fields)
    needed = [word.name for word in words(one) if word.required]
    got = vars(parser().parse_args([*([one.name] if one.name else []), *needed]))
    assert set(fields) <= set(got)
    for word in words(one):
        assert word.about, word.name
        assert got[word.field] == (word.name if word.required else word.default), word.name


def test_no_abbreviation_is_understood() -> None:
    """If this fails, a script that says --conf=F as --c breaks on the day another option begins with that."""
    with pytest.raises(Stop, match="unrecognized arguments: --no-pr"):
        parser().parse_args(["diagnose", "--no-pr"])


@pytest.mark.parametrize("argv", [["--conf", ""], ["diagnose", "--nginx="], ["record", ""], ["--log-file", ""]])
def test_an_empty_value_is_a_mistake(argv: list[str]) -> None:
    """If this fails, a variable that is unset in somebody's script makes it look at another nginx than he means."""
    with pytest.raises(Stop, match="nothing stands there"):
        parser().parse_args(argv)


@pytest.mark.parametrize("pid", ["0", "-1", "1.5", "9" * 30, "٣", "1_0", " 7"])
def test_what_is_no_pid_is_a_mistake(pid: str) -> None:
    with pytest.raises(Stop):
        parser().parse_args([f"--pid={pid}"])


def test_options_that_are_shared_stand_in_one_place() -> None:
    """If this fails, --conf means one thing to one command and another to the next."""
    shared = {word.name: word for word in (*HOST, *DRAWING)}
    for one in COMMANDS:
        assert all(word is shared[word.name] for word in words(one) if word.name in shared)


def test_help_has_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {one.name} " in said for one in COMMANDS)


def test_nothing_is_parsed_twice() -> None:
    """What the parser gives can be told from what was said: an option before the command holds, and the command's own default does not set it back."""
    got: argparse.Namespace = parser().parse_args(["--conf", "/x", "diagnose", "--pid", "7", "h/x"])
    assert (got.conf, got.pid, got.url, got.nginx) == ("/x", 7, "h/x", "")
