"""--log-file: what it holds, and what is said where it cannot be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui502.cli import Stop
from tui502.cli.log_file import kept

FULL = """
import logging, os, resource, sys
from tui502.cli.log_file import kept
with kept(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(sys.argv[1]), resource.RLIM_INFINITY))
    logging.getLogger("tui502").info("one")
    logging.getLogger("tui502").info("two")
"""


ODD = r"""
import logging, sys
from tui502.cli.log_file import kept
with kept(sys.argv[1]):
    logging.getLogger("tui502.ui").info("odd: %s", "\udcff")
logging.getLogger("tui502.ui").warning("after")
"""


def test_what_is_logged_is_at_its_end(tmp_path: Path) -> None:
    """If this fails, a log loses lines or a byte of a host stops it. In a process of its own: pytest could not hand on its copy of such a record."""
    path = tmp_path / "log"
    path.write_text("before\n")
    subprocess.run([sys.executable, "-c", ODD, str(path)], check=True, timeout=60, stderr=subprocess.DEVNULL)
    lines = path.read_text().splitlines()
    assert lines[0] == "before"
    assert "tui502.cli started: tui502" in lines[1]
    assert lines[2].endswith(r"tui502.ui odd: \udcff")
    assert len(lines) == 3


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with kept(str(tmp_path / "log")):
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_told_before_the_screen() -> None:
    with pytest.raises(Stop, match="/dev/full: No space left on device"), kept("/dev/full"):
        pytest.fail("the screen was drawn")


def test_a_pipe_that_nobody_reads_holds_nothing_up(tmp_path: Path) -> None:
    """If this fails, the program hangs before its first screen."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"), kept(str(tmp_path / "pipe")):
        pytest.fail("the screen was drawn")


def test_a_disk_that_fills_up_is_told_after_the_screen(tmp_path: Path) -> None:
    """If this fails, a traceback of logging is drawn across the screen, or a log that lacks the end passes for whole."""
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path / "log")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr == f"tui502: {tmp_path}/log: not everything could be written: File too large\n"
