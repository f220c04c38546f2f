"""Lines of the configuration that nginx does not run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tui502.read.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui502.model.findings import Incident

_gone: Memo[frozenset[str]] = Memo()


def text(incident: Incident | None, path: str) -> bytes | None:
    """The text of a file: that on disk, else what nginx still runs of one that is gone; None where neither was read."""
    if incident is None:
        return None
    return _running(incident)[path] if gone(incident, path) else incident.facts.config.files.get(path)


def gone(incident: Incident | None, path: str) -> bool:
    """Whether nginx runs a file that no include on disk leads to any more, and its text was read."""
    if incident is None:
        return False
    drift = incident.facts.drift
    return path in _gone((drift,), lambda: frozenset(file.path for file in drift.files if file.state == "gone")) and path in _running(incident)


def _running(incident: Incident) -> Mapping[str, bytes]:
    """The text that nginx runs by file, where that is known exactly and is not what is on disk."""
    drift = incident.facts.drift
    return (incident.evidence.running.value or {}) if drift.state == "differs" and drift.exact else {}


def lines(incident: Incident | None, path: str) -> frozenset[int]:
    """Lines of a file (from 1) that nginx does not run, where that is known exactly; of a file that is gone all, nginx runs them only."""
    running = _running(incident) if incident is not None else {}
    if incident is None or path not in incident.facts.drift.changed or not running:
        return frozenset()
    if gone(incident, path):
        return frozenset(range(1, running[path].count(b"\n") + 2))
    return not_loaded(running.get(path, b""), incident.facts.config.files.get(path, b""))


def following(incident: Incident | None, here: str, line: int) -> tuple[str, int] | str:
    """The next line that is not loaded, in this file or the next changed one, the first line of one that is gone; else why there is none."""
    if incident is None or incident.facts.drift.state == "unknown":
        return "not seen whether nginx runs what is on disk"
    drift = incident.facts.drift
    if drift.state == "same":
        return "nginx runs what is on disk"
    if not drift.exact:
        return f"not known to the line, only by times: {', '.join(drift.changed)}"
    files = [path for path in drift.changed if text(incident, path) is not None]
    at = files.index(here) if here in files else -1
    later = [each for each in lines(incident, here) if each > line and not gone(incident, here)]
    if later:
        return here, min(later)
    for path in (*files[at + 1 :], *files[: at + 1]):
        found = lines(incident, path)
        if found:
            return path, min(found)
    return "what is not loaded is in no line that was read"


@lru_cache(maxsize=16)
def not_loaded(running: bytes, disk: bytes) -> frozenset[int]:
    """Lines on disk (from 1) that nginx does not run: added or changed ones, and the line behind removed ones."""
    from tui502.read.lines import opcodes

    found: set[int] = set()
    for tag, _, _, start, end in opcodes(running.split(b"\n"), disk.split(b"\n")):
        if tag != "equal":
            found.update(range(start + 1, max(end, start + 1) + 1))
    return frozenset(found)
