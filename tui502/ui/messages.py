"""What happened, as messages to the app; those of the session come from other threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tui502.model.changes import Progress, StagedChange, Tested
    from tui502.model.findings import Incident
    from tui502.model.session import LogLine


class IncidentSeen(Message):
    """The newest incident; a burst becomes one."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, IncidentSeen)


class ProgressSeen(Message):
    """A change went on."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        super().__init__()


class SessionFailed(Message):
    """A bug ended the looking."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__()


class ChangeStaged(Message):
    """A change is ready to be tested, with its unified diff; `called` where its offers do not name it."""

    def __init__(self, change: StagedChange, diff: str, called: str = "") -> None:
        self.change = change
        self.diff = diff
        self.called = called
        super().__init__()


class ChangeTested(Message):
    """A staged change was tested."""

    def __init__(self, tested: Tested) -> None:
        self.tested = tested
        super().__init__()


class ChangeRefused(Message):
    """The session will not do it, and says why."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class NodeChosen(Message):
    """A person went to a node of the tree."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__()


class RecordChosen(Message):
    """A person went to a record of the log."""

    def __init__(self, line: LogLine) -> None:
        self.line = line
        super().__init__()


class PlaceChosen(Message):
    """A person went to a line of the configuration; the bytes [start, end) are that line."""

    def __init__(self, file: str, line: int, start: int, end: int) -> None:
        self.file = file
        self.line = line
        self.start = start
        self.end = end
        super().__init__()


class OfferChosen(Message):
    """A person chose an offer."""

    def __init__(self, fix: str) -> None:
        self.fix = fix
        super().__init__()


class Said(Message):
    """A pane has to say something later than at the key that asked for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()


class FindingChosen(Message):
    """A person went to an explanation."""

    def __init__(self, finding: str) -> None:
        self.finding = finding
        super().__init__()


class ClueOpened(Message):
    """A person wants to see where a clue was seen: the `n`-th of a finding, -1 for what the finding is about."""

    def __init__(self, finding: str, n: int) -> None:
        self.finding = finding
        self.n = n
        super().__init__()
