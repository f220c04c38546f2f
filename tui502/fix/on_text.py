"""Plain edits of lines, for a file that cannot be read as what it should be."""

from __future__ import annotations

from tui502.fix.words import EditRefused
from tui502.model.findings import Edit


def set_line(file: str, data: bytes, number: int, text: str | bytes | None) -> Edit:
    """Give line `number` (from 1) this text, its end of line stays; None takes the whole line out. Raises EditRefused."""
    start = 0
    for _ in range(number - 1):
        start = data.find(b"\n", start) + 1
        if start == 0:
            raise EditRefused("the file has not so many lines")
    text = text.encode() if isinstance(text, str) else text
    if text is not None and any(byte in text for byte in b"\n\r\0"):
        raise EditRefused("the new text is more than one line")
    end = data.find(b"\n", start)
    end = len(data) if end < 0 else end
    if text is None:
        end = min(end + 1, len(data))
        return Edit(file, start, end, data[start:end], b"")
    end -= data[end - 1 : end] == b"\r" and end > start
    return Edit(file, start, end, data[start:end], text)
