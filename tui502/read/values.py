"""Times and sizes as they stand in nginx's configuration."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "M": 2592000.0, "y": 31536000.0}
_SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def seconds(text: str) -> float:
    """A time ("60", "1m30s", "500ms") in seconds; infinite where it is none."""
    if not re.fullmatch(r"(?:\d{1,9}(?:ms|[smhdwMy])?\s*)+", text):
        return float("inf")
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwMy]?)", text))


def size(text: str) -> int:
    """A size ("4096", "4k", "1m") in bytes; 0 where it is none."""
    found = re.fullmatch(r"(\d{1,12})([kmg]?)", text, re.I)
    return int(found[1]) * _SIZES[found[2].lower()] if found else 0


def written(size_: int) -> str:
    """A size as one writes it: 16384 is "16k"."""
    return f"{size_ >> 10}k" if size_ and not size_ % 1024 else str(size_)


def numbers(version: str) -> tuple[int, ...]:
    """ "1.22.1" as numbers, () where it is none."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() and part.isascii() for part in parts) else ()
