"""Where journals lie: one directory for root, one of his own for everybody else, never below an include of nginx."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path

from tui502.host import change


def candidates() -> tuple[Path, ...]:
    """The places in order of preference. TUI502_STATE names the only one."""
    if chosen := os.environ.get("TUI502_STATE"):
        return (Path(chosen),)
    uid = os.geteuid()
    fallback = (Path(f"/run/user/{uid}/tui502"), Path(tempfile.gettempdir()) / f"tui502-{uid}")
    if uid == 0:
        return (Path("/var/lib/tui502"), *fallback)
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else _home() / ".local/state"
    return (base / "tui502", *fallback)


def _home() -> Path:
    if home := os.environ.get("HOME"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return Path("/nonexistent")


def state_dir() -> Path:
    """The first place that can be written, made if missing (0700). Raises OSError when there is none."""
    problem: OSError | None = None
    for place in candidates():
        try:
            change.make_private_dir(str(place), parents=True)
            if os.access(place, os.W_OK | os.X_OK):
                return place
        except OSError as error:
            problem = problem or error
    raise problem or PermissionError(13, "no directory for the journal can be written", str(candidates()[0]))


def existing() -> tuple[Path, ...]:
    """Those places that are there and are ours alone: a journal planted by somebody else is not looked at."""
    return tuple(place for place in candidates() if _ours(place))


def _ours(place: Path) -> bool:
    try:
        found = place.lstat()
    except OSError:
        return False
    return place.is_dir() and not place.is_symlink() and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def who() -> str:
    """Who makes the change: the account, and the one behind sudo."""
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = str(os.geteuid())
    behind = os.environ.get("SUDO_USER", "")
    return f"{behind}, {name} through sudo" if behind and behind != name else name
