"""A search through the lines of all files of a configuration, in slices so that no key waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui502.text import neutral

if TYPE_CHECKING:
    from tui502.ui.panes.pane import Hits
    from tui502.ui.render.numbered import Numbered

_SOME = 200
"""Lines that are looked at before the clock is asked."""


class LineSearch:
    """The numbers of all lines whose text fits, tabs as eight blanks as they are drawn; with those found so far."""

    def __init__(self, lines: Numbered, pattern: Hits) -> None:
        self.lines = lines
        self.pattern = pattern
        self.found: list[int] = []
        self._file = 0
        self._base = 0
        self._text: list[bytes] = []
        self._line = 0

    def look(self, until: float) -> bool:
        """Look on until that moment (monotonic), at least at some lines; whether there are others."""
        while self._line < len(self._text) or self._file < self.lines.count:
            if self._line >= len(self._text):
                (self._base, self._text), self._line, self._file = self.lines.text(self._file), 0, self._file + 1
            for n in range(self._line, min(self._line + _SOME, len(self._text))):
                if self.pattern(neutral(self._text[n].replace(b"\t", b" " * 8))):
                    self.found.append(self._base + n)
            self._line += _SOME
            if time.monotonic() >= until:
                break
        return self._line < len(self._text) or self._file < self.lines.count
