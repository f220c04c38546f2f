"""Which supervisord is asked, and by which command line: what another user wrote into his own is never run."""

from __future__ import annotations

import dataclasses

import pytest

from tests.builder import NOW, Host, seen
from tui502.investigate import investigate
from tui502.model.evidence import Evidence, Process
from tui502.read import keys
from tui502.read.plan import plan

PYTHON = "/usr/bin/python3.11"
CONF = "/etc/supervisor/supervisord.conf"


def with_process(argv: tuple[str, ...], *, uid: int = 0, exe: str = PYTHON, euid: int = 0) -> Evidence:
    process = Process(900, NOW - 3600, 1, uid, (uid,), "x", exe, argv, "/srv", "")
    return dataclasses.replace(Host(euid=euid).evidence(), processes=seen((process,)))


def asked(argv: tuple[str, ...], *, uid: int = 0, exe: str = PYTHON, euid: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    return list(keys.supervisors(with_process(argv, uid=uid, exe=exe, euid=euid)))


@pytest.mark.parametrize(
    ("argv", "ctl"),
    [
        (("/usr/bin/python3", "/usr/bin/supervisord", "-n", "-c", CONF), ("/usr/bin/supervisorctl",)),
        (("/usr/bin/python3", "-u", "-sE", "/usr/bin/supervisord"), ("/usr/bin/supervisorctl",)),
        (("/srv/venv/bin/python", "/srv/venv/bin/supervisord"), ("/srv/venv/bin/supervisorctl",)),
        (("/usr/bin/supervisord", "-n"), ("/usr/bin/supervisorctl",)),
        (("/srv/venv/bin/python", "-m", "supervisor.supervisord", "-c", CONF), ("/srv/venv/bin/python", "-m", "supervisor.supervisorctl")),
        (("python3", "-m", "supervisor.supervisord"), ("supervisorctl",)),
        (("python3", "supervisord"), ("supervisorctl",)),
    ],
)
def test_a_supervisord_is_asked_by_the_program_beside_it(argv: tuple[str, ...], ctl: tuple[str, ...]) -> None:
    """If this fails, the programs of a supervisord (of a virtual environment too) are not known."""
    assert asked(argv) == [(CONF, ctl)]


@pytest.mark.parametrize(
    "argv",
    [
        ("/usr/bin/python3", "-cimport os; os.system('id')", "/supervisord"),
        ("/usr/bin/python3", "-c", "/supervisord"),
        ("/usr/bin/python3", "-c", "import os", "supervisor.supervisord"),
        ("/usr/bin/python3", "-m", "http.server", "/supervisord"),
        ("/usr/bin/python3", "/home/eve/x.py", "/supervisord"),
        ("/bin/sh", "-c", "supervisord"),
        ("", "supervisor.supervisord"),
        (),
    ],
)
@pytest.mark.parametrize("uid", [0, 65534])
def test_words_of_a_command_line_are_no_supervisord(argv: tuple[str, ...], uid: int) -> None:
    """If this fails, a process of any user makes us run what its command line says, as root."""
    assert asked(argv, uid=uid) == []


@pytest.mark.parametrize("exe", ["/usr/bin/su", "/usr/bin/sudo", "/home/eve/python3.evil"])
def test_a_program_that_is_no_python_is_no_supervisord(exe: str) -> None:
    """If this fails, a user who starts a set-user-ID program of root under that name chooses what we run."""
    assert asked(("/usr/bin/python3", "/home/eve/supervisord"), exe=exe) == []


@pytest.mark.parametrize(("uid", "euid", "trusted"), [(0, 0, True), (0, 1000, True), (1000, 1000, True), (1000, 0, False), (1001, 1000, False)])
def test_another_users_supervisord_is_a_gap(uid: int, euid: int, trusted: bool) -> None:
    """If this fails, root runs the program of another user; or what was not asked is not told."""
    evidence = with_process(("/usr/bin/python3", "/usr/bin/supervisord", "-c", CONF), uid=uid, euid=euid)
    gaps = [gap for gap in investigate(evidence).gaps if "supervisord" in gap.source]
    assert [bool(list(keys.supervisors(evidence))), bool(gaps)] == [trusted, not trusted]
    assert any("supervisorctl" in look.key for look in plan(evidence)) == trusted
    assert all((gap.why, gap.hint) == ("denied", f"sudo -u '#{uid}' tui502") for gap in gaps)


def test_a_process_that_may_not_be_looked_into_is_asked_by_the_hosts_own_program() -> None:
    """If this fails, without root a path in a stranger's command line is run."""
    assert asked(("/usr/bin/python3", "/home/eve/supervisord"), exe="", euid=1000) == [(CONF, ("supervisorctl",))]
