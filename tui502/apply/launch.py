"""Start the runner where the terminal cannot reach it: a transient unit where there is systemd and the right to it, else a process of its own session."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui502.apply import journal, places
from tui502.apply.runner import DETACH
from tui502.host import change as host
from tui502.host.held import ENV, run
from tui502.model.changes import StagedChange, Tested
from tui502.model.session import Refused
from tui502.text import neutral

PASSED_ON = ("TUI502_STATE", "XDG_STATE_HOME", "HOME", "PYTHONPATH", "PEX_ROOT", "SUDO_USER")
"""Of our own environment, what the runner needs to find its code and its journal again."""

START_DEADLINE = 20.0


def apply(change: StagedChange, tested: Tested) -> Path:
    """Write the journal, start the runner, and return the journal's directory. Raises Refused; nothing has been changed then."""
    if not tested.ok or tested.change != change.id:
        raise Refused("this change has not passed its test")
    try:
        if busy := unfinished(places.existing()):
            raise Refused(f"another change ({busy[-1].name}) is still being decided: keep it or put it back first")
        place = journal.create(change, tested, places.who())
        start(place)
    except OSError as error:
        raise Refused(f"no runner could be started: {neutral(str(error.filename or ''))} {neutral(error.strerror or str(error))}; nothing was changed") from error
    return place


def unfinished(where: tuple[Path, ...]) -> tuple[Path, ...]:
    """Journals whose change was begun, or is about to be, and has no receipt."""
    return tuple(place for place in journal.all_journals(where) if not (place / "receipt.json").exists())


def start(place: Path) -> None:
    """Start a runner for this journal. Raises OSError when it cannot be started; when this returns it lives, or has already ended with a receipt."""
    if os.geteuid() == 0 and Path("/run/systemd/system").is_dir() and _as_unit(place):
        return
    seen = run(runner_argv(place), ("runner",), b"", START_DEADLINE, environment={**_environment(), DETACH: "1"})
    if seen.code != 0:
        raise OSError(5, (seen.err or b"the runner ended at once").decode("utf-8", "replace").strip()[-500:], "runner")


def _as_unit(place: Path) -> bool:
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
    program = [os.path.abspath(archive)] if archive else ["-m", "tui502"]
    return [sys.executable, *program, "_runner", str(place)]
