"""What a log that is no file of its own is read from."""

from __future__ import annotations

from typing import Protocol

from tui502.model.evidence import Gap


class Source(Protocol):
    """Where lines come from. None of its methods waits."""

    place: str
    """Where it reads, in words."""

    @property
    def gap(self) -> Gap | None:
        """Why it cannot be read, if so."""

    def new(self) -> bytes:
        """Whole lines that came since; those that were there already come first."""

    def awaits(self) -> bool:
        """Whether what was there is still to come."""

    def has_older(self) -> bool:
        """Whether there seem to be older lines, as far as that can be told without reading."""

    def older(self) -> bytes | None:
        """Whole lines that stand before all others, b"" where they are not at hand yet, None when there are none."""

    def notes(self) -> tuple[str, ...]:
        """What happened to it."""

    def close(self) -> None: ...
