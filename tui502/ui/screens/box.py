"""What question, help and lists share: a box over the panes that is laid out and drawn anew when the terminal changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui502.ui.panes.paint import Painted
from tui502.ui.render import boxes, layout
from tui502.ui.render.spans import Row

T = TypeVar("T")

SCROLL = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -10_000, "end": 10_000}
"""Keys that move in every box, and how many rows."""


class Box(Painted):
    ALLOW_SELECT = False


class BoxScreen(ModalScreen[T], Generic[T]):
    """A box that fills the room of the panes. `top` is the first visible row of what scrolls."""

    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__()
        self.top = 0
        self.box = Box("box")

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self.place()
        self.call_after_refresh(self.begin)

    def begin(self) -> None:
        """Draw for the first time."""
        self.paint()

    def on_resize(self, event: events.Resize) -> None:
        self.place()
        self.call_after_refresh(self.paint)

    def place(self) -> None:
        x, y, width, height = layout.box(*self.app.size)
        self.box.styles.offset = (x, y)
        self.box.styles.width, self.box.styles.height = width, height

    def paint(self) -> None:
        width, height = self.box.size
        if width < 20 or height < 5:
            return
        rows, title, right = self.content(width - boxes.MARGIN, height - 2)
        self.box.put([(line, False) for line in boxes.box([*rows, *[()] * (height - 2 - len(rows))], width, title, right)])

    def content(self, width: int, height: int) -> tuple[Sequence[Row], str, str]:
        """The rows inside, at most `height`, and what stands left and right in the upper edge."""
        raise NotImplementedError

    def scroll(self, by: int) -> None:
        """Move what scrolls."""
        self.top = max(0, self.top + by)
        self.paint()
