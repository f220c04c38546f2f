"""A line of a log without what stands around it, and such lines out of the JSON objects of docker and of the journal, whole or cut off."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

_FIELDS = {
    name: re.compile(rb'"%s" ?: ?(?:"([^"\\\n]*(?:\\.[^"\\\n]*)*)|\[([\d, ]*))' % name)
    for name in (b"log", b"stream", b"time", b"MESSAGE", b"_PID", b"UNIT", b"_SYSTEMD_UNIT", b"SYSLOG_IDENTIFIER", b"__REALTIME_TIMESTAMP")
}
_STRINGS = json.JSONDecoder(strict=False)


class Line(NamedTuple):
    """A line of a log. `text` is what the program wrote; the rest what the wrapping says of it, "" or 0 where it says nothing. `time` is as written there,
    a journal's in microseconds since 1970. `unit` is the one that wrote, or of which systemd writes. `source` tells the writers in one stream apart.
    `partial`: the text goes on in the next line."""

    text: bytes
    kind: str = ""
    source: bytes = b""
    time: str = ""
    tag: str = ""
    pid: int = 0
    unit: str = ""
    partial: bool = False


def from_object(raw: bytes) -> Line | None:
    """An object of docker or of the journal, whole or cut; None for another."""
    log = _string(raw, b"log")
    if log is not None:
        stream = _word(raw, b"stream")
        return Line(log.removesuffix(b"\n"), "docker", stream.encode(), _word(raw, b"time"), partial=not log.endswith(b"\n") and raw.rstrip().endswith(b"}"))
    message = _string(raw, b"MESSAGE")
    if message is None:
        return None
    pid, tag = _word(raw, b"_PID"), _word(raw, b"SYSLOG_IDENTIFIER")
    unit = (_word(raw, b"UNIT") if pid == "1" else "") or _word(raw, b"_SYSTEMD_UNIT")
    return Line(
        message, "journal", f"{unit} {pid}".encode(), _word(raw, b"__REALTIME_TIMESTAMP"), tag, int(pid) if pid.isascii() and pid.isdigit() else 0, unit
    )


def _word(raw: bytes, name: bytes) -> str:
    return (_string(raw, name) or b"").decode("utf-8", "replace")[:255]


def _string(raw: bytes, name: bytes) -> bytes | None:
    """The value of `name` in a JSON object: a string, or bytes as numbers. What was cut off is missing; None when there is no such value."""
    found = _FIELDS[name].search(raw)
    if found is None:
        return None
    if found[1] is None:
        return bytes(int(number) for number in found[2].split(b",") if number.strip().isdigit() and int(number) < 256)
    if b"\\" not in found[1]:
        return found[1]
    try:
        text: str = _STRINGS.decode('"' + found[1].decode("utf-8", "replace") + '"')
    except ValueError:
        return found[1]
    return text.encode("utf-8", "replace")
