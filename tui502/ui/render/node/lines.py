"""A row of a detail: a label and what is known, wrapped; secrets in it are masked."""

from __future__ import annotations

from tui502.text import mask, neutral
from tui502.ui.render.spans import Row, labelled

AT = 12
"""Cells of the column of labels."""


def fact(label: str, text: str, width: int) -> list[Row]:
    """Nothing where nothing is known."""
    return labelled(f" {label}" if label else "", text, width, AT) if text else []


def harmless(raw: bytes | str) -> str:
    """One line of a host, for the eyes of whoever stands behind: nothing steers, no secret shows."""
    data = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
    return neutral(mask(data))
