"""Programs run without a shell, in a bare environment, and always end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_nginx import eventually
from tui502.host import run as module
from tui502.host.run import owner_of, run
from tui502.model.evidence import CommandSeen, Gap

Script = Callable[[str], tuple[str, str]]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """The command line of a shell script with the given text."""

    def made(text: str) -> tuple[str, str]:
        (tmp_path / "script").write_text(text)
        return "/bin/sh", str(tmp_path / "script")

    return made


def test_output_and_code_are_verbatim(script: Script) -> None:
    """If this fails, what systemctl or nginx said reaches the readers changed."""
    argv = script("printf 'a\\377'; echo b >&2; exit 3")
    assert run(argv, 5) == CommandSeen(argv, 3, b"a\xff", b"b\n", False)


def test_a_signal_shows_as_a_negative_code(script: Script) -> None:
    """If this fails, a crashing nginx -t passes for a failed one."""
    assert isinstance(seen := run(script("kill -SEGV $$"), 5), CommandSeen)
    assert seen.code == -11


def test_arguments_are_never_parsed_by_a_shell() -> None:
    """If this fails, a hostile file name runs a command."""
    assert isinstance(seen := run(("echo", "$(id); `id`\n", "a b"), 5), CommandSeen)
    assert seen.out == b"$(id); `id`\n a b\n"


def test_the_environment_is_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, LD_PRELOAD or a translated message of the caller's session changes what a program says."""
    monkeypatch.setenv("SOMETHING", "1")
    assert isinstance(seen := run(("env",), 5), CommandSeen)
    assert dict(line.split(b"=", 1) for line in seen.out.splitlines() if not line.startswith((b"PWD", b"SHLVL", b"_"))) == {
        name.encode(): value.encode() for name, value in module.ENVIRONMENT.items()
    }


def test_a_missing_program_is_a_gap() -> None:
    """If this fails, a host without systemd breaks the investigation."""
    assert run(("no-such-program", "x"), 5) == Gap("no-such-program x", "absent", "")
    assert run((), 5) == Gap("", "absent", "")
    assert run(("/etc/passwd",), 5) == Gap("/etc/passwd", "denied", "sudo /etc/passwd")
    assert run(("echo", "a\0b"), 5) == Gap("echo 'a\0b'", "unreadable", "")


def test_a_hung_program_is_killed_with_its_children(tmp_path: Path, script: Script) -> None:
    """If this fails, a hung systemctl outlives us, or holds up the screen."""
    started = time.monotonic()
    seen = run(script(f"sleep 60 & echo $! > {tmp_path}/pid; wait"), 0.3)
    assert isinstance(seen, Gap)
    assert seen.why == "timeout"
    assert time.monotonic() - started < 5
    child = int((tmp_path / "pid").read_text())
    assert eventually(lambda: not _is_running(child))


def test_a_child_left_behind_is_not_waited_for(script: Script) -> None:
    """If this fails, a program that starts a daemon with our pipe takes until the deadline."""
    started = time.monotonic()
    seen = run(script("sleep 60 & echo done"), 30)
    assert isinstance(seen, CommandSeen)
    assert seen.out == b"done\n"
    assert time.monotonic() - started < 5


def test_endless_output_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a program without end fills the memory."""
    monkeypatch.setattr(module, "OUTPUT_CAP", 100_000)
    assert isinstance(seen := run(("head", "-c", "1000000", "/dev/zero"), 10), CommandSeen)
    assert (len(seen.out), seen.cut, seen.code) == (100_000, True, 0)


def test_a_program_that_closes_its_outputs_is_still_waited_for(script: Script) -> None:
    """If this fails, such a program is reported without its exit code."""
    assert isinstance(seen := run(script("exec >&- 2>&-; sleep 0.2; exit 7"), 5), CommandSeen)
    assert seen.code == 7


def test_it_ends_on_kernels_without_pidfd(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    """If this fails, nothing can be run on a kernel before 5.3."""

    def refused(pid: int) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refused)
    assert isinstance(seen := run(script("echo x; exit 4"), 5), CommandSeen)
    assert (seen.code, seen.out) == (4, b"x\n")


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root has rights to lend")
def test_root_runs_another_users_program_as_that_user(tmp_path: Path) -> None:
    """If this fails, any user gets root by starting a process named like nginx or supervisord and waiting for tui502."""
    import tempfile

    with tempfile.TemporaryDirectory(dir="/var/lib") as home:
        folder = Path(home)
        folder.chmod(0o755)
        program = folder / "nginx"
        program.write_text("#!/bin/sh\nid -u; id -G\n")
        program.chmod(0o755)
        assert owner_of((str(program),)) == 0
        os.chown(program, 12345, 12345)
        assert owner_of((str(program),)) == 12345
        assert isinstance(seen := run((str(program),), 5), CommandSeen)
        assert seen.out == b"12345\n65534\n"
        program.chmod(0o777)
        assert owner_of((str(program),)) is None
        assert run((str(program),), 5) == Gap(str(program), "denied", str(program))
        configuration = folder / "supervisord.conf"
        configuration.touch()
        os.chown(configuration, 23456, 23456)
        assert owner_of(("/bin/true", "-c", str(configuration))) == 23456
        program.chmod(0o755)
        started = folder / "supervisorctl"
        started.write_text(f"#!{program}\n")
        started.chmod(0o755)
        assert owner_of((str(started),)) == 12345, "the interpreter that a script names counts as well"


@pytest.mark.parametrize("argv", [(sys.executable, "-cprint(1)"), ("/bin/sh", "-c", "echo 1"), ("perl", "-e", "1"), (sys.executable, "-m", "http.server")])
def test_code_in_the_words_is_never_run(argv: tuple[str, ...]) -> None:
    """If this fails, a command line that was put together from words of the host becomes code."""
    assert owner_of(argv) is None
    assert isinstance(seen := run(argv, 5), Gap)
    assert seen.why in ("denied", "absent")


def test_supervisorctl_of_an_interpreter_is_run() -> None:
    """If this fails, a supervisord that was started with -m cannot be asked."""
    assert owner_of((sys.executable, "-m", "supervisor.supervisorctl", "status")) == os.geteuid()


@pytest.mark.skipif(os.geteuid() == 0, reason="root gives the rights up instead")
def test_without_root_a_strangers_configuration_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, plug-ins that another user names in a configuration run with our rights."""
    monkeypatch.setattr(module, "_writers", lambda path: {0, 54321})
    assert owner_of(("/bin/true", "-c", "/etc/hostname")) is None


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
