"""Between the runner and a person while a change is being decided: what he wants, and what he is told through the journal."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from tui502.apply import control, decide, journal
from tui502.apply.observe import Watch
from tui502.model.changes import Baseline, StagedChange

TOLD_EVERY = 5.0
"""Seconds after which figures are told again although only time went by."""


class Person:
    """What a person says meanwhile: a word, and that it may take longer. What makes it longer, this or the watch itself, is told."""

    def __init__(self, place: Path, watch: Watch, each: float) -> None:
        self._place, self._watch, self._each, self._given = place, watch, each, 0
        self._told = watch.until

    def __call__(self) -> str:
        given = control.given(self._place)
        self._watch.until += (given - self._given) * self._each
        if given > self._given or self._watch.until - self._told > TOLD_EVERY:
            self._given, self._told = given, self._watch.until
            journal.tell(self._place, "deciding", took=self._watch.until - time.monotonic())
        return control.asked(self._place) or ""


class Teller:
    """Writes new figures, what they come to, and a new question into the journal, twice a second at the most; figures that stay the same, every TOLD_EVERY."""

    def __init__(self, place: Path, change: StagedChange, before: Baseline) -> None:
        self._place, self._change, self._before = place, change, before
        self._next, self._question, self._ahead = 0.0, "", ("", "")
        self._told: Baseline | None = None

    def __call__(self, seen: decide.Observed) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + 0.5
        if self._told is None or seen.after.window - self._told.window > TOLD_EVERY or replace(seen.after, window=self._told.window) != self._told:
            self._told = seen.after
            journal.tell(self._place, "figures", synced=False, figures=seen.after)
        ahead = decide.outlook(self._before, seen)
        told = decide.comes_to(ahead, self._change) if ahead else "", " · ".join(decide.clauses(self._before, seen))
        if told != self._ahead:
            self._ahead = told
            journal.tell(self._place, "ahead", synced=False, text=told[0], why=told[1])
        question = decide.question(self._before, seen)
        if question != self._question:
            self._question = question
            journal.tell(self._place, "question", synced=False, text=question)
