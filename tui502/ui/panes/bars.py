"""Head and hint row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.moment import Moment
from tui502.ui.panes.paint import Painted
from tui502.ui.render import head as render
from tui502.ui.render import hints
from tui502.ui.render.layout import LEAST
from tui502.ui.render.spans import Row, row, wrap

if TYPE_CHECKING:
    from tui502.model.session import LogReader
    from tui502.report.verdict import Head


class HeadBar(Painted):
    """The head; on a terminal that is too small, all there is."""

    ALLOW_SELECT = False
    small = False

    def show(self, head: Head | render.First, moment: Moment, log: LogReader | None) -> None:
        width, height = self.size
        if not width:
            return
        rows = self._small(head, log) if self.small else render.rows(head, width, height, moment.asking)
        self.put([(line, False) for line in rows])

    def _small(self, head: Head | render.First, log: LogReader | None) -> list[Row]:
        width, height = self.size
        need = f"tui502 needs {LEAST[0]}×{LEAST[1]}, this is {width}×{height}"
        rows = [row(need), row((neutral(head.word), "word")), *(row(part) for part in wrap(neutral(head.sentence), max(1, width)))]
        room = height - len(rows)
        newest = log.lines(max(0, log.size() - room), room) if log and room > 0 else []
        return [*rows, *(row(neutral(line.raw)) for line in newest)][:height]


class HintBar(Painted):
    """The hint row, or for a while the reason why a key did nothing."""

    ALLOW_SELECT = False

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self._hints: list[hints.Hint] = []
        self._said: list[str] = []
        self._asked: tuple[str, str] | None = None
        self._standing = ""

    def show(self, moment: Moment, focus: int, detail: bool, zoomed: bool, grouped: bool, single: bool) -> None:
        self._hints = hints.hints(moment, focus, detail, zoomed, grouped, single)
        self._paint()

    def ask(self, label: str, text: str) -> None:
        """A line that is being typed; an empty label ends it."""
        self._asked = (label, text) if label else None
        self._paint()

    def stand(self, text: str) -> None:
        """What stands here until it is another text, or '' for the hints again."""
        self._standing = text
        self._paint()

    def say(self, text: str) -> None:
        self._said.append(text)
        self._paint()

    def hush(self) -> None:
        """The oldest reason has stood long enough."""
        self._said = self._said[1:]
        self._paint()

    def _paint(self) -> None:
        width = self.size.width
        if width and self._asked is not None:
            self.put([(hints.asked(*self._asked, width), False)])
        elif width:
            said = self._said[-1] if self._said else self._standing
            self.put([(hints.said(said, width) if said else hints.hint_row(self._hints, width), False)])
