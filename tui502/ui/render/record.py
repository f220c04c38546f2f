"""One record of the log in full."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render import log_names
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.log import Ends, class_of, client
from tui502.ui.render.spans import Row, cell_len, labelled, row, wrap
from tui502.ui.render.times import age, clock

if TYPE_CHECKING:
    from tui502.model.facts import Pass
    from tui502.model.findings import Incident
    from tui502.model.session import LogLine

_AT = 11
_BESIDE = 32
"""Cells of the first part of a field, where there is room for a second one beside it."""


def rows(line: LogLine, width: int, utc_offset: int, incident: Incident | None, ends: Ends) -> list[Row]:
    """One record in full: its class and what it means, what to look at first, its fields, how many are alike, the log it stands in, the record itself."""
    from tui502.read.error_log import classify, parse

    record = parse(line.raw, utc_offset)
    meaning = classify(record)
    outage = next((each for each in (incident.facts.outages if incident else ()) if line.symptom in each.symptoms and each.target.peer == line.peer), None)
    known = [(class_of(line.symptom), meaning.meaning), ("look at", meaning.first_check)] if line.symptom else _of_others(line, utc_offset)
    head = [each for label, text in known for each in labelled(" " + label, neutral(text), width, _AT)]
    numbers = [line.level, f"worker {record.pid}" if record.pid else "", f"connection {record.connection}" if record.connection else ""]
    route = _route(line, incident)
    pairs = [
        ("time", _join((record.time or clock(line.at, utc_offset)).replace("/", "-"), *numbers)),
        ("phase", _two(record.phase, _errno(record.errno), width)),
        ("peer", _two(f"{line.peer or '-'}  {_peer_state(incident, line.peer)}".rstrip(), _alone(line, route, ends), width)),
        ("server", _two(line.server, _place(route), width)),
        ("request", _two(line.request, _client_words(line, ends, meaning.status), width)),
        ("client", record.client),
        ("host", _two(record.host, "sent by the client, not trusted" if record.host else "", width)),
        ("log", _two(line.source, log_names.place(incident, line.source), width)),
        ("alike", _two(f"{outage.client_visible} since {clock(outage.first, utc_offset)}" if outage else "", "< first   > last", width)),
    ]
    rows = [each for label, text in pairs if text for each in labelled(" " + label, neutral(text), width, _AT)]
    return [*head, row(""), *rows, row(""), *(row(" ", part) for part in wrap(neutral(line.raw), max(8, width - 2)))]


def _of_others(line: LogLine, utc_offset: int) -> list[tuple[str, str]]:
    """What a line of another program says, or that the record is no failure."""
    from tui502.read.neighbours import read_event

    event = read_event(line.raw, utc_offset, line.at or None)
    if event is None:
        return [("other", "no failure of an upstream")]
    who = _join(event.program, event.name, f"pid {event.pid}" if event.pid else "", event.detail)
    return [("program", who), ("means", event.means), ("look at", event.check)]


def _two(first: str, second: str, width: int) -> str:
    """Two parts of a field, the second in a column of its own where the first leaves room for it."""
    if first and second and cell_len(first) + 2 <= _BESIDE and _AT + _BESIDE + cell_len(second) <= width:
        return first + " " * (_BESIDE - cell_len(first)) + second
    return _join(first, second)


def _route(line: LogLine, incident: Incident | None) -> Pass | None:
    """The pass that the record's request took."""
    passes = [each for each in (incident.facts.routes.passes if incident else ()) if any(peer.address == line.peer for peer in each.peers)]
    return next((each for each in passes if line.server in each.names), None) or next(iter(passes), None)


def _alone(line: LogLine, route: Pass | None, ends: Ends) -> str:
    if line.peer not in ends.sole:
        return ""
    return f"the only peer of group {route.group}" if route is not None and route.group else "no other peer"


def _place(route: Pass | None) -> str:
    """ "app.example.com:12, location / :18"."""
    if route is None:
        return ""
    at = f"{route.server_where.file.rsplit('/', 1)[-1]}:{route.server_where.line}"
    return f"{at}, location {route.location} :{route.location_where.line}" if route.location_where else at


def _join(*parts: str) -> str:
    return "   ".join(part for part in parts if part)


def _errno(number: int | None) -> str:
    return f"errno {number} {errno.errorcode.get(number, '')}".rstrip() if number is not None else ""


def _peer_state(incident: Incident | None, peer: str) -> str:
    found = next((each for each in (incident.facts.peers if incident else ()) if each.peer == peer), None)
    if found is None or incident is None:
        return ""
    since = f" {age(incident.evidence.taken_at - found.since)}" if found.since else ""
    return f"{STATES[found.state][0]} {found.state}{since}"


def _client_words(line: LogLine, ends: Ends, status: str) -> str:
    """What the client got, or what it gets when no retry helps."""
    if not line.request:
        return ""
    got = client(line, ends)
    if got.isdigit():
        return f"client got {got}, no retry"
    return f"client: {status} unless another peer answered" if status.isdigit() else ""
