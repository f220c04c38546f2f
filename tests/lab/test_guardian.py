"""Whatever happens to the starter or the guardian, no process and no directory of the lab stays."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import supervisor

import tui502
from tui502.lab.place import remove
from tui502.lab.scenarios import CannotStart, start

Eventually = Callable[[Callable[[], object]], bool]
Living = Callable[[Path], list[str]]

STARTER = """
import sys
from tui502.lab.scenarios import start
lab = start(sys.argv[1], directory=sys.argv[2])
print(lab.get()[0], lab.get("/", lab.hosts[1])[0], lab.get("/", lab.hosts[2])[0], flush=True)
sys.stdin.read()
"""


def starter(base: Path, python: str = sys.executable, user: str | None = None, scenario: str = "wrong-port") -> subprocess.Popen[bytes]:
    """A process that starts a lab below `base` and waits."""
    pipe = subprocess.PIPE
    argv = [python, "-c", STARTER, scenario, str(base)]
    return subprocess.Popen(
        argv, stdin=pipe, stdout=pipe, env=anywhere(), cwd=base, user=user, group=user and group_of(user), extra_groups=[] if user else None
    )


def anywhere() -> dict[str, str]:
    """An environment in which another Python finds the packages of this one."""
    packages = [str(Path(module.__file__ or "").parent.parent) for module in (tui502, supervisor)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(packages)}


def group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def kill(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()


def test_stop_leaves_nothing(base: Path, living: Living) -> None:
    lab = start("backend-stopped", directory=str(base))
    lab.stop()
    lab.stop()
    assert living(base) == []
    assert list(base.iterdir()) == []


def test_killed_starter_leaves_nothing(base: Path, eventually: Eventually, living: Living) -> None:
    """kill -9 of the screen or of its terminal's whole session."""
    process = starter(base)
    assert process.stdout is not None
    assert process.stdout.readline() == b"502 200 200\n"
    assert len(living(base)) > 6
    kill(process)
    assert eventually(lambda: not living(base) and not list(base.iterdir())), living(base)


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("", "lab.guardian"),
        ("lab502-*", ""),
        ("lab502-*/supervisor/supervisord.conf", ""),
        ("lab502-*/run/supervisord.pid", ""),
        ("lab502-*/run/nginx.pid", ""),
        ("", "lab.clients"),
        ("", "supervisord.conf update"),
    ],
    ids=["guardian", "directory", "files", "supervisord", "nginx", "visitors", "release"],
)
def test_starter_killed_during_start(base: Path, file: str, word: str, eventually: Eventually, living: Living) -> None:
    """Every stage of the start must notice that nobody waits for it any more."""
    process = starter(base)
    assert eventually(lambda: any(base.glob(file)) if file else any(word in argv for argv in living(base)))
    kill(process)
    assert eventually(lambda: not living(base) and not list(base.iterdir())), living(base)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signalled_guardian_leaves_nothing(base: Path, number: signal.Signals, living: Living) -> None:
    lab = start("healthy", directory=str(base))
    lab.guardian.send_signal(number)
    assert lab.guardian.wait(15) == 0
    assert living(base) == []
    assert list(base.iterdir()) == []
    lab.stop()


def test_killed_guardian_takes_its_processes_along(base: Path, eventually: Eventually, living: Living) -> None:
    """Nobody is left to clean up, so the kernel must: the parent-death signal. The directory goes with `stop`."""
    lab = start("healthy", directory=str(base))
    lab.guardian.kill()
    assert eventually(lambda: not living(base)), living(base)
    lab.stop()
    assert list(base.iterdir()) == []


def test_killed_supervisord_leaves_nothing(base: Path, eventually: Eventually, living: Living) -> None:
    """Orphans go to the guardian, not to init."""
    with start("healthy", directory=str(base)) as lab:
        os.kill(int(Path(lab.directory, "run/supervisord.pid").read_text()), signal.SIGKILL)
        assert eventually(lambda: not any("backend" in argv for argv in living(base)))
    assert living(base) == []
    assert list(base.iterdir()) == []


def test_failed_start_says_why_and_leaves_nothing(base: Path, living: Living) -> None:
    with pytest.raises(CannotStart, match="not an nginx"):
        start("healthy", directory=str(base), nginx=str(base / "nginx"))
    with pytest.raises(CannotStart, match="cannot live in"):
        start("healthy", directory=str(base / "absent"))
    assert living(base) == []
    assert list(base.iterdir()) == []


def test_remove_enters_what_denies_entry(base: Path) -> None:
    """Scenarios about permissions leave directories their owner cannot enter."""
    closed = base / "lab/closed/deep"
    closed.mkdir(parents=True)
    (closed / "file").write_text("")
    closed.parent.chmod(0)
    remove(str(base / "lab"))
    remove(str(base / "lab"))
    assert list(base.iterdir()) == []


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("scenario", ["wrong-port", "socket-permission", "directory-permission", "tls-name"])
def test_unprivileged_user_can_run_it(scenario: str, base: Path, nginx: str, monkeypatch: pytest.MonkeyPatch, eventually: Eventually, living: Living) -> None:
    """A lab needs no root: no privileged port, no file outside its directory; and permissions deny then the owner too."""
    python = next((each for each in (sys.executable, "/usr/bin/python3") if runs_for_nobody(each)), None)
    if not python:
        pytest.skip("the user nobody can run no Python with these packages")
    monkeypatch.setenv("TUI502_LAB_NGINX", nginx)
    process = starter(base, python, "nobody", scenario)
    assert process.stdout is not None
    assert process.stdout.readline() == b"502 200 200\n"
    kill(process)
    assert eventually(lambda: not living(base) and not list(base.iterdir())), living(base)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root is denied nothing")
@pytest.mark.parametrize("scenario", ["socket-permission", "directory-permission"])
def test_permission_scenario_refuses_where_nothing_is_denied(scenario: str, base: Path) -> None:
    """In a directory that only root may enter nginx's workers are root: the outage would be none."""
    base.chmod(0o700)
    with pytest.raises(CannotStart, match="denied nothing"):
        start(scenario, directory=str(base))
    assert list(base.iterdir()) == []


def runs_for_nobody(python: str) -> bool:
    argv = [python, "-c", "import tui502.lab.scenarios, supervisor.supervisord"]
    try:
        return (
            subprocess.run(argv, user="nobody", group=group_of("nobody"), extra_groups=[], cwd="/", env=anywhere(), capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's lab gives its workers another user")
def test_workers_and_applications_of_roots_lab_are_not_root(base: Path) -> None:
    """A practice site must not answer requests with root's rights."""
    with start("healthy", directory=str(base)) as lab:
        owners = {}
        for status in Path("/proc").glob("[0-9]*/status"):
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            if int(fields["PPid"]) == lab.master_pid or f"--bind\0{lab.address}:".encode() in (status.parent / "cmdline").read_bytes():
                owners[status] = fields["Uid"].split()[0]
        assert len(owners) == 4
        assert "0" not in owners.values()
