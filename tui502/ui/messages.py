"""What happened, as messages to the app; those of the session come from other threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.findings import Incident
    from tui502.model.session import LogLine


@dataclass
class IncidentSeen(Message):
    """The newest incident; a burst becomes one."""

    incident: Incident

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, IncidentSeen)


@dataclass
class ProgressSeen(Message):
    """A change went on."""

    progress: Progress


@dataclass
class ChangeStaged(Message):
    """A change is ready to be tested, with its unified diff."""

    change: StagedChange
    diff: str


@dataclass
class ChangeTested(Message):
    """A staged change was tested."""

    tested: Tested


@dataclass
class ChangeRefused(Message):
    """The session will not do it, and says why."""

    text: str


@dataclass
class NodeChosen(Message):
    """A person went to a node of the tree."""

    key: str


@dataclass
class RecordChosen(Message):
    """A person went to a record of the log."""

    line: LogLine


@dataclass
class PlaceChosen(Message):
    """A person went to a line of the configuration."""

    file: str
    line: int
    start: int
    end: int


@dataclass
class OfferChosen(Message):
    """A person chose an offer."""

    fix: str
