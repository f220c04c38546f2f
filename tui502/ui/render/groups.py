"""Rows of the log's group view: one row per symptom and peer, all on one time axis, and below them what is known of the selected one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.render.log import class_of, request_words
from tui502.ui.render.rules import rule, title
from tui502.ui.render.spans import Row, cell, cell_len, labelled, middle, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.evidence import LogSeen, Tally
    from tui502.model.facts import Outage
    from tui502.model.findings import Incident

MINUTES = 20
_FOOT = 11
_TIMEOUTS = ("upstream_timeout_connect", "upstream_timeout_read", "upstream_timeout_send")


class Group(NamedTuple):
    """Records of one symptom at one peer; `key` is what they have in common."""

    key: tuple[str, str]
    tallies: tuple[Tally, ...]

    @property
    def symptom(self) -> str:
        return self.key[0]

    @property
    def peer(self) -> str:
        return self.key[1]

    @property
    def total(self) -> int:
        return sum(tally.count for tally in self.tallies)

    @property
    def first(self) -> float:
        return min((tally.first for tally in self.tallies if tally.first), default=0.0)

    @property
    def last(self) -> float:
        return max(tally.last for tally in self.tallies)

    @property
    def newest(self) -> Tally:
        return max(self.tallies, key=lambda tally: tally.last)

    def minutes(self, now: float, cells: int) -> list[int]:
        """Records in `cells` equal parts of the last twenty minutes, oldest first."""
        counts, width = [0] * cells, MINUTES * 60 / cells
        for tally in self.tallies:
            for n, count in enumerate(reversed(tally.per_10s)):
                at = int((now - (tally.last - 10 * n)) // width)
                if at < cells:
                    counts[max(0, at)] += count
        return counts[::-1]


def logs_of(incident: Incident, path: str) -> list[LogSeen]:
    """The log at `path` as it was tallied, all error logs when it is not among them."""
    paths = [path] if path in incident.evidence.logs else [target.path for target in incident.facts.logs if target.kind == "error"]
    return [seen.value for each in dict.fromkeys(paths) if (seen := incident.evidence.logs.get(each)) and seen.value]


def groups(incident: Incident | None, path: str) -> list[Group]:
    """All groups, the most frequent first."""
    by: dict[tuple[str, str], list[Tally]] = {}
    for log in logs_of(incident, path) if incident else ():
        for tally in log.tallies:
            by.setdefault((tally.symptom, tally.peer), []).append(tally)
    return sorted((Group(key, tuple(found)) for key, found in by.items()), key=lambda group: (-group.total, group.key))


def outages_of(incident: Incident, group: Group) -> list[Outage]:
    return [each for each in incident.facts.outages if group.symptom in each.symptoms and each.target.peer == group.peer]


def outcome(incident: Incident, group: Group, sole: frozenset[str]) -> str:
    """What clients got: "502", "saved" or "?"; for what no peer was asked, the symptom in words."""
    if not group.peer:
        return group.symptom.replace("_", " ")
    status = "504" if group.symptom in _TIMEOUTS else "502"
    found = outages_of(incident, group)
    saved = sum(each.saved or 0 for each in found)
    if group.peer in sole:
        return status
    if not found or any(each.saved is None for each in found):
        return "?"
    return "saved" if saved >= group.total else status if not saved else f"{status}, {saved} saved"


def onset(incident: Incident) -> float:
    """When the failures that go on began, 0 when that is not known."""
    return min((each.first for each in incident.facts.outages if each.now and each.first), default=0.0)


def columns(width: int) -> tuple[int, bool, bool]:
    """Cells of the spark, whether first and last are shown: last goes first, then first, then half the spark."""
    return (10 if width < 56 else MINUTES), width >= 70, width >= 78


def heads(incident: Incident, width: int) -> list[Row]:
    """The names of the columns, and the onset above its minute."""
    spark, first, last = columns(width)
    names = row(" count /min ", cell(f"last {MINUTES} min" if spark == MINUTES else "20 min", spark), " ", cell("first", 9 if first else 0))
    names += row(cell("last", 9 if last else 0), "class    peer, outcome")
    began = onset(incident)
    if not began:
        return [names]
    back = int((incident.evidence.taken_at - began) // (MINUTES * 60 / spark))
    text = f"{clock(began, incident.evidence.utc_offset)} began"
    if back >= spark:
        return [names, row(" " * 12, f"{text}, before this axis")]
    return [names, row(" " * (12 + spark - 1 - max(0, back)), ("▼ ", "failing"), text)]


def group_row(group: Group, incident: Incident, width: int, sole: frozenset[str], selected: bool = False) -> Row:
    from tui502.report.rate import spark as bars

    spark, first, last = columns(width)
    offset, now = incident.evidence.utc_offset, incident.evidence.taken_at
    minute = group.minutes(now, MINUTES)[-1]
    left = row(
        "▸" if selected else " ",
        f"{group.total:>5}",
        f"{minute:>5}",
        " ",
        bars(group.minutes(now, spark)),
        " ",
        f"{clock(group.first, offset) if group.first else '-':<9}" if first else "",
        f"{clock(group.last, offset) if group.last else '-':<9}" if last else "",
        cell(class_of(group.symptom), 8),
        " ",
    )
    room = max(0, width - 13 - spark - 9 * (first + last) - 9)
    words, peer = neutral(outcome(incident, group, sole)), neutral(group.peer)
    if not peer:
        return (*left, *row(cell(words, room)))
    return (*left, *row(cell(f"{middle(peer, max(15, room - cell_len(words) - 1))} {words}", room)))


def foot(group: Group, incident: Incident, width: int, sole: frozenset[str]) -> list[Row]:
    """The selected group: its clients, where it stands, what it means, its oldest and newest record."""
    offset = incident.evidence.utc_offset
    out = [rule(width, title(f"{class_of(group.symptom)} {neutral(group.peer or group.newest.server)}".rstrip(), False))]
    for label, text in (
        ("clients", _clients(incident, group, sole)),
        ("where", _where(incident, group)),
        ("meaning", _meaning(group)),
        ("oldest", clock(group.first, offset) if group.first else "not known"),
        ("newest", f"{clock(group.last, offset)} {_request(group)}".rstrip() if group.last else "not known"),
    ):
        out += labelled(f" {label}", neutral(text), width, _FOOT) if text else []
    return [*out, *_before(incident, width)]


def _clients(incident: Incident, group: Group, sole: frozenset[str]) -> str:
    if not group.peer:
        return ""
    status = "504" if group.symptom in _TIMEOUTS else "502"
    found = outages_of(incident, group)
    if group.peer in sole:
        return f"{group.total} got {status}, 0 were saved: its group has no other peer"
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
    rows = [line for at, text in sorted(clues) for line in labelled(" " + clock(at, incident.evidence.utc_offset), neutral(text), width, _FOOT)]
    return [row(""), row(" before it began"), *rows] if rows else []


def read_back(logs: Sequence[LogSeen], count: int) -> str:
    """How much of the log is counted."""
    unread = sum(log.start for log in logs)
    return f"{count} records; {unread} bytes before them are not read" if unread else f"all {count} records of the file"
