"""What a front end may say to the runner of a change: a word, left as a file in its journal; or that it may take longer."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

from tui502.host import change

Word = Literal["keep", "put_back"]
WORDS: tuple[Word, ...] = ("keep", "put_back")

MOST_LONGER = 20
"""How often the time for the decision can be given anew."""


def ask(journal: Path, word: str) -> None:
    """Say `word` ("keep", "put_back") to the runner; saying it twice is the same as once. Raises OSError, ValueError for another word."""
    if word not in WORDS:
        raise ValueError(f"a runner does not understand {word!r}")
    with contextlib.suppress(FileExistsError):
        change.write_new(str(journal / f"asked.{word}"), b"")


def asked(journal: Path) -> Word | None:
    """What was said first: the runner may be at it already."""
    found: list[tuple[int, Word]] = []
    for word in WORDS:
        with contextlib.suppress(OSError):
            found.append(((journal / f"asked.{word}").stat().st_mtime_ns, word))
    return min(found)[1] if found else None


def longer(journal: Path) -> None:
    """Give the decision its time once more. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        change.write_new(str(journal / f"longer.{given(journal) + 1}"), b"")


def given(journal: Path) -> int:
    """How often it was given more time."""
    return next((n for n in range(MOST_LONGER) if not (journal / f"longer.{n + 1}").exists()), MOST_LONGER)
