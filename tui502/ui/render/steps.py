"""Rows of the steps of a change with their state."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.spans import Row, cell, row, wrap
from tui502.ui.render.times import took

if TYPE_CHECKING:
    from tui502.model.changes import Progress, StagedChange, Step, StepResult, Tested

_NAMES = {"precheck": "check", "put_back": "put back"}


def state_of(n: int, results: dict[int, StepResult], progress: Progress | None) -> tuple[str, str]:
    """The word of a step and its role."""
    if n in results:
        return ("done", "ok") if results[n].ok else ("FAILED", "failing")
    if progress is not None and progress.running == n:
        return "running", "looking"
    return ("skipped", "muted") if progress is not None and progress.phase == "done" else ("waiting", "muted")


def rows(change: StagedChange, progress: Progress | None, width: int) -> list[Row]:
    """One row a step, and what nginx or the command said where it said something."""
    results = {result.n: result for result in progress.results} if progress else {}
    known = {step.n for step in change.steps}
    text = max(12, width - 4 - 12 - 18)
    out: list[Row] = []
    for step in change.steps:
        word, role = state_of(step.n, results, progress)
        done = results.get(step.n)
        mark = "▸" if word == "running" else " "
        out.append(
            row(
                f"{mark}{step.n:<2}",
                cell(_NAMES.get(step.kind, step.kind), 10),
                cell(neutral(step.text), text),
                "  ",
                (cell(word, 8), role if word == "FAILED" else ""),
            )
            + row(f"{took(done.took):>7}" if done else "")
        )
        if done is not None and done.text and (not done.ok or done.text != step.text):
            out += [row(" " * 13, part) for part in wrap(neutral(done.text), max(8, width - 14))[: 4 if done.ok else 12]]
    extra = [result for result in (progress.results if progress else ()) if result.n not in known]
    return out + [
        row(f" {result.n:<2}", cell(_NAMES.get(result.kind, result.kind), 10), cell(neutral(result.text), text), "  done" if result.ok else "  FAILED")
        for result in extra
    ]


def compact(change: StagedChange, tested: Tested | None, width: int) -> list[Row]:
    """The steps of a change that is only staged, in two columns where there is room."""
    cells = [f" {step.n:<2}{cell(_NAMES.get(step.kind, step.kind), 11)}{_planned(step, change, tested)}" for step in change.steps]
    if width < 76:
        return [row(cell(text, width)) for text in cells]
    half = (len(cells) + 1) // 2
    right = [*cells[half:], ""]
    return [row(cell(left, 41), cell(right[n], width - 41)) for n, left in enumerate(cells[:half])]


def _planned(step: Step, change: StagedChange, tested: Tested | None) -> str:
    """In a few words what a step will do."""
    if step.kind == "command" and step.command is not None:
        return neutral(shlex.join(step.command.argv))
    request = change.baseline.request
    words = {
        "precheck": "nothing changed meanwhile",
        "backup": "the old, and how to undo",
        "write": "a, then y",
        "test": "again; t did it once" if tested and tested.ok else "t does it now, safely",
        "reload": f"SIGHUP to master {change.view.pid if change.view else 0}",
        "verify": f"{request.method} {request.uri} through nginx" if request else "a person decides",
        "decide": f"{change.keep_after:.0f} s: keep or put back",
    }
    return neutral(words.get(step.kind, step.text))
