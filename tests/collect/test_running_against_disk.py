"""What a real nginx runs against what lies on disk: by its memory where the build keeps the text, by times elsewhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_nginx import RealNginx, eventually, running, system_nginx, wheel_nginx
from tui502.collect.collector import Collector
from tui502.model.facts import Drift
from tui502.read.facts import read_facts
from tui502.read.plan import of_configuration


def found(nginx: RealNginx) -> Drift:
    return read_facts(Collector(pid=nginx.pid, probing=False).gather(of_configuration)).drift


def becomes(master: RealNginx, state: str, /, **files: str) -> bool:
    """Whether the whole and these files (by name) come to be seen so; times are compared to the second."""

    def seen() -> bool:
        for path in (master.conf.parent / "conf.d").iterdir():
            if files.get(path.stem) == "differs":
                os.utime(path)
        now = found(master)
        return now.state == state and files.items() <= {Path(each.path).stem: each.state for each in now.files}.items()

    return eventually(seen)


@pytest.mark.parametrize("binary", [system_nginx, wheel_nginx], ids=["system", "wheel"])
def test_each_file_against_what_nginx_runs(tmp_path: Path, binary: Callable[[], str]) -> None:
    """If it fails, a reload loads what nobody was told of, or a person is sent to reload what is loaded already."""
    with running(tmp_path, binary()) as nginx:
        folder = tmp_path / "conf.d"
        assert becomes(nginx, "same", nginx="same", one="same")
        (folder / "one.conf").write_text("# another\n")
        assert becomes(nginx, "differs", nginx="same", one="differs")
        os.kill(nginx.pid, signal.SIGHUP)
        assert becomes(nginx, "same", nginx="same", one="same")
        (folder / "two.conf").write_text("# new\n")
        exact = found(nginx).exact
        assert becomes(nginx, "differs", one="same", two="new" if exact else "differs")
        os.kill(nginx.pid, signal.SIGHUP)
        assert becomes(nginx, "same", two="same")
        (folder / "one.conf").unlink()
        assert becomes(nginx, "differs", one="gone") if exact else eventually(lambda: _touched(folder) and found(nginx).state == "unknown")


def _touched(folder: Path) -> bool:
    (folder / ".swap").touch()
    (folder / ".swap").unlink()
    return True


def test_a_refused_reload_leaves_the_difference(tmp_path: Path) -> None:
    """nginx goes on with what it loaded before: that it was told to reload means nothing."""
    with running(tmp_path, system_nginx()) as nginx:
        (tmp_path / "conf.d" / "one.conf").write_text("nonsense;\n")
        os.kill(nginx.pid, signal.SIGHUP)
        assert eventually(lambda: b"nonsense" in (tmp_path / "error.log").read_bytes())
        assert becomes(nginx, "differs", one="differs")


def test_two_masters_are_not_mixed(tmp_path: Path) -> None:
    """On a host with several nginx each is compared with its own files."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "a", system_nginx()) as first, running(tmp_path / "b", system_nginx(), relative=True) as second:
        (tmp_path / "b" / "conf.d" / "one.conf").write_text("# another\n")
        assert becomes(first, "same", one="same")
        assert becomes(second, "differs", nginx="same", one="differs")
