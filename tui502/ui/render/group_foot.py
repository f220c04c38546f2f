"""The lower part of the log's group view: what is known of the selected group, and how far the log is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.grouping import Group, onset
from tui502.ui.render.log import Ends, class_of, request_words, status_of
from tui502.ui.render.log_names import short
from tui502.ui.render.rules import rule, title
from tui502.ui.render.spans import Row, labelled, row
from tui502.ui.render.times import clock, quantity

if TYPE_CHECKING:
    from tui502.model.evidence import LogSeen
    from tui502.model.findings import Incident
    from tui502.model.session import Back

_AT = 11


def foot(group: Group, incident: Incident, width: int, ends: Ends) -> list[Row]:
    """The selected group: its clients, where it stands, what it means, its oldest and newest record."""
    offset = incident.evidence.utc_offset
    out = [rule(width, title(f"{class_of(group.symptom)} {neutral(group.peer or group.newest.server)}".rstrip(), False))]
    for label, text in (
        ("clients", _clients(incident, group, ends)),
        ("where", _where(incident, group)),
        ("meaning", _meaning(group)),
        ("guessed", _guessed(incident)),
        ("oldest", f"{clock(group.first, offset) if group.first else 'not known':<24}newest {clock(group.last, offset)} {_request(group)}".rstrip()),
    ):
        out += labelled(f" {label}", neutral(text), width, _AT) if text else []
    return [*out, *_before(incident, width)]


def _guessed(incident: Incident) -> str:
    """Lines of access logs that are not as their format says: what they count is less certain."""
    logs = [seen.value for seen in incident.evidence.logs.values() if seen.value and seen.value.guessed]
    return ", ".join(f"{quantity(log.guessed, 'line')} of {short(log.source)}" for log in logs) + " did not fit the log_format" if logs else ""


def _clients(incident: Incident, group: Group, ends: Ends) -> str:
    if not group.peer:
        return ""
    status = status_of(group.symptom)
    found = group.outages
    if group.peer in ends.sole:
        name = next((route.group for route in incident.facts.routes.passes if any(peer.address == group.peer for peer in route.peers)), "")
        return f"{group.total} got {status}, 0 were saved: {f'group {name}' if name else 'it'} has no other peer"
    if not found or any(each.saved is None for each in found):
        return "not known: no access log tells what they got"
    return f"{sum(each.client_visible for each in found)} got {status}, {sum(each.saved or 0 for each in found)} were saved by another peer"


def _where(incident: Incident, group: Group) -> str:
    from tui502.ui.choose import ancestry, peer_node

    node = peer_node(incident, group.peer, group.newest.server) if group.peer else None
    if node is None:
        return group.newest.server
    above = [each for each in reversed(ancestry(incident, node.key)) if each.kind in ("server", "location", "pass", "peer")]
    return " → ".join(each.label.removeprefix("proxy_pass ") for each in above)


def _meaning(group: Group) -> str:
    from tui502.read.error_log.meanings import explain

    sample = group.newest.samples[-1] if group.newest.samples else b""
    return explain(group.symptom, sample.decode("utf-8", "replace"))[0] if group.symptom else "none of the known messages"


def _request(group: Group) -> str:
    from tui502.read.error_log import parse

    return request_words(parse(group.newest.samples[-1]).request) if group.newest.samples else ""


def _before(incident: Incident, width: int) -> list[Row]:
    """What was seen to happen in the ten minutes before it began."""
    began = onset(incident)
    clues = {(clue.at, clue.text) for finding in incident.findings for clue in finding.clues if clue.at and began - 600 <= clue.at <= began and began}
    rows = [line for at, text in sorted(clues) for line in labelled(" " + clock(at, incident.evidence.utc_offset), neutral(text), width, _AT)]
    return [row(""), row(" before it began"), *rows] if rows else []


def read_back(logs: Sequence[LogSeen], count: int, back: Back, utc_offset: int) -> str:
    """How far the log is counted, and what is not read."""
    unread = sum(log.start for log in logs)
    to = f"read back to {clock(back.back_to, utc_offset)}, " if back.back_to else ""
    whole = f"{to}{count} records, {unread} bytes before them not" if unread else f"{to}all {count} records"
    if not back.files:
        return f"{whole}; O reads them" if unread else whole
    return f"{whole}; {quantity(back.files, 'older file')} not read, O reads {'it' if back.files == 1 and not unread else 'them'}"
