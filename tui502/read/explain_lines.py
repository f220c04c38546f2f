"""A stream of lines cut into records: nginx's with all their lines, and each line of anybody else with the indented ones below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tui502.read.error_log.grammar import BEGIN
from tui502.read.error_log.record import WRAPPED_CAP
from tui502.read.error_log.wrapped import open_line
from tui502.read.error_log.wrapped_object import Line
from tui502.read.neighbours import event_of

PIECE = WRAPPED_CAP
"""The longest piece of a line that is worth reading at once."""

_NGINX_MOST = 2048
"""nginx writes no longer record: a quotation that is open for longer was cut."""

_OTHERS_STAMP = re.compile(
    rb"\[\d\d-[A-Z][a-z]{2}-\d{4} |\[\d{4}-\d\d-\d\d |[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} - "
    rb"|\S{1,99} \S{1,99} \S{1,99} \[\d\d/[A-Z][a-z]{2}/|[IWEF]\d{4} \d\d:\d\d:\d\d|(?:audit: )?type=[A-Z0-9_]+ (?:msg=)?audit\(|\[ {0,9}\d+\.\d{6}\] |nginx: "
)
"""Begins a line of PHP-FPM, gunicorn, uWSGI, an access log, klog, audit, the kernel, or a word of nginx to the console."""

_TEXT_OF_OTHERS = b'sent in stderr: "'


class _Open:
    """The record that is being read."""

    def __init__(self, number: int, line: bytes, ours: bool) -> None:
        self.number, self.parts, self.size, self.ours = number, [line], len(line), ours
        self.quotes = line.count(b'"') if _TEXT_OF_OTHERS in line else 0

    def add(self, piece: bytes) -> None:
        """Take `piece` in, while there is room: what is too long for nginx is nobody's record, and only its beginning is looked at."""
        if self.size < WRAPPED_CAP:
            self.parts.append(piece)
        self.size += len(piece)
        self.quotes += piece.count(b'"') if self.quotes else 0

    def goes_on(self, raw: bytes) -> bool:
        """Whether the line `raw`, which begins no record of nginx, belongs to this one."""
        if not self.ours:
            return raw[:1] in (b" ", b"\t") and bool(raw.strip())
        line, first = open_line(raw.rstrip(b"\r\n")), open_line(self.parts[0].rstrip(b"\r\n"))
        if line.kind != first.kind or line.source != first.source:
            return not line.kind
        return (self.quotes % 2 == 1 and self.size < _NGINX_MOST) or not _others(line)


def _others(line: Line) -> bool:
    return _OTHERS_STAMP.match(line.text) is not None or event_of(line) is not None


def numbered(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(number of its first line from 1, record). `pieces` are lines, or parts of overlong ones: a piece without a line feed goes on in the next one.
    No record is left out; of an overlong one the first part is handed on."""
    record: _Open | None = None
    number, whole = 0, True
    for piece in pieces:
        if not whole and record:
            record.add(piece)
        else:
            number += 1
            ours = BEGIN.match(piece) is not None
            if record and not ours and record.goes_on(piece):
                record.add(piece)
            else:
                if record:
                    yield record.number, b"".join(record.parts)
                record = _Open(number, piece, ours)
        whole = piece.endswith(b"\n")
    if record:
        yield record.number, b"".join(record.parts)
