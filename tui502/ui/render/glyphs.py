"""Glyphs of the states, and one ASCII cell for every cell that is not ASCII."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len

STATES: Mapping[str, tuple[str, str]] = {
    "UP": ("●", "ok"),
    "DOWN": ("×", "failing"),
    "DENIED": ("×", "failing"),
    "FAILING": ("×", "failing"),
    "SLOW": ("◐", "degraded"),
    "FULL": ("◐", "degraded"),
    "DEGRADED": ("◐", "degraded"),
    "STARTING": ("◐", "degraded"),
    "BENCHED": ("◐", "degraded"),
    "FLAPPING": ("≈", "degraded"),
    "OFF": ("○", "muted"),
    "UNSEEN": ("?", "unknown"),
    "STALE": ("?", "unknown"),
    "LOOKING": ("·", "looking"),
}
"""State → glyph and role."""

_ASCII = dict(
    zip(
        "●×◐≈○…▸≠▼→·━─│├└┬┼┴█░▁▂▃▄▅▆▇┏┓┗┛┃×",
        "oX%&-~>!v>-=-||`+++#._..--==++++|X",
        strict=True,
    )
)


def ascii_only(text: str, role: str = "") -> str:
    """`text` in ASCII, cell for cell; what has no stand-in becomes "?"."""
    if text.isascii():
        return text
    if role == "looking":
        text = text.replace("·", ".")
    return "".join(char if char.isascii() else _ASCII.get(char, "?" * cell_len(char)) for char in text)
