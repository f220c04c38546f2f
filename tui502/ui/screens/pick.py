"""A list in a box, filtered by typing; enter chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui502.text import neutral
from tui502.ui.panes.paint import Painted
from tui502.ui.panes.pane import scrolled
from tui502.ui.render import boxes, layout
from tui502.ui.render.spans import cell, row

_MOVES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8, "home": -10_000, "end": 10_000}


class PickBox(Painted):
    ALLOW_SELECT = False


class PickScreen(ModalScreen["int | None"]):
    """Dismissed with the number of the chosen entry, None for none. An entry is a key or number and a text."""

    BINDINGS: ClassVar = []

    def __init__(self, title: str, entries: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.named = title
        self.entries = entries
        self.text = ""
        self.cursor = 0
        self.top = 0
        self.box = PickBox("pick")

    def compose(self) -> ComposeResult:
        yield self.box

    def on_mount(self) -> None:
        self._place()
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        self._place()
        self.call_after_refresh(self.paint)

    def _place(self) -> None:
        x, y, width, height = layout.box(*self.app.size)
        self.box.styles.offset = (x, y)
        self.box.styles.width, self.box.styles.height = width, height

    def found(self) -> list[int]:
        """Entries that have all words that were typed; one whose key is just that comes first."""
        words = self.text.lower().split()
        hits = [n for n, (key, text) in enumerate(self.entries) if all(word in f"{key} {text}".lower() for word in words)]
        return sorted(hits, key=lambda n: self.entries[n][0] != self.text)

    def paint(self) -> None:
        width, height = self.box.size
        if width < 20 or height < 5:
            return
        inner, room = width - boxes.MARGIN, height - 3
        found = self.found()
        self.cursor = max(0, min(self.cursor, len(found) - 1))
        self.top = scrolled(self.top, self.cursor, room, len(found))
        lines = [row(("Filter: ", "key"), neutral(self.text), ("_", "no"))]
        for at, n in enumerate(found[self.top : self.top + room], self.top):
            key, text = self.entries[n]
            mark = "▸" if at == self.cursor else " "
            lines.append(row(mark, (cell(neutral(key), 10), "key"), cell(neutral(text), max(1, inner - 11))))
        if not found:
            lines.append(row(" nothing fits"))
        lines += [()] * (room + 1 - len(lines))
        self.box.put([(line, False) for line in boxes.box(lines, width, self.named, f"{len(found)} of {len(self.entries)}, enter, esc")])

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
            return
        if event.key == "enter":
            found = self.found()
            self.dismiss(found[self.cursor] if found else None)
            return
        if event.key in _MOVES:
            self.cursor += _MOVES[event.key]
        elif event.key == "backspace":
            self.text = self.text[:-1]
        elif event.character is not None and event.character.isprintable():
            self.text, self.cursor = (self.text + event.character)[:200], 0
        self.paint()
