"""What happens to a log while it is shown, each with the record before which it stands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tui502.ui.render.log_marks import Note

if TYPE_CHECKING:
    from tui502.model.session import LogReader


class LogNotes:
    """A reader says what happened, not when: that is told by what it did not say before."""

    def __init__(self) -> None:
        self.all: tuple[Note, ...] = ()
        self._known: tuple[str, ...] = ()

    def look(self, reader: LogReader, now: float) -> bool:
        """Take in what the reader says by now (epoch); whether there is news."""
        said = reader.notes()
        if said == self._known:
            return False
        fresh = Counter(said) - Counter(self._known)
        self._known = said
        number = reader.size()
        self.all += tuple(Note(number, now, text) for text in fresh.elements())
        return bool(fresh)
