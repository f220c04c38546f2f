"""A line of text asked for in the hint row: while it is open, it has the keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui502.text import neutral

MOST = 1000
"""Characters that are taken at most."""


@dataclass
class Prompt:
    """`then` is called with the text on enter; `each` after every change, where it is given; `left` when esc closes it."""

    label: str
    then: Callable[[str], None]
    text: str = ""
    each: Callable[[str], None] | None = None
    left: Callable[[], None] | None = None

    def key(self, key: str, character: str | None) -> bool:
        """Take a key; whether the prompt stays open."""
        if key == "enter":
            self.then(self.text)
            return False
        if key in ("escape", "ctrl+c"):
            if self.left is not None:
                self.left()
            return False
        before = self.text
        if key in ("backspace", "ctrl+h"):
            self.text = self.text[:-1]
        elif key == "ctrl+u":
            self.text = ""
        elif character is not None and character.isprintable():
            self.text = (self.text + character)[:MOST]
        self._changed(before)
        return True

    def paste(self, text: str) -> None:
        before, self.text = self.text, (self.text + neutral(text.split("\n")[0]))[:MOST]
        self._changed(before)

    def _changed(self, before: str) -> None:
        if self.each is not None and self.text != before:
            self.each(self.text)
