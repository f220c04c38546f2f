"""Which nginx an investigation is about, where several run."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from tui502.collect.choose import Wanted, binary, choose, compiled_in
from tui502.model.evidence import View

A = View(10, 1, "/", 1, 1, "/usr/sbin/nginx", ("/usr/sbin/nginx", "-c", "/etc/a.conf"), "/", True)
B = View(20, 2, "/", 1, 1, "/usr/sbin/nginx", ("/usr/sbin/nginx",), "/", True)
C = View(30, 3, "/", 2, 2, "/opt/nginx (deleted)", ("nginx", "-c", "/etc/a.conf"), "/", False)
ALL = (A, B, C)
ANY = Wanted("", "", 0)


def built(view: View) -> tuple[str, str]:
    return "/usr/share/nginx", "/etc/nginx/nginx.conf"


def test_the_first_one_by_default_and_then_for_good() -> None:
    """If this fails, the screen jumps to another nginx in the middle of a repair."""
    assert choose(ALL, ANY, None, built) is A
    assert choose(ALL, ANY, B, built) is B
    assert choose((A, dataclasses.replace(B, started=9)), ANY, B, built) is A
    assert choose((), ANY, A, built) is None


def test_a_pid_is_meant_and_nothing_else() -> None:
    """If this fails, --pid investigates some other nginx."""
    assert choose(ALL, Wanted("", "", 20), None, built) is B
    assert choose(ALL, Wanted("", "", 99), None, built) is None


def test_masters_of_root_and_our_own_stand_before_others() -> None:
    """If this fails, any user who starts a process that looks like nginx becomes what the screen is about."""
    assert choose(ALL, ANY, None, built, lambda view: view is not A) is B
    assert choose(ALL, ANY, None, built, lambda view: view is C) is A, "but never one of a container before one of this host"
    assert choose(ALL, Wanted("", "", 10), None, built, lambda view: view is not A) is A, "unless it was asked for"


def test_a_configuration_file_finds_its_master(tmp_path: Path) -> None:
    """If this fails, --conf investigates a file that the chosen nginx does not run."""
    assert choose(ALL, Wanted("/etc/a.conf", "", 0), None, built) is A
    assert choose(ALL, Wanted("/etc/nginx/nginx.conf", "", 0), None, built) is B
    assert choose(ALL, Wanted("/etc/none.conf", "", 0), None, built) is None
    (tmp_path / "real.conf").touch()
    (tmp_path / "link.conf").symlink_to("real.conf")
    linked = dataclasses.replace(A, argv=("nginx", "-c", str(tmp_path / "link.conf")))
    assert choose((linked,), Wanted(str(tmp_path / "real.conf"), "", 0), None, built) is linked


def test_a_binary_finds_its_master_even_after_an_upgrade() -> None:
    """If this fails, --nginx is tested against another build than the one that runs."""
    assert choose(ALL, Wanted("", "/opt/nginx", 0), None, built) is C


def test_a_title_is_believed_only_for_programs_nobody_else_could_have_made(tmp_path: Path) -> None:
    """If this fails, a user who names a process like nginx makes us run his program."""
    unseen = dataclasses.replace(A, exe="")
    assert binary(A, "") == "/usr/sbin/nginx"
    assert binary(A, "/x/nginx") == "/x/nginx"
    assert binary(dataclasses.replace(unseen, argv=("nginx",)), "") == "nginx"
    assert binary(dataclasses.replace(unseen, argv=("/bin/sh",)), "") == "/bin/sh"
    assert binary(dataclasses.replace(unseen, argv=("/none/nginx",)), "") == ""
    assert binary(dataclasses.replace(unseen, argv=("./nginx",)), "") == ""
    if os.geteuid() == 0:
        (tmp_path / "nginx").touch()
        os.chown(tmp_path / "nginx", 12345, 12345)
        assert binary(dataclasses.replace(unseen, argv=(str(tmp_path / "nginx"),)), "") == ""


def test_what_is_built_in_is_asked_of_the_binary() -> None:
    """If this fails, an nginx started without -c is never matched with --conf."""
    from tests.real_nginx import system_nginx

    prefix, conf = compiled_in(dataclasses.replace(A, exe=system_nginx()))
    assert prefix.startswith("/")
    assert conf.endswith("nginx.conf")
    assert compiled_in(dataclasses.replace(A, exe="/none")) == ("", "")
