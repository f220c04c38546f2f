"""FastCGI: the records of an answer, and the status that the application wrote into it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from tui502.model.evidence import Exchange

END_REQUEST, STDOUT, STDERR, UNKNOWN_TYPE = 3, 6, 7, 11
_FROM_SERVER = (END_REQUEST, STDOUT, STDERR, 10, UNKNOWN_TYPE)
_HEAD = struct.Struct(">BBHHBx")
_STATUS = re.compile(rb"(?im)^Status:[ \t]*(\d{3})\b")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_SCRIPT = b"SCRIPT_FILENAME"


def is_record(received: bytes) -> bool:
    """Whether these bytes begin with a record that a FastCGI application may send (version 1, request id 0 or 1)."""
    if len(received) < _HEAD.size:
        return False
    version, kind, request, _, _ = _HEAD.unpack_from(received)
    return bool(version == 1 and kind in _FROM_SERVER and request in (0, 1))


def records(received: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each record; the last one may be cut."""
    at = 0
    while len(received) - at >= _HEAD.size:
        version, kind, _, length, padding = _HEAD.unpack_from(received, at)
        if version != 1:
            return
        yield kind, received[at + _HEAD.size : at + _HEAD.size + length]
        at += _HEAD.size + length + padding


def stderr(received: bytes) -> bytes:
    """What the application wrote to nginx's error log."""
    return b"".join(content for kind, content in records(received) if kind == STDERR)


def status(received: bytes) -> int | None:
    """The status of the answer: that of its Status header, else 200; None where no header came. A recording may hold masked headers: only their
    beginning is read."""
    for kind, content in records(received):
        if kind == STDOUT and content:
            written = _STATUS.search(_HEADER_END.split(content, maxsplit=1)[0])
            return int(written[1]) if written else 200 if _HEADER_END.search(received) else None
    return None


def ran_a_script(exchange: Exchange) -> bool:
    """Whether it was asked to run a script; else its status says nothing about the application."""
    return _SCRIPT in exchange.sent
