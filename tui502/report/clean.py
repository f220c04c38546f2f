"""Text of a host made fit to be handed over: nothing in it steers a terminal, secrets are masked."""

from __future__ import annotations

from tui502.text import mask, neutral, neutral_lines

AROUND = 65536
"""Bytes before and behind a line within which what makes it a secret is looked for."""


def clean(text: str) -> str:
    """One line."""
    return mask(neutral(text).encode()).decode("utf-8", "replace")


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, the last one left out when it is empty."""
    return mask("\n".join(neutral_lines(text)).encode()).decode("utf-8", "replace").removesuffix("\n").split("\n") if text else []


def clean_line(data: bytes, start: int, end: int) -> str:
    """The line [start, end) of a file. It is masked as a part of its surroundings: a key or a map of keys goes over many lines."""
    first = data.rfind(b"\n", 0, max(0, start - AROUND)) + 1
    around = mask(data[first : end + AROUND])
    return neutral(around.split(b"\n")[data.count(b"\n", first, start)].removesuffix(b"\r"))
