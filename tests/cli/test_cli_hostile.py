"""Arguments, streams and rights as nobody wants them: a message, the right exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.incidents.record import HERE

RECORDED = str(HERE / "wrong-port" / "evidence.tui502")
DIAGNOSIS = ("replay", RECORDED, "--json")


def shell(redirection: str, *argv: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """tui502 with its streams redirected as a shell does it."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "tui502", *argv]
    return subprocess.run(command, input="", capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})


@pytest.mark.parametrize("argv", [("--version",), ("--help",), ("fix", "--help"), DIAGNOSIS, ("report", RECORDED), ("explain", __file__)])
def test_an_output_that_takes_nothing_is_told(argv: tuple[str, ...]) -> None:
    """If this fails, a full disk makes an empty report that looks like a success."""
    done = shell(">/dev/full", *argv)
    assert (done.returncode, done.stderr) == (2, "tui502: standard output: No space left on device\n")


def test_a_closed_output_is_told() -> None:
    done = shell(">&-", *DIAGNOSIS)
    assert (done.returncode, done.stderr) == (2, "tui502: standard output is closed: there is nowhere to write to\n")


def test_a_closed_error_stream_lets_no_talk_into_the_data() -> None:
    """If this fails, a program that reads the data reads our talk."""
    done = shell("2>&-", "replay", "/nonexistent/x")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    assert shell("2>&-", *DIAGNOSIS).returncode == 1


@pytest.mark.parametrize(("argv", "said"), [(("explain",), "standard input is closed"), ((), "no terminal"), (("replay", RECORDED), "no terminal")])
def test_a_closed_input_is_told(argv: tuple[str, ...], said: str) -> None:
    done = shell("<&-", *argv)
    assert done.returncode == 2
    assert said in done.stderr


def test_whoever_reads_no_further_is_not_complained_to() -> None:
    """If this fails, `tui502 … | head -1` ends with a traceback, or reports the exit code of a diagnosis that nobody read."""
    line = ["sh", "-c", '"$@"; echo $? >&2', "sh", sys.executable, "-m", "tui502", *DIAGNOSIS]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as done:
        assert done.stdout
        assert done.stderr
        done.stdout.close()
        assert done.stderr.read() == "141\n"


@pytest.mark.parametrize("env", [{"PYTHONIOENCODING": "ascii:strict"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
@pytest.mark.parametrize("argv", [DIAGNOSIS, ("report", RECORDED)])
def test_a_terminal_without_our_letters_gets_their_numbers(env: dict[str, str], argv: tuple[str, ...]) -> None:
    """If this fails, a host without a UTF-8 locale gets a traceback instead of a diagnosis."""
    done = shell("", *argv, env=env)
    assert done.returncode in (0, 1)
    assert done.stdout.isascii()
    assert done.stderr == ""


@pytest.mark.parametrize("word", ["\x1b[31m", "--\x1b]0;x\x07", "\udcff"])
def test_what_was_typed_is_made_harmless_before_it_is_repeated(word: str) -> None:
    done = subprocess.run([sys.executable, "-m", "tui502", os.fsencode(word)], input=b"", capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("env", [{"HOME": "/proc/1"}, {"HOME": ""}, {"HOME": "x\x07y"}, {"COLUMNS": "1"}, {"COLUMNS": "abc"}, {"TERM": ""}])
def test_a_strange_environment_changes_no_data(env: dict[str, str]) -> None:
    wanted = shell("", *DIAGNOSIS).stdout
    assert shell("", *DIAGNOSIS, env=env).stdout == wanted


def test_a_limit_of_memory_is_told(tmp_path: Path) -> None:
    """If this fails, a host that is short of memory reads of a bug of ours."""
    command = ["sh", "-c", 'ulimit -v 120000; exec "$@"', "sh", sys.executable, "-m", "tui502", "replay", RECORDED, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root can mount")
def test_half_a_recording_is_not_left_behind(tmp_path: Path) -> None:
    """If this fails, a disk that was full when it mattered leaves a file that cannot be replayed and looks as if it could."""
    line = f"mount -t tmpfs -o size=4k none {tmp_path} && {sys.executable} -m tui502 record {tmp_path}/x --no-probe; echo $?; ls -A {tmp_path}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", line], capture_output=True, text=True, timeout=120)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no mount namespace here")
    assert done.stdout == "2\n"
    assert f"{tmp_path}/x: No space left on device" in done.stderr
