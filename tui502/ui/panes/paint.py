"""Rows on the screen: the one place where text becomes styled segments. Nothing hostile passes it, whatever a row holds."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui502.text import neutral
from tui502.ui.panes.styles import SIXTEEN, Styles, style_of
from tui502.ui.render.glyphs import ascii_only
from tui502.ui.render.spans import Row, fit

_PLAIN = Style()
_REVERSE = Style(reverse=True)


def strip(row: Row, width: int, styles: Styles = SIXTEEN, ascii: bool = False, reverse: bool = False) -> Strip:
    """A row in exactly `width` cells; a reversed one leaves its rules as they are."""
    segments = []
    for text, role in fit(tuple(span._replace(text=neutral(span.text)) for span in row), width):
        style = style_of(role, styles)
        segments.append(Segment(ascii_only(text, role) if ascii else text, style + _REVERSE if reverse and role != "rule" else style))
    return Strip(segments, width)


class Painted(Widget):
    """A widget that shows rows and sends only those that changed."""

    ascii = False
    looks: Styles = SIXTEEN

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[tuple[Row, bool]] = []

    def put(self, rows: list[tuple[Row, bool]]) -> None:
        """Show rows (each with whether it is reversed) from the top; lines that are as before are not drawn again."""
        old, self._rows = self._rows, rows
        width = self.size.width
        dirty = [y for y in range(max(len(old), len(rows))) if y >= len(old) or y >= len(rows) or old[y] != rows[y]]
        if dirty:
            self.refresh(*(Region(0, y, width, 1) for y in dirty))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, _PLAIN)
        row, reverse = self._rows[y]
        return strip(row, width, self.looks, self.ascii, reverse)
