"""Findings: what is wrong, how that is known, what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui502.model.config import Where
from tui502.model.evidence import Evidence, Gap, Look
from tui502.model.facts import Facts, Target

Certainty = Literal["proven", "likely", "possible"]
Verdict = Literal["cause_found", "undecided", "recovered", "no_fault"]
FixKind = Literal["config", "command", "advice"]
GOOD_NEWS = ("recovered", "no_fault")
"""Causes that say that nothing fails any more."""

Side = Literal["for", "against"]
Means = Literal["proven", "likely", "possible", "ruled out"]


@dataclass(frozen=True, slots=True)
class Clue:
    """One observation. `source`: error_log, access_log, probe, replay, config, listener, process, unit, test …; `key` points into Evidence
    (the mapping follows from the source). `text` is a short clause for the row "how it is known". `side` "against": it speaks against the finding, or says
    what was not seen without which it is not proven."""

    source: str
    key: str
    where: Where | None
    text: str
    at: float | None
    side: Side = "for"


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A cause that was looked for and excluded, with the reason."""

    cause: str
    why: str
    clues: tuple[Clue, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes [start, end) of `file`, which must be `old`, by `new`."""

    file: str
    start: int
    end: int
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Command:
    """A command that changes something: argv, what it changes, what it needs (precondition), what it interrupts, the argv that undoes it
    (None: it cannot be undone), and the look that shows its success."""

    argv: tuple[str, ...]
    changes: str
    needs: str
    interrupts: str
    undo: tuple[str, ...] | None
    ready: Look | None


@dataclass(frozen=True, slots=True)
class Fix:
    """An offered repair. `id` is a hash of what it does, so the same fix has the same id for ever. `tie` says why the new target is that
    backend, `there` what answers on it; both '' where they do not apply. `peer` is the address that must answer afterwards, '' if none.
    `diff` is the unified diff of its edits on the files as they were seen, hostile bytes not yet neutral. `reload` says that nginx re-reads its files
    although none is edited (diff: what it would load); `unlinks` are symbolic links to be removed, never what they lead to. Edits of a fix
    of kind "command" are in files of the backend, which its commands load. `waits` are the seconds that nginx waits for an answer after it, 0 where it does not
    change that. `creates` are those of the edited files that must not be there yet. `checks` are the argv of other programs' own tests of the edited files,
    which change nothing: php-fpm -t, systemd-analyze verify."""

    id: str
    cause: str
    title: str
    why: str
    risk: str
    kind: FixKind
    edits: tuple[Edit, ...]
    commands: tuple[Command, ...]
    alternative_to: tuple[str, ...]
    tie: str = ""
    there: str = ""
    peer: str = ""
    diff: str = ""
    reload: bool = False
    unlinks: tuple[str, ...] = ()
    waits: float = 0.0
    creates: tuple[str, ...] = ()
    checks: tuple[tuple[str, ...], ...] = ()

    @property
    def loads(self) -> bool:
        """Whether nginx must re-read its configuration for it."""
        return bool(self.unlinks or self.reload or (self.edits and self.kind == "config"))

    @property
    def shows_all(self) -> bool:
        """Whether its diff is all that a reload would load: nothing is edited, and what nginx runs is known."""
        return bool(self.reload and self.diff and not self.edits and not self.unlinks)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a deciding look may come to, in a short clause, and what the finding would be then."""

    text: str
    means: Means


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change. `summary` is the verdict in one sentence, whole, at most 110 characters.
    `outages` are keys of `Facts.outages` it accounts for; `explains` the ids of findings that are its echo; `answers` what the look `decider` may come to."""

    id: str
    cause: str
    certainty: Certainty
    target: Target
    summary: str
    clues: tuple[Clue, ...]
    outages: tuple[str, ...]
    explains: tuple[str, ...]
    fixes: tuple[Fix, ...]
    decider: Look | None
    answers: tuple[Answer, ...] = ()

    def clues_of(self, side: Side) -> tuple[Clue, ...]:
        """The clues that speak for it, or against it."""
        return tuple(clue for clue in self.clues if clue.side == side)


@dataclass(frozen=True, eq=False)
class Incident:
    """The moment: what was seen, what it means, what is wrong. Compared by identity."""

    evidence: Evidence
    facts: Facts
    verdict: Verdict
    findings: tuple[Finding, ...]
    ruled_out: tuple[RuledOut, ...]
    gaps: tuple[Gap, ...]
    looking: tuple[Look, ...] = ()

    @property
    def names_cause(self) -> bool:
        """Is anything named that has to be changed? So it may be while something else fails of which no cause is known: then the verdict is undecided."""
        return any(finding.cause not in GOOD_NEWS for finding in self.findings)
