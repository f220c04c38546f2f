"""Whose nginx is run with our rights: root's and our own, told by the process and not by what it calls itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_nginx import eventually
from tui502.host.masters import master
from tui502.host.trust import is_ours, may_check, may_test, stranger
from tui502.model.evidence import View

CAT = shutil.which("cat") or "/bin/cat"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root can start what belongs to another")


@contextmanager
def titled(conf: str, *, uid: int | None = None, program: str = CAT) -> Iterator[View]:
    """A process that calls itself an nginx master with that configuration; it ends with its input."""
    other = {"user": uid, "group": uid, "extra_groups": []} if uid is not None else {}
    title = f"nginx: master process /usr/sbin/nginx -c {conf}"
    with subprocess.Popen([title], executable=program, stdin=subprocess.PIPE, **other) as process:  # type: ignore[call-overload]
        assert eventually(lambda: master(process.pid) is not None)
        view = master(process.pid)
        assert view is not None
        yield view
        assert process.stdin
        process.stdin.close()


def test_our_own_master_is_trusted_while_it_lives() -> None:
    """If this fails, no configuration is tested; or one is whose master's pid belongs to another process by now."""
    with titled("/x.conf") as view:
        assert is_ours(view)
        assert may_test("/none/nginx", view)
        assert stranger(view) is None
    assert not is_ours(view)
    assert not may_test("/usr/sbin/nginx", view)


@pytest.mark.root
@needs_root
def test_another_users_master_is_not() -> None:
    """If this fails, a user's load_module is carried out as root by looking at the host."""
    with titled("/home/eve/evil.conf", uid=65534) as view:
        assert not is_ours(view)
        assert not may_test("/usr/sbin/nginx", view), "that the binary is root's says nothing of the configuration"
        assert stranger(view) == 65534


@pytest.mark.root
@needs_root
def test_a_program_that_takes_roots_rights_for_anybody_is_not(tmp_path: Path) -> None:
    """If this fails, a user gives sudo a title of his own and has his configuration tested as root."""
    program = tmp_path / "sudo"
    shutil.copy(CAT, program)
    program.chmod(0o4755)
    with titled("/home/eve/evil.conf", program=str(program)) as view:
        assert not is_ours(view)


def test_without_a_master_the_binary_counts(tmp_path: Path) -> None:
    """If this fails, the configuration of an nginx that is down cannot be tested, or anybody's program is run for it."""
    assert may_test("cat", None)
    program = tmp_path / "nginx"
    program.touch(0o755)
    assert may_test(str(program), None)
    if os.geteuid() == 0:
        os.chown(program, 12345, 12345)
        assert not may_test(str(program), None)


@pytest.mark.root
@needs_root
@pytest.mark.parametrize("option", ["-y {}", "-y{}", "-y={}", "--fpm-config {}", "--fpm-config={}", "-c {}", "-c{}"])
def test_a_configuration_of_another_user_is_not_tested_as_root(tmp_path: Path, option: str) -> None:
    """If this fails, a user has root's php-fpm -t open and make, as root, the logs that he writes into his configuration."""
    conf = tmp_path / "php-fpm.conf"
    conf.touch()
    argv = ("/usr/bin/true", "-t", *option.format(conf).split())
    assert may_check(argv)
    os.chown(conf, 12345, 12345)
    assert not may_check(argv)
