"""Clues against a finding: what speaks against it, or was not seen without which it is not proven."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import failing
from tui502.model.evidence import Evidence
from tui502.model.findings import Answer, Clue
from tui502.read import keys

ANYBODY = (Answer("refused", "proven"), Answer("accepts", "ruled out"))
"""What a connect to an address at which nobody is said to listen may come to, where a refusal is all that is missing."""


def against(source: str, key: str, text: str, at: float | None = None) -> Clue:
    return Clue(source, key, None, text, at, "against")


def other_uri(why: str) -> Iterator[Clue]:
    """With which URI nginx hands the request on is not known (`why`, '' where it is): what was asked directly may be another page."""
    if why:
        yield against("config", "", f"nginx may send another URI than it was asked: {why}")


def services(evidence: Evidence) -> Iterator[Clue]:
    """Not every service manager answered: a service that is not known may be the backend."""
    if not failing.services_seen(evidence):
        yield against("unit", keys.SYSTEMD_SHOW, "not every service manager could be asked: a service that is not seen may be the backend")
