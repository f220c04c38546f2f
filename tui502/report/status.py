"""The status row: host, nginx, what is not loaded, who looks, and how often requests fail."""

from __future__ import annotations

from typing import NamedTuple

from tui502.model.facts import Drift
from tui502.model.findings import Incident
from tui502.read import times
from tui502.read.accounts import accounts
from tui502.report.rate import rate
from tui502.text import neutral, shorten

WIDE, NARROW = 110, 80
"""Columns from which the row is written in full, and in short."""


class Parts(NamedTuple):
    """What the row has beside what is never lost; `bars` are the cells of the spark."""

    age: bool = True
    test: bool = True
    gaps: bool = True
    user: bool = True
    bars: int = 22
    version: bool = True
    label: bool = True


_LOSING = (
    Parts(),
    Parts(age=False),
    Parts(age=False, test=False),
    Parts(age=False, test=False, bars=16),
    Parts(age=False, test=False, gaps=False, bars=16),
    Parts(age=False, test=False, gaps=False, user=False, bars=16),
    Parts(age=False, test=False, gaps=False, user=False, bars=16, version=False),
    Parts(age=False, test=False, gaps=False, user=False, bars=11, version=False, label=False),
    Parts(age=False, test=False, gaps=False, user=False, bars=8, version=False, label=False),
    Parts(age=False, test=False, gaps=False, user=False, bars=0, version=False, label=False),
)
"""What is lost where it is narrow, in this order; never the host, nginx's state, what is not loaded, the rate."""


def status(incident: Incident, width: int) -> tuple[str, str]:
    """(left part, rate) for a row of `width` columns: as much as fits. Of a host name that is too long the head goes."""
    gap = "   " if width >= WIDE else "  "
    first = 0 if width >= WIDE else 3 if width >= NARROW else 7
    for parts in _LOSING[first:]:
        host, *blocks = _blocks(incident, parts, width)
        right = rate(incident, parts.bars, label=parts.label)
        if len(gap.join((host, *blocks))) + len(right) + 4 <= width:
            return gap.join((host, *blocks)), right
    room = width - len(right) - 4 - len(gap.join(("", *blocks)))
    return gap.join((shorten(host, max(1, room), "tail"), *blocks)), right


def _blocks(incident: Incident, parts: Parts, width: int) -> list[str]:
    nginx, evidence = incident.facts.nginx, incident.evidence
    version = f" {nginx.version}" if nginx.version and parts.version else ""
    age = f" {times.age(evidence.taken_at - nginx.since)}" if parts.age and nginx.since else ""
    state = f"up{age}" if nginx.running else "not running"
    several = f" 1 of {len(evidence.other_masters) + 1}" if evidence.other_masters else ""
    loaded = f"nginx would {nginx.trap}" if nginx.trap else "-t fails" if nginx.test == "failed" else _loaded(incident, width)
    user = "root" if evidence.euid == 0 else f"user {accounts(evidence).user(evidence.euid)}"
    gaps = len(incident.gaps) if evidence.euid else 0
    return [
        neutral(evidence.host),
        f"nginx{several}{version} {state}",
        loaded,
        *(["-t ok"] if parts.test and nginx.test == "ok" else []),
        *([user] if parts.user else []),
        *([f"{gaps} gap{'' if gaps == 1 else 's'}"] if parts.gaps and gaps else []),
    ]


def _loaded(incident: Incident, width: int) -> str:
    drift = incident.facts.drift
    if drift.state == "same":
        return "all loaded"
    if drift.state == "unknown":
        return "loaded? not seen"
    return how_much(drift, " on disk" if width >= WIDE else "")


def how_much(drift: Drift, on_disk: str = "") -> str:
    """How much on disk nginx does not run; where nothing is there that it could load, how much it runs that is gone."""
    gone = sum(file.state == "gone" for file in drift.files)
    if gone and gone == len(drift.changed):
        return f"{gone} file{'' if gone == 1 else 's'} gone, still running"
    count, what = (drift.lines, "line") if drift.exact and drift.lines else (len(drift.changed), "file")
    return f"{count} {what}{'' if count == 1 else 's'}{on_disk} {not_loaded(drift)}"


def not_loaded(drift: Drift) -> str:
    """What is said of files that differ: by their times alone nobody knows, a file may have been written anew with the same text."""
    return "not loaded" if drift.exact else "perhaps not loaded"
