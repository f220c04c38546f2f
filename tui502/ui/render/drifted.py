"""Lines of the configuration that nginx does not run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui502.model.findings import Incident


def lines(incident: Incident | None, path: str) -> frozenset[int]:
    """Lines of a file (from 1) that nginx does not run, where that is known exactly."""
    if incident is None or incident.facts.drift.state != "differs" or not incident.facts.drift.exact or path not in incident.facts.drift.changed:
        return frozenset()
    running = incident.evidence.running.value or {}
    return not_loaded(running.get(path, b""), incident.facts.config.files.get(path, b""))


def following(incident: Incident | None, here: str, line: int) -> tuple[str, int] | str:
    """The next line that is not loaded, in this file or the next changed one; else why there is none."""
    if incident is None or incident.facts.drift.state == "unknown":
        return "not seen whether nginx runs what is on disk"
    drift = incident.facts.drift
    if drift.state == "same":
        return "nginx runs what is on disk"
    if not drift.exact:
        return f"not known to the line, only by times: {', '.join(drift.changed)}"
    files = [path for path in drift.changed if path in incident.facts.config.files]
    at = files.index(here) if here in files else -1
    later = [each for each in lines(incident, here) if each > line]
    if later:
        return here, min(later)
    for path in (*files[at + 1 :], *files[: at + 1]):
        found = lines(incident, path)
        if found:
            return path, min(found)
    return "what is not loaded is in no line on disk: a file is gone"


@lru_cache(maxsize=16)
def not_loaded(running: bytes, disk: bytes) -> frozenset[int]:
    """Lines on disk (from 1) that nginx does not run: added or changed ones, and the line behind removed ones."""
    from tui502.read.lines import opcodes

    found: set[int] = set()
    for tag, _, _, start, end in opcodes(running.split(b"\n"), disk.split(b"\n")):
        if tag != "equal":
            found.update(range(start + 1, max(end, start + 1) + 1))
    return frozenset(found)
