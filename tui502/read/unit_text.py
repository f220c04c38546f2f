"""systemd's unit files and drop-ins, with the span of every value: `[Section]`, `Key=value`, lines that begin with `#` or `;` are comments.

As systemd 252 reads them: keys and sections are told apart by capitals; of two settings of one key the last valid one counts, but for those that are lists; a
backslash at the end joins the next line, comments between them left out. Drop-ins come behind their unit, ordered by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui502.read.ini import BOM, Entry

_PATH = re.compile(
    r"/(?:etc|run|lib|usr/lib|usr/local/lib)/systemd/(?:system|user)(?:\.\w+)?/[^/]+\.(?:service|socket|slice|mount|target|timer|path)(?:\.d/[^/]+\.conf)?\Z"
)
_BLANK = b" \t\r"


def is_unit_file(path: str) -> bool:
    """Does systemd read this file as a unit, or as a drop-in of one?"""
    return _PATH.match(path) is not None


def lines(data: bytes) -> tuple[Entry, ...]:
    """Every title and setting in the order of the file; what systemd ignores is passed over."""
    found: list[Entry] = []
    section = ""
    for number, start, stop, text in _joined(data):
        key, equals, rest = text.partition(b"=")
        title = text.strip(_BLANK)
        if title.startswith(b"["):
            section = _text(title[1:-1]) if title.endswith(b"]") else section
            found.append(Entry(section, "", "", number, start, stop, stop))
        elif equals and key.strip(_BLANK):
            raw = data[start:stop]
            head = raw.find(b"=") + 1
            at = start + head + len(raw[head:]) - len(raw[head:].lstrip(_BLANK))
            end = start + len(raw.rstrip(_BLANK))
            found.append(Entry(section, _text(key.strip(_BLANK)), _text(rest.strip(_BLANK)), number, min(at, stop), max(end, min(at, stop)), stop))
    return tuple(found)


def _joined(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """(line number, start, end, text) of every line that is no comment, with those that it goes on in: their backslash is a blank."""
    at, first, begin, parts = 0, 0, 0, list[bytes]()
    for number, whole in enumerate(data.split(b"\n"), 1):
        skip = len(BOM) if number == 1 and whole.startswith(BOM) else 0
        line = whole[skip:].removesuffix(b"\r")
        begins, end = at + skip, at + skip + len(line)
        at += len(whole) + 1
        if line.lstrip(_BLANK)[:1] in (b"#", b";"):
            continue
        if not parts:
            first, begin = number, begins
        if (len(line) - len(line.rstrip(b"\\"))) % 2:
            parts.append((line.lstrip(_BLANK) if parts else line)[:-1] + b" ")
            continue
        yield first, begin, end, b"".join(parts) + (line.lstrip(_BLANK) if parts else line)
        parts = []
    if parts:
        yield first, begin, len(data), b"".join(parts)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
