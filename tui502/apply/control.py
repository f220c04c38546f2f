"""What a front end may say to the runner of a change: a word, left as a file in its journal."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

from tui502.host import change

Word = Literal["keep", "put_back", "extend"]


def ask(journal: Path, word: str) -> None:
    """Say `word` ("keep", "put_back", "extend") to the runner; saying it twice is the same as once. Raises OSError, ValueError for another word."""
    if word not in ("keep", "put_back", "extend"):
        raise ValueError(f"a runner does not understand {word!r}")
    with contextlib.suppress(FileExistsError):
        change.write_new(str(journal / f"asked.{word}"), b"")


def asked(journal: Path) -> Word | None:
    """What was said last in force: keep before put back, whichever came first."""
    found: list[tuple[int, Word]] = []
    words: tuple[Word, ...] = ("keep", "put_back", "extend")
    for word in words:
        with contextlib.suppress(OSError):
            found.append(((journal / f"asked.{word}").stat().st_mtime_ns, word))
    return min(found)[1] if found else None


def answered(journal: Path, word: Word) -> None:
    """The runner has acted on a word that can be said again."""
    with contextlib.suppress(FileNotFoundError):
        change.remove(str(journal / f"asked.{word}"))
