"""Rows of the log pane."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui502.read.symptoms import FAILING
from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.spans import Row, cell, cell_len, labelled, middle, row, wrap
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.facts import Facts
    from tui502.model.findings import Incident
    from tui502.model.session import LogLine

CLASSES: Mapping[str, str] = {
    "connection_refused": "refused",
    "socket_missing": "no file",
    "socket_permission": "denied",
    "upstream_timeout_connect": "timeout",
    "upstream_timeout_read": "timeout",
    "upstream_timeout_send": "timeout",
    "connection_reset": "reset",
    "premature_close": "closed",
    "no_live_upstream": "no live",
    "peer_marked_down": "benched",
    "header_too_big": "too big",
    "invalid_header": "bad head",
    "protocol_mismatch": "protocol",
    "http2_protocol_error": "protocol",
    "invalid_body": "protocol",
    "peer_goaway": "protocol",
    "tls_handshake": "tls",
    "tls_verify": "tls",
    "tls_local_certificate": "tls",
    "host_not_found": "no name",
    "resolver": "no name",
    "no_route": "no route",
    "listen_queue_full": "queue",
    "address_not_available": "limit",
    "fd_limit": "limit",
    "worker_connections": "limit",
    "kernel_resources": "limit",
    "local_disk": "disk",
    "buffered_to_disk": "disk",
    "config_error": "config",
    "listen_conflict": "config",
    "permission_capability": "config",
    "worker_crash": "crash",
    "client_abort": "client",
    "client_side": "client",
    "request_too_big": "client",
    "rate_limited": "client",
}
"""Symptom → class word, at most 8 cells. What is not here is "other"."""

_LEVELS = {"emerg": "M", "alert": "A", "crit": "C", "error": "E", "warn": "W", "notice": "N", "info": "I", "debug": "D"}
_WORSE = "MACE"
_TIMEOUTS = {"upstream_timeout_connect", "upstream_timeout_read", "upstream_timeout_send"}
_PEER = 15
_LONGEST = 32
_HEAD = re.compile(rb"\d{4}/\d\d/\d\d [\d:]{8} \[\w+\] \d+#\d+: (?:\*\d+ )?")
_DETAIL = 11


def class_of(symptom: str) -> str:
    return CLASSES.get(symptom, "other")


def fails(line: LogLine) -> bool:
    """Whether the record tells of an upstream failure."""
    return line.symptom in FAILING


def sole_peers(facts: Facts | None) -> frozenset[str]:
    """Peers without an alternative: what fails there, the client sees."""
    if facts is None:
        return frozenset()
    return frozenset(pass_.peers[0].address for pass_ in facts.routes.passes if len(pass_.peers) == 1)


def client(line: LogLine, sole: frozenset[str]) -> str:
    """What the client got: its status, "?" when it was not seen, "-" when no request is concerned."""
    if not line.request:
        return "-"
    if fails(line) and (line.peer in sole or line.symptom == "no_live_upstream"):
        return "504" if line.symptom in _TIMEOUTS else "502"
    return "?" if line.symptom else "-"


def level_span(level: str) -> tuple[str, str]:
    letter = _LEVELS.get(level, "?")
    return letter, "failing" if letter in _WORSE else "degraded" if letter == "W" else ""


def request_words(request: str) -> str:
    """The request line without its protocol."""
    words = request.split(" ")
    return " ".join(words[:-1]) if len(words) > 2 and words[-1].startswith("HTTP/") else request


def peer_width(lines: Sequence[LogLine], before: int = 0) -> int:
    """Cells for the peers of these lines, never fewer than `before`: addresses are not cut, only paths of sockets are."""
    return max([_PEER, before, *(min(_LONGEST, cell_len(neutral(line.peer))) for line in lines)])


def record(line: LogLine, width: int, utc_offset: int, sole: frozenset[str] = frozenset(), selected: bool = False, peers: int = _PEER) -> Row:
    """Time, level, class, peer (in `peers` cells), what the client got, request, and the server when there is room."""
    peer = neutral(line.peer) or "-"
    what = neutral(request_words(line.request)) or neutral(_message(line.raw))
    server = neutral(line.server)
    left = width - 30 - peers
    if width >= 78 and server and cell_len(what) + 2 + cell_len(server) <= left:
        what = f"{what}  {server}"
    return row(
        "▸" if selected else " ",
        clock(line.at, utc_offset) if line.at else "--:--:--",
        " ",
        level_span(line.level),
        " ",
        cell(class_of(line.symptom), 8),
        " ",
        cell(middle(peer, peers), peers),
        "  ",
        cell(client(line, sole), 5),
        " ",
        cell(what, max(0, left)),
        " ",
    )


def raw_record(line: LogLine, width: int, selected: bool = False) -> Row:
    return row("▸" if selected else " ", cell(neutral(line.raw), width - 1))


def _message(raw: bytes) -> bytes:
    """What a record says, without its time, level and numbers."""
    match = _HEAD.match(raw)
    return raw[match.end() :] if match else raw


def detail(line: LogLine, width: int, utc_offset: int, incident: Incident | None, sole: frozenset[str]) -> list[Row]:
    """One record in full: its class and what it means, what to look at first, its fields, how many are alike, the record itself."""
    from tui502.read.error_log import classify, parse

    record = parse(line.raw, utc_offset)
    meaning = classify(record)
    outage = next((each for each in (incident.facts.outages if incident else ()) if line.symptom in each.symptoms and each.target.peer == line.peer), None)
    known = [(class_of(line.symptom), meaning.meaning), ("look at", meaning.first_check)] if line.symptom else [("other", "no failure of an upstream")]
    head = [each for label, text in known for each in labelled(" " + label, neutral(text), width, _DETAIL)]
    numbers = [line.level, f"worker {record.pid}" if record.pid else "", f"connection {record.connection}" if record.connection else ""]
    pairs = [
        ("time", _join(record.time or clock(line.at, utc_offset), *numbers)),
        ("phase", _join(record.phase, _errno(record.errno))),
        ("peer", _join(line.peer or "-", _peer_state(incident, line.peer), "no other peer of its group" if line.peer in sole else "")),
        ("server", line.server),
        ("request", _join(line.request, _client_words(line, sole, meaning.status))),
        ("client", record.client),
        ("host", f"{record.host}   sent by the client, not trusted" if record.host else ""),
        ("alike", f"{outage.client_visible} seen by clients since {clock(outage.first, utc_offset)}   < first  > last" if outage else "< first  > last"),
    ]
    rows = [each for label, text in pairs if text for each in labelled(" " + label, neutral(text), width, _DETAIL)]
    return [*head, row(""), *rows, row(""), *(row(" ", part) for part in wrap(neutral(line.raw), max(8, width - 2)))]


def _join(*parts: str) -> str:
    return "   ".join(part for part in parts if part)


def _errno(number: int | None) -> str:
    return f"errno {number} {errno.errorcode.get(number, '')}".rstrip() if number is not None else ""


def _peer_state(incident: Incident | None, peer: str) -> str:
    found = next((each for each in (incident.facts.peers if incident else ()) if each.peer == peer), None)
    return f"{STATES[found.state][0]} {found.state}" if found else ""


def _client_words(line: LogLine, sole: frozenset[str], status: str) -> str:
    """What the client got, or what it gets when no retry helps."""
    if not line.request:
        return ""
    got = client(line, sole)
    if got.isdigit():
        return f"client got {got}, no retry"
    return f"client: {status} unless another peer answered" if status.isdigit() else ""
