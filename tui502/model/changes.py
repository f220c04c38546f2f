"""Changes: a staged repair, its test, what was done, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from tui502.model.evidence import Look, View
from tui502.model.facts import Request
from tui502.model.findings import Command, Fix

Outcome = Literal["VERIFIED", "KEPT", "PUT BACK", "REFUSED", "NEEDS HAND"]
StepKind = Literal["precheck", "backup", "write", "test", "command", "reload", "verify", "decide", "put_back"]
Phase = Literal["applying", "deciding", "done"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is and as it is to be (None: not there). `path` as nginx names it, `real` with links resolved; sha256 in hex.
    `link`: it is a symbolic link that changes, `before` and `after` being what it holds; of `real` the last part is not resolved then.
    `made`: the directories, outermost first, that are made for it where it is new, and go with it where it is taken away;
    `inodes`: which directories those are, in that order, known where it is taken away (0: not known)."""

    path: str
    real: str
    before: bytes | None
    after: bytes | None
    sha_before: str
    link: bool = False
    made: tuple[str, ...] = ()
    inodes: tuple[int, ...] = ()

    @property
    def verb(self) -> Literal["make", "remove", "write"]:
        """What is done to it, in a word."""
        return "remove" if self.after is None else "make" if self.before is None else "write"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a change. `command` is what it runs; of a test that is another program's than nginx."""

    n: int
    kind: StepKind
    text: str
    file: int | None
    command: Command | None


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended; `text` is for a person, in the words of nginx or the command where they said something."""

    n: int
    kind: StepKind
    at: float
    took: float
    ok: bool
    text: str


@dataclass(frozen=True)
class Baseline:
    """Figures before or after, all of them counted: statuses of the replays in order (0: no answer), failures per outage key (symptom × peer × server) within
    `window` seconds, requests seen by the access logs in it and how many of those were answered 502 or 504 (`bad`; None: they cannot tell). Of tries that
    another peer saved no failure is made, as far as an access log tells. `peer`: did the peer that must answer afterwards (None: not asked). `uncounted`: no
    error log could be read, so that `failures` says nothing."""

    request: Request | None
    statuses: tuple[int, ...]
    failures: Mapping[str, int]
    requests: int | None
    window: float
    peer: bool | None = None
    bad: int | None = None
    uncounted: bool = False


@dataclass(frozen=True)
class StagedChange:
    """A repair ready to be tested and applied: data only. `foreign` are files whose text on disk is not what nginx runs (path → what differs,
    in words) and which a reload would load too; `exact` says that the running text is known. `reload` says whether nginx must re-read.
    `peer` must answer afterwards, `peers` are all of its group; `error_logs` are watched. `keep_after` is the longest time of the decision, in seconds.
    `mends` are the outage keys that must end, `listens` addresses ("127.0.0.1:80") on which nginx must go on answering, `dirs` what `nginx -t`
    would write to. `undoes` is the id of the change that this one takes back, or ''. `frees` are files (`FileChange.real`) which, as they were
    before, keep nginx from loading anything. `loads` is the whole configuration on disk when it was staged (path as nginx names it → sha256),
    from `conf` on: that, and no other text, is what a person agrees to have loaded. `access_logs`, written in `formats` (as in `Look`),
    count the requests, `shared` are peers of groups in which
    another one may answer instead. `patience` are the seconds that a replay may take: longer than nginx waits once the change is live. `other_logs`
    are error logs that are watched too and are no files of their own."""

    id: str
    view: View | None
    exe: str
    test_argv: tuple[str, ...]
    fixes: tuple[Fix, ...]
    files: tuple[FileChange, ...]
    steps: tuple[Step, ...]
    baseline: Baseline
    foreign: Mapping[str, str]
    exact: bool
    reload: bool
    peer: str
    error_logs: tuple[str, ...]
    keep_after: float
    mends: tuple[str, ...] = ()
    listens: tuple[str, ...] = ()
    dirs: tuple[str, ...] = ()
    undoes: str = ""
    frees: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    conf: str = ""
    loads: Mapping[str, str] = field(default_factory=dict)
    access_logs: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    patience: float = 10.0
    formats: tuple[str, ...] = ()
    other_logs: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of the staged state said, and what that test does not prove. `by` are the programs that made it besides nginx, as they were called."""

    __test__: ClassVar[bool] = False
    """Not a test class, whatever a test runner makes of the name."""

    change: str
    method: Literal["namespace", "copy", "lex", "none"]
    ok: bool
    unproven: tuple[str, ...]
    new_warnings: tuple[str, ...]
    restart_needed: tuple[str, ...]
    said: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """How a change ended. `undo` are the plain shell commands that undo it without this program, `backups` where the old files lie. `rule` is the
    rule of `apply.decide` by which it was decided, '' where it came to no decision."""

    id: str
    change: StagedChange
    test: Tested
    who: str
    results: tuple[StepResult, ...]
    before: Baseline
    after: Baseline
    outcome: Outcome
    why: str
    at: float
    backups: tuple[str, ...]
    undo: tuple[str, ...]
    rule: str = ""


@dataclass(frozen=True)
class Progress:
    """A change under way, as its journal tells. `running` is the number of the step at work, `decides_at` the deadline of the decision,
    `after` the figures so far. `question` is what only a person can decide ('' when nothing is asked). `receipt` is set when it is done. `before` are the
    figures from before anything was written, None until they were taken; `ahead` is the outcome by the rules of `apply.decide` if nothing changes until the
    deadline, '' while too little is known. `so_far` says in clauses what was seen since; `needed` good replays in a row prove it (0: none can)."""

    id: str
    change: StagedChange
    runner: int
    phase: Phase
    results: tuple[StepResult, ...]
    running: int | None
    decides_at: float | None
    after: Baseline | None
    question: str
    receipt: Receipt | None
    before: Baseline | None = None
    ahead: Outcome | Literal[""] = ""
    so_far: str = ""
    needed: int = 0

    @property
    def baseline(self) -> Baseline:
        """What was before: measured, else as it was when it was staged."""
        return self.before or self.change.baseline
