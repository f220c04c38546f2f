"""A list in a box, filtered by typing; enter chooses."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from tui502.text import neutral
from tui502.ui.render.order import scrolled
from tui502.ui.render.spans import Row, cell, row
from tui502.ui.screens.box import SCROLL, BoxScreen


class PickScreen(BoxScreen["int | None"]):
    """Dismissed with the number of the chosen entry, None for none. An entry is a key or number and a text."""

    def __init__(self, title: str, entries: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.named = title
        self.entries = entries
        self.text = ""
        self.cursor = 0

    def found(self) -> list[int]:
        """Entries that have all words that were typed; one whose key is just that comes first."""
        words = self.text.lower().split()
        hits = [n for n, (key, text) in enumerate(self.entries) if all(word in f"{key} {text}".lower() for word in words)]
        return sorted(hits, key=lambda n: self.entries[n][0] != self.text)

    def content(self, width: int, height: int) -> tuple[Sequence[Row], str, str]:
        found, room = self.found(), height - 1
        self.cursor = max(0, min(self.cursor, len(found) - 1))
        self.top = scrolled(self.top, self.cursor, room, len(found))
        lines = [row(("Filter: ", "key"), neutral(self.text), ("_", "no"))]
        for at, n in enumerate(found[self.top : self.top + room], self.top):
            key, text = self.entries[n]
            mark = "▸" if at == self.cursor else " "
            lines.append(row(mark, (cell(neutral(key), 10), "key"), cell(neutral(text), max(1, width - 11))))
        if not found:
            lines.append(row(" nothing fits"))
        return lines, self.named, f"{len(found)} of {len(self.entries)}, enter, esc"

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
            return
        if event.key == "enter":
            found = self.found()
            self.dismiss(found[self.cursor] if found else None)
            return
        if event.key in SCROLL:
            self.cursor += SCROLL[event.key]
        elif event.key == "backspace":
            self.text = self.text[:-1]
        elif event.character is not None and event.character.isprintable():
            self.text, self.cursor = (self.text + event.character)[:200], 0
        self.paint()
