"""What the lines of a log mean, one object a record: the output of `tui502 explain`. The log is nginx's, a neighbour's, or a stream in which both are mixed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tui502.read.error_log import classify, parse
from tui502.read.error_log.grammar import HEAD
from tui502.read.error_log.wrapped import open_line
from tui502.read.explain_lines import numbered
from tui502.read.explain_text import words
from tui502.read.neighbours import Event, event_of
from tui502.text import neutral, shorten

Told = dict[str, "str | int | dict[str, str | int | float] | None"]

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

MESSAGE_SHOWN = 2048
"""Characters of a message that are handed out: as much as nginx itself writes."""


def explain(raw: bytes, line_no: int) -> Told:
    """The object of `explain --json` for one record that begins in line `line_no` (from 1). `symptom` is None for a record that is none of nginx's known
    messages, `event` for one that is none of a neighbour's; every other field that the record does not have is None. `status` is a text, see `Meaning`."""
    first = open_line(raw.split(b"\n", 1)[0])
    event = None if HEAD.match(raw) else event_of(first)
    if event:
        return _of_event(event, line_no)
    record = parse(raw)
    meaning = classify(record)
    known = bool(meaning.symptom)
    return {
        "line_no": line_no,
        "time": record.time or neutral(first.time) or None,
        "level": record.level or None,
        "pid": record.pid or None,
        "symptom": meaning.symptom or None,
        "status": meaning.status or None,
        "phase": record.phase or None,
        "peer": record.peer or None,
        "upstream": record.upstream or None,
        "server": record.server or None,
        "client": record.client or None,
        "request": record.request or None,
        "host": record.host or None,
        "errno": record.errno,
        "meaning": meaning.meaning if known else None,
        "first_check": meaning.first_check if known else None,
        "program": "nginx" if known or record.level else None,
        "event": None,
        "details": None,
        "message": shorten(record.message, MESSAGE_SHOWN),
    }


def _of_event(event: Event, line_no: int) -> Told:
    """The same keys for a neighbour's line."""
    numbers = {name: int(number) if number.is_integer() else number for name, number in event.numbers}
    nothing = ("symptom", "status", "phase", "peer", "upstream", "server", "client", "request", "host", "errno")
    return {
        "line_no": line_no,
        "time": event.time or None,
        "level": event.level or None,
        "pid": event.pid or None,
        **dict.fromkeys(nothing),
        "meaning": event.means,
        "first_check": event.check,
        "program": event.program,
        "event": event.what,
        "details": {**({"name": event.name} if event.name else {}), **({"detail": event.detail} if event.detail else {}), **numbers},
        "message": shorten(event.line, MESSAGE_SHOWN),
    }


def explained(pieces: Iterable[bytes], as_json: bool) -> Iterator[str]:
    """What is printed for the lines of a log, see `numbered`: a JSON object a line, or text for people."""
    for number, raw in numbered(pieces):
        found = explain(raw.rstrip(b"\r\n"), number)
        yield _JSON.encode(found) if as_json else words(found)
