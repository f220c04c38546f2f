"""The groups of a log: its records by symptom and peer, counted, with what is known of how their requests ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui502.ui.render.log import Ends, status_of

if TYPE_CHECKING:
    from tui502.model.evidence import LogSeen, Tally
    from tui502.model.facts import Outage
    from tui502.model.findings import Incident

MINUTES = 20


class Group(NamedTuple):
    """Records of one symptom at one peer; `key` is what they have in common, `outages` what is known of how they ended."""

    key: tuple[str, str]
    tallies: tuple[Tally, ...]
    outages: tuple[Outage, ...] = ()

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
    ended: dict[tuple[str, str], list[Outage]] = {}
    for log in logs_of(incident, path) if incident else ():
        for tally in log.tallies:
            by.setdefault((tally.symptom, tally.peer), []).append(tally)
    for outage in incident.facts.outages if incident else ():
        for symptom in dict.fromkeys(outage.symptoms):
            ended.setdefault((symptom, outage.target.peer), []).append(outage)
    found = (Group(key, tuple(tallies), tuple(ended.get(key, ()))) for key, tallies in by.items())
    return sorted(found, key=lambda group: (-group.total, group.key))


def outcome(group: Group, ends: Ends) -> str:
    """What clients got: "502", "saved" or "?"; for what no peer was asked, the symptom in words."""
    if not group.peer:
        return group.symptom.replace("_", " ")
    status = status_of(group.symptom)
    saved = sum(each.saved or 0 for each in group.outages)
    if group.peer in ends.sole:
        return status
    if not group.outages or any(each.saved is None for each in group.outages):
        return "?"
    return "saved" if saved >= group.total else status if not saved else f"{status}, {saved} saved"


def onset(incident: Incident) -> float:
    """When the failures that go on began, 0 when that is not known."""
    return min((each.first for each in incident.facts.outages if each.now and each.first), default=0.0)
