"""What the records of an error log mean, one object a record: the output of `tui502 explain`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tui502.read.error_log import classify, parse
from tui502.read.error_log.grammar import BEGIN, RECORD_CAP
from tui502.text import neutral, shorten


def explain(raw: bytes, line_no: int) -> dict[str, str | int | None]:
    """The object of `explain --json` for one record that begins in line `line_no` (from 1). `symptom` is None for a record that is none of the known messages;
    every other field that the record does not have is None. `status` is a text, see `Meaning`."""
    record = parse(raw)
    meaning = classify(record)
    known = bool(meaning.symptom)
    return {
        "line_no": line_no,
        "time": record.time or None,
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
    }


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(number of its first line from 1, record) for the records in the lines of a log. Nothing is dropped; of an overlong record the first part is kept."""
    number, kept, size = 1, [b""][:0], 0
    for line_no, line in enumerate(lines, 1):
        if kept and BEGIN.match(line):
            yield number, b"".join(kept)
            kept, size = [], 0
        if not kept:
            number = line_no
        if size < RECORD_CAP:
            kept.append(line[:RECORD_CAP])
            size += len(line)
    if kept:
        yield number, b"".join(kept)


def explained(lines: Iterable[bytes], as_json: bool) -> Iterator[str]:
    """What is printed for the lines of a log: a JSON object a line, or text for people."""
    for number, raw in numbered(lines):
        raw = raw.rstrip(b"\r\n")
        found = explain(raw, number)
        yield json.dumps(found, ensure_ascii=False, separators=(",", ":")) if as_json else _words(found, raw)


def _words(found: dict[str, str | int | None], raw: bytes) -> str:
    """The record, and under it its symptom, what it means and what to look at first; "unknown" when it is none of the known messages."""
    head = f"{found['line_no']}: {shorten(neutral(raw), 300)}"
    if found["symptom"] is None:
        return f"{head}\n   unknown"
    facts = " · ".join(str(found[name]) for name in ("symptom", "status", "peer", "phase") if found[name])
    return f"{head}\n   {facts}\n   {found['meaning']}\n   first check: {found['first_check']}"
