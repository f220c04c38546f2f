"""What a person must know of the nginx that this is about: which of several it is, and that its program was replaced."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence
from tui502.model.facts import Nginx
from tui502.text import neutral

_MOST = 5
_GONE = " (deleted)"


def notes(evidence: Evidence, nginx: Nginx) -> Iterator[str]:
    """Nothing where one nginx runs, from a program that lies where it lay when it was started."""
    view, others = evidence.view.value, evidence.other_masters
    if view and others:
        named = ", ".join(f"--pid {one.pid}" for one in others[:_MOST]) + (f" and {len(others) - _MOST} more" if len(others) > _MOST else "")
        yield f"{len(others) + 1} nginx run here: this is the one with pid {view.pid}, {neutral(nginx.conf)}; ask for others with {named}"
    if replaced := replaced_binary(evidence):
        yield replaced


def replaced_binary(evidence: Evidence) -> str:
    """What it means that the program of the running nginx is not the one on disk any more; '' where it is (`/proc/PID/exe`, proc(5))."""
    view = evidence.view.value
    if view is None or not view.exe.endswith(_GONE):
        return ""
    path = neutral(view.exe.removesuffix(_GONE))
    return f"{path} was replaced since nginx was started: a reload keeps the old program and loads the new modules, only a restart runs the new one"
