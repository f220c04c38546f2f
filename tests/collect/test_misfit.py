"""What a person names on the command line and what is no nginx of this host."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_nginx import RealNginx, eventually, running, system_nginx
from tui502.collect.misfit import misfit


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealNginx]:
    directory = tmp_path / "one"
    directory.mkdir()
    with running(directory, system_nginx()) as found:
        yield found


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_a_master_that_runs_fits(real: RealNginx) -> None:
    """If this fails, the options that choose an nginx cannot be used."""
    conf, binary = str(real.conf), os.path.realpath(real.binary)
    assert misfit("", "", real.pid) == ""
    assert misfit(conf, "", 0) == ""
    assert misfit("", binary, 0) == ""
    assert misfit(conf, binary, real.pid) == ""


def test_a_pid_that_is_no_master_is_told_with_those_that_are(real: RealNginx) -> None:
    """If this fails, a mistyped pid reads as an outage of nginx."""
    children = Path(f"/proc/{real.pid}/task/{real.pid}/children")
    assert eventually(lambda: children.read_text().split())
    worker = int(children.read_text().split()[0])
    assert eventually(lambda: b"worker" in Path(f"/proc/{worker}/cmdline").read_bytes())
    said = misfit("", "", worker)
    assert f'{worker} is no nginx master: it is "nginx: worker process' in said
    assert f"--pid {real.pid}" in said
    assert str(real.conf) in said


def test_a_pid_of_nobody_is_told() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    assert f"{gone.pid} is no nginx master: no such process is seen" in misfit("", "", gone.pid)


def test_a_pid_and_a_configuration_that_belong_to_different_masters_are_told(real: RealNginx, tmp_path: Path) -> None:
    """If this fails, one nginx is judged, and repaired, by the files of another."""
    other = tmp_path / "other.conf"
    other.write_text("events {}\n")
    assert f"runs {real.conf}, not {other}" in misfit(str(other), "", real.pid)
    assert "not /bin/true" not in misfit("", "", real.pid)


def test_a_configuration_that_no_master_runs_may_be_that_of_an_nginx_that_is_down(real: RealNginx, tmp_path: Path) -> None:
    """If this fails, the outage of nginx itself cannot be looked into where another one runs."""
    whole, elsewhere, empty, broken = (tmp_path / name for name in ("whole", "elsewhere", "empty", "broken"))
    whole.write_text("events {}\nhttp {}\n")
    elsewhere.write_text("include parts/*.conf;\n")
    empty.write_text("")
    broken.write_text("http {\nevents {\n")
    marked, remarks, without = (tmp_path / name for name in ("marked", "remarks", "without"))
    marked.write_text("\ufeffevents {}\nhttp {}\n")
    remarks.write_text("# later\n")
    without.write_text("http {}\n")
    assert [misfit(str(path), "", 0) for path in (whole, elsewhere, empty, broken, marked, remarks, without)] == [""] * 7


@pytest.mark.parametrize("kind", ["none", "site", "directory", "fifo", "device", "link"])
def test_what_is_no_main_configuration_is_told(real: RealNginx, tmp_path: Path, kind: str) -> None:
    """If this fails, a mistyped file reads as an outage of nginx."""
    path = Path("/dev/zero") if kind == "device" else tmp_path / "x"
    if kind == "site":
        path.write_text("server { listen 80; include snippets/a.conf; }\n")
    elif kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("nowhere")
    said = misfit(str(path), "", 0)
    words = {
        "none": "no such file", "site": 'neither an "events" nor an "http" block', "directory": "a directory", "fifo": "a FIFO",
        "device": "a device", "link": "leads nowhere",
    }  # fmt: skip
    assert words[kind] in said
    assert f"--pid {real.pid}" in said


def test_a_program_that_is_no_nginx_is_told_with_what_it_answered(tmp_path: Path) -> None:
    """If this fails, any program is run as if it were nginx, and what it says is judged."""
    assert "it answered nothing (it ended with 0)" in misfit("", script(tmp_path / "mute", ""), 0)
    assert 'it answered "hello ␛[31m"' in misfit("", script(tmp_path / "loud", r"printf 'hello \033[31m\nmore\n'"), 0)
    assert "it answered" in misfit("", script(tmp_path / "half", "echo 'nginx version: nginx/1.2.3' >&2"), 0)
    assert "no such program" in misfit("", str(tmp_path / "none"), 0)


def test_an_nginx_that_is_another_than_those_that_run_is_told(real: RealNginx, tmp_path: Path) -> None:
    """If this fails, a person reads of an nginx that is down where he named the wrong one of two."""
    other = script(tmp_path / "nginx", f'exec {real.binary} "$@"')
    said = misfit("", other, 0)
    assert f"no nginx master runs {other}" in said
    assert f"--pid {real.pid}" in said
    assert misfit("", other, real.pid).startswith(f"the nginx master {real.pid} is ")
    whole = tmp_path / "whole.conf"
    whole.write_text("events {}\n")
    assert misfit(str(whole), other, 0) == ""
