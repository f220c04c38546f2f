"""The looks at logs: where nginx writes to, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence, Gap, Look
from tui502.model.facts import Facts
from tui502.read import access_log, keys, log_places

LOGS_EVERY = 1.0
"""Seconds between two tellings of what a log says."""

PLACES_EVERY = 15.0
"""Seconds between two looks at where logs lead: what a process has open costs a few hundred reads."""


def looks(evidence: Evidence, facts: Facts, pid: int) -> Iterator[Look]:
    """All of them; `pid` is that of the master, 0 where none runs."""
    if pid:
        yield Look("open_files", "open_files", tuple(map(str, (pid, *facts.nginx.workers[:1]))), pid, 3.0, PLACES_EVERY, "where does nginx write to")
    yield from _logs(evidence, facts, pid)
    for path in log_places.wanted_paths(evidence, facts.logs):
        yield Look(keys.path_key(path), "path", (path,), pid, 2.0, PLACES_EVERY, "where does a log lead")
    files, dirs = log_places.wanted(evidence, facts.nginx, facts.logs)
    for path in files:
        yield Look(path, "file", (path,), 0, 3.0, PLACES_EVERY, "where does the syslog daemon write to")
    for path in dirs:
        yield Look(path, "dir", (path,), 0, 3.0, PLACES_EVERY, "which logs are there")


def _logs(evidence: Evidence, facts: Facts, pid: int) -> Iterator[Look]:
    for target in facts.logs:
        places = log_places.places(evidence, facts.nginx, target, facts.logs)
        if places and not isinstance(places, Gap):
            kind: keys.LogKind = "log" if target.kind == "error" else "access_log"
            forms = access_log.forms(facts.config, facts.loaded, facts.logs, target)
            yield Look(target.key, kind, places, pid, 5.0, LOGS_EVERY, "what was logged", forms)
