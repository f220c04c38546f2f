"""Python's search for cycles kept away from a large configuration: its millions of objects stay anyhow, and each search through them stops all threads."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONG = 0.1
"""Seconds of reading from which on what was read is so large that it is left out of all later searches."""

MOST = 8
"""So often at the most: with what stays, garbage in cycles is left out too, and never freed."""

_left = iter(range(MOST))


@contextmanager
def not_searched() -> Iterator[None]:
    """Nothing is searched while this is read; what was read in the beginning, where it was much, never again."""
    begun, was_on = time.monotonic(), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if time.monotonic() - begun > LONG and next(_left, None) is not None:
            gc.freeze()
        if was_on:
            gc.enable()
