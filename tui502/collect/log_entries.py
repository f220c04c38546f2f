"""What of a journal, a container's log or a syslog file belongs to one log of nginx: error records, with their further lines, or lines of the access log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tui502.read.access_log import status
from tui502.read.error_log.grammar import BEGIN
from tui502.read.error_log.wrapped import open_line

MOST_PART = 1 << 20
"""Bytes of a message that comes in parts; what is longer is cut."""

_CURSOR = re.compile(rb'"__CURSOR" ?: ?"([^"\\]{1,400})"')
_OUTPUT = re.compile(rb'"_TRANSPORT" ?: ?"stdout"')


class Entry(NamedTuple):
    """A message. `origin` is what may continue it: the stream or process that it came from; b"" where a message is never continued by the next."""

    origin: bytes
    text: bytes


class Kept:
    """Picks the messages of one kind out of a mixture. Where a program's output is taken line by line, the further lines of a record are messages too."""

    def __init__(self, access: bool) -> None:
        self._access = access
        self._goes_on = b""

    def lines(self, entries: list[Entry]) -> bytes:
        """The lines to be kept, each with its line feed. The last record may go on with the next call."""
        return b"".join(entry.text.rstrip(b"\n") + b"\n" for entry in entries if self._is_kept(entry))

    def _is_kept(self, entry: Entry) -> bool:
        if BEGIN.match(entry.text):
            self._goes_on = entry.origin
            return not self._access
        if self._access:
            return bool(status(entry.text))
        if entry.origin and entry.origin == self._goes_on and not status(entry.text):
            return True
        self._goes_on = b"" if entry.origin == self._goes_on else self._goes_on
        return False


Unwrap = Callable[[bytes], "Entry | None"]
"""A line of a file made into a message; None where it belongs to none."""


def of_syslog(tag: str, access: bool) -> Unwrap:
    """The lines of a syslog daemon's file that carry `tag`. A line of the access log comes without what the daemon puts before it."""

    def unwrap(line: bytes) -> Entry | None:
        if tag.encode() not in line:
            return None
        found = open_line(line)
        return Entry(b"", found.text if access else line) if found.tag == tag and (BEGIN.match(found.text) is None) == access else None

    return unwrap


class OfContainer:
    """Lines of a container's log: Docker's json-file, or the runtime interface's "TIME stderr F TEXT". Messages that were split are put together."""

    def __init__(self) -> None:
        self._parts: dict[bytes, bytes] = {}

    def __call__(self, line: bytes) -> Entry | None:
        found = open_line(line)
        if not found.kind.startswith(("docker", "cri")):
            return None
        text = (self._parts.pop(found.source, b"") + found.text)[:MOST_PART]
        if not found.partial:
            return Entry(found.source, text)
        self._parts[found.source] = text
        return None


def plain(line: bytes) -> Entry:
    """A line of a file into which somebody writes nginx's output as it is."""
    return Entry(b"file", line)


def of_journal(line: bytes) -> tuple[Entry, str] | None:
    """A line of `journalctl -o json` as its message and cursor, None where it is none. What systemd takes from a program's output line by line goes on in
    the next message of the same process."""
    cursor = _CURSOR.search(line)
    if cursor is None:
        return None
    found = open_line(line)
    return Entry(found.source if _OUTPUT.search(line) else b"", found.text), cursor[1].decode("ascii", "replace")
