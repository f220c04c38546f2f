"""Times of day, durations and quantities in words."""

from __future__ import annotations

import time

from tui502.read.times import age

__all__ = ["age", "clock", "quantity", "took"]


def clock(at: float, utc_offset: int) -> str:
    """Local time of day; `utc_offset` as in `Evidence`."""
    return time.strftime("%H:%M:%S", time.gmtime(at - utc_offset))


def took(seconds: float) -> str:
    """A duration: "4 ms", "0.4 s", "12 s"."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def quantity(n: int, word: str) -> str:
    """ "1 line", "2 lines"."""
    return f"{n} {word}" if n == 1 else f"{n} {word}{'es' if word.endswith(('s', 'x', 'ch')) else 's'}"
