"""Text of a host made fit to be handed over: nothing in it steers a terminal, secrets are masked."""

from __future__ import annotations

from tui502.text import mask, neutral, neutral_lines


def clean(text: str) -> str:
    """One line."""
    return mask(neutral(text).encode()).decode("utf-8", "replace")


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, the last one left out when it is empty."""
    return mask("\n".join(neutral_lines(text)).encode()).decode("utf-8", "replace").removesuffix("\n").split("\n") if text else []
