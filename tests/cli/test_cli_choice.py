"""Which nginx, and which request: what fits nothing is a mistake, not an outage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "events {{}}\nhttp {{ access_log off; server {{ listen 127.0.0.1:1; server_name app.example.com; location / {{ proxy_pass http://127.0.0.1:2; }} }} }}\n"


def tui502(*argv: str, state: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "TUI502_STATE": str(state)}
    return subprocess.run([sys.executable, "-m", "tui502", *argv], input="", capture_output=True, text=True, timeout=60, env=env)


@pytest.fixture
def conf(tmp_path: Path) -> str:
    """The configuration of an nginx that does not run."""
    path = tmp_path / "nginx.conf"
    path.write_text(MAIN.format())
    return str(path)


@pytest.mark.parametrize("command", ["diagnose", "fix", "undo", "report"])
@pytest.mark.parametrize("option", [("--pid", "1"), ("--conf", "/none/x"), ("--conf", "/proc"), ("--nginx", "/bin/true"), ("--nginx", "/none/x")])
def test_what_fits_no_nginx_is_usage(command: str, option: tuple[str, str], tmp_path: Path) -> None:
    """If this fails, a typing error reads as an outage; scripts that go by the exit code act on it."""
    done = tui502(command, *option, state=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tui502: {option[1]}")


def test_a_recording_of_a_mistake_is_not_made(tmp_path: Path) -> None:
    assert tui502("record", str(tmp_path / "x"), "--pid", str(os.getpid()), state=tmp_path).returncode == 2
    assert not (tmp_path / "x").exists()


def test_an_nginx_that_does_not_run_is_looked_at(conf: str, tmp_path: Path) -> None:
    """If this fails, the outage of nginx itself is taken for a mistake of whoever looks."""
    done = tui502("diagnose", "--conf", conf, "--no-probe", state=tmp_path)
    assert done.returncode in (1, 3)
    assert done.stderr == ""


@pytest.mark.parametrize("url", ["ftp://app.example.com/", "http://", "h:99999", "h/\x1b[2J", "/x\n"])
def test_what_names_no_request_is_usage(url: str, conf: str, tmp_path: Path) -> None:
    """If this fails, a mistyped URL is dropped in silence, and the answer is about something else."""
    done = tui502("diagnose", url, "--conf", conf, state=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("url", ["http://app.example.com:1/cart", "app.example.com/cart", "/cart"])
def test_the_request_is_understood_as_people_type_it(url: str, conf: str, tmp_path: Path) -> None:
    """If this fails, a person has to know the one right form of a URL while his site is down."""
    done = tui502("diagnose", url, "--conf", conf, "--no-probe", state=tmp_path)
    assert done.returncode in (1, 3)
    assert "http://app.example.com:1/cart was not sent" in " ".join(done.stdout.split())
