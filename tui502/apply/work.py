"""A change at work: what belongs to it, and its steps one by one, each noted in the journal before it is done and after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tui502.apply import control, foreign, journal
from tui502.model.changes import Baseline, StagedChange, Step, StepKind
from tui502.text import neutral

BEFORE_LIVE: tuple[StepKind, ...] = ("write", "test", "command", "reload")
"""Steps before which a person may still call it off."""


class Stop(Exception):
    """The change cannot go on; the text says why, in the words of nginx or the command where they said something. `served` are the workers that served
    when nginx refused a reload: only as long as they do so is nothing of it loaded."""

    def __init__(self, why: str, loaded: bool = False, unclear: bool = False, served: foreign.Ids = frozenset()) -> None:
        super().__init__(why)
        self.why, self.loaded, self.unclear, self.served = why, loaded, unclear, served


@dataclass
class Run:
    """A change at work: its journal, and what came of it so far. `commands` counts those begun, `loads` is what a reload would load by our doing,
    `said` what the tests of systemd said before anything was written."""

    place: Path
    head: journal.Head
    before: Baseline
    test_took: float = 0.0
    wrote: bool = False
    commands: int = 0
    loads: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[tuple[str, ...], tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def change(self) -> StagedChange:
        return self.head.change


def step(work: Run, one: Step, action: Callable[[], str]) -> None:
    """Do one step and note how it ended. Raises Stop with the words of the failure."""
    if work.commands == 0 and control.asked(work.place) == "put_back" and one.kind in BEFORE_LIVE:
        raise Stop("stopped by a person before it was live")
    begun = time.monotonic()
    try:
        journal.note(work.place, "begin", n=one.n, kind=one.kind)
        text, problem = action(), None
    except OSError as error:
        problem = Stop(f"{neutral(str(error.filename))}: {error.strerror}" if error.filename else str(error.strerror or error))
        text = problem.why
    except Stop as stop:
        text, problem = stop.why, stop
    took = time.monotonic() - begun
    journal.tell(work.place, "result", n=one.n, kind=one.kind, took=took, ok=problem is None, text=text)
    if one.kind == "test" and one.command is None:
        work.test_took = took
    if problem:
        raise problem


def steps_of(change: StagedChange, *kinds: StepKind) -> Iterator[Step]:
    return (one for one in change.steps if one.kind in kinds)
