"""The interface (no code) between a front end and the engine: a live host or a recording look the same from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.evidence import Gap, Look
    from tui502.model.findings import Fix, Incident


@dataclass(frozen=True, slots=True)
class LogLine:
    """A record of a log as shown: `symptom` is '' for a line that belongs to no upstream failure. `raw` is hostile and not yet neutral. `source` is the path
    of the log that it stands in where several are read as one, else ''."""

    number: int
    at: float
    level: str
    symptom: str
    peer: str
    server: str
    request: str
    raw: bytes
    client: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """How far a log was read back. `back_to` is the time of its oldest record (0: not known), `files` are older files that are not read. While `reading`,
    `done` of `total` bytes on disk are done, at `path` now. `whole`: all was asked for, and read. `notes` say what could not be read, and why."""

    reading: bool = False
    path: str = ""
    done: int = 0
    total: int = 0
    files: int = 0
    back_to: float = 0.0
    whole: bool = False
    notes: tuple[str, ...] = ()


class LogReader(Protocol):
    """A log, live or recorded. Lines are numbered from 0 at the oldest line of the first look; what is read later of older ones has numbers below 0.
    Nothing is ever renumbered."""

    path: str

    def first(self) -> int:
        """The number of the oldest line: 0 or less, more where older ones were let go of."""

    def size(self) -> int:
        """The number behind the newest line."""

    def lines(self, first: int, n: int) -> list[LogLine]:
        """Up to `n` lines from number `first` on."""

    def raws(self, first: int, n: int) -> list[tuple[int, bytes]]:
        """The same lines as (number, bytes), not taken apart: to look through many."""

    def read_older(self) -> None:
        """Read on backwards, over the rotated files too, until all is read or `stop_older`. Returns at once; the reader's own thread does it."""

    def stop_older(self) -> None:
        """Read no further back; what was read stays."""

    def back(self) -> Back:
        """How far it was read back."""

    def notes(self) -> tuple[str, ...]:
        """What happened to the log: rotated, truncated, not readable."""

    def gap(self) -> Gap | None:
        """Why it cannot be read, if so."""


class Refused(Exception):
    """A change that will not be made; the text says why and what to do."""


class Session(Protocol):
    """One investigation. Callbacks come from other threads. `live` False: a recording, nothing can be changed."""

    live: bool
    read_only: bool

    def start(self, on_incident: Callable[[Incident], None], on_progress: Callable[[Progress], None], on_failure: Callable[[Exception], None]) -> None:
        """Begin to look; each new incident and each step of a change is handed over. At once when the recording is at hand.
        `on_failure` is told of a bug that ended the looking or the watching."""

    def stop(self) -> None:
        """End all looking; a runner at work goes on."""

    def incident(self) -> Incident | None:
        """The newest."""

    def logs(self) -> tuple[LogReader, ...]:
        """Readers of the error logs of the running configuration, the most telling first."""

    def probe(self, peer: str = "") -> None:
        """Look again now: everything, or what concerns one peer."""

    def take(self, look: Look) -> None:
        """Take one look that nothing else would take now, because a person wants it."""

    def stage(self, fixes: tuple[Fix, ...]) -> StagedChange:
        """Make a change of fixes; touches nothing. Raises Refused."""

    def stage_text(self, change: StagedChange, number: int, text: bytes) -> StagedChange:
        """The change with a person's own text as what file `number` of it is to hold; touches nothing. Raises Refused."""

    def test(self, change: StagedChange) -> Tested:
        """Test the staged state; may take seconds; touches no live file."""

    def apply(self, change: StagedChange, tested: Tested) -> str:
        """Start the runner; the id under which it works. What it does comes through on_progress. Raises Refused."""

    def keep(self) -> None: ...

    def put_back(self) -> None: ...

    def longer(self) -> None:
        """Give the decision its time once more."""

    def undo(self, receipt: str = "") -> StagedChange:
        """Stage the way back of the last change, or of the one named. Raises Refused."""

    def pending(self) -> Progress | None:
        """A change found at start that is still being decided, or one that recovery just finished."""
