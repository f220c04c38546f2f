"""Start the runner where the terminal cannot reach it: a transient unit where there is systemd and the right to it, else a process of its own session."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from tui502.apply import journal, places, receipts
from tui502.apply.runner import DETACH
from tui502.host import change as host
from tui502.host.held import ENV, run
from tui502.model.changes import StagedChange, Tested
from tui502.model.session import Refused
from tui502.text import neutral

PASSED_ON = ("TUI502_STATE", "XDG_STATE_HOME", "HOME", "PYTHONPATH", "PEX_ROOT", "SUDO_USER")
"""Of our own environment, what the runner needs to find its code and its journal again."""

START_DEADLINE = 20.0
"""Seconds for a runner to begin: it loads this program first."""


def apply(change: StagedChange, tested: Tested) -> Path:
    """Write the journal, start the runner, and return the journal's directory. Raises Refused; nothing has been changed then."""
    if not tested.ok or tested.change != change.id:
        raise Refused("this change has not passed its test")
    try:
        if busy := unfinished(places.existing()):
            raise Refused(f"another change ({busy[-1].name}) is still being decided: keep it or put it back first")
        place = journal.create(change, tested, places.who())
    except OSError as error:
        raise Refused(f"no journal could be written, so nothing is changed: {_words(error)}") from error
    try:
        start(place)
    except OSError as error:
        why = f"no runner could be started, nothing was changed: {_words(error)}"
        receipts.give(place, "REFUSED", why, change.baseline)
        raise Refused(why) from error
    return place


def _words(error: OSError) -> str:
    return neutral(f"{error.filename or ''} {error.strerror or error}".strip())


def unfinished(where: tuple[Path, ...]) -> tuple[Path, ...]:
    """Journals whose change was begun, or is about to be, and has no receipt."""
    return tuple(place for place in journal.all_journals(where) if not (place / "receipt.json").exists())


def start(place: Path) -> None:
    """Start a runner for this journal. Raises OSError when none can be started; when this returns one lives, or has already given a receipt."""
    before = _begun(place)
    if os.geteuid() == 0 and Path("/run/systemd/system").is_dir() and _as_unit(place) and _comes(place, before):
        return
    seen = run(runner_argv(place), ("runner",), b"", START_DEADLINE, environment={**_environment(), DETACH: "1"})
    if seen.code != 0 or not _comes(place, before):
        raise OSError(errno.EIO, (seen.err or b"the runner did not begin").decode("utf-8", "replace").strip()[-500:], "runner")


def _begun(place: Path) -> int:
    return sum(event.what == "runner" for event in journal.events(place))


def _comes(place: Path, before: int) -> bool:
    """Whether a runner takes the journal in time."""
    until = time.monotonic() + START_DEADLINE
    while _begun(place) <= before and not (place / "receipt.json").exists():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _as_unit(place: Path) -> bool:
    """Whether systemd took it. A unit that does not begin and a second runner are no danger to each other: the lock lets one of them work."""
    name = "tui502-" + "".join(char if char.isalnum() or char == "-" else "-" for char in place.name)
    settings = [f"--setenv={key}={value}" for key, value in _environment().items()]
    argv = ("systemd-run", f"--unit={name}-{os.getpid()}", "--collect", "--quiet", *settings, "--", *runner_argv(place))
    try:
        return host.command(argv, START_DEADLINE).code == 0
    except OSError:
        return False


def _environment() -> dict[str, str]:
    return {**ENV, **{name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}}


def runner_argv(place: Path) -> list[str]:
    """The command line of a runner: this interpreter with this program, be it an archive or a package."""
    archive = os.environ.get("PEX", "")
    program = [str(Path(archive).absolute())] if archive else ["-m", "tui502"]
    return [sys.executable, *program, "_runner", str(place)]
