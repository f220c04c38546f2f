"""Clues in words."""

from __future__ import annotations

import posixpath

from tui502.model.findings import Clue
from tui502.text import neutral


def told(clue: Clue, *, brief: bool = False) -> str:
    """Its text with the place at which it was seen, said once; `brief`: without the directory of the file."""
    text, place = neutral(clue.text), neutral(_place(clue))
    if not place or place in text:
        return text
    return f"{text} ({posixpath.basename(place) if brief else place})"


def _place(clue: Clue) -> str:
    if clue.where:
        return f"{clue.where.file}:{clue.where.line}"
    return clue.key if clue.key.startswith("/") else ""
