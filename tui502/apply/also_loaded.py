"""What a reload would load besides a change."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.changes import FileChange
from tui502.model.findings import Incident
from tui502.read.lines import unified
from tui502.text import neutral

MOST_LINES = 12


def also_loaded(incident: Incident, files: tuple[FileChange, ...]) -> Mapping[str, str]:
    """Path → how its text on disk differs from what nginx runs. A file that the change takes away is not loaded."""
    drift, running = incident.facts.drift, incident.evidence.running.value
    if drift.state == "unknown":
        return {incident.facts.nginx.conf: f"whether nginx runs what is on disk is not known: {neutral(drift.why)}"}
    found = {file.path: neutral(file.why) for file in drift.files if file.state == "unknown"}
    for path in drift.changed:
        disk = incident.facts.config.files.get(path)
        found[path] = _difference(path, running.get(path), disk) if drift.exact and running is not None else "changed since nginx loaded it, by its times"
    gone = {file.path for file in files if file.after is None}
    return {path: text for path, text in found.items() if path not in gone}


def _difference(path: str, running: bytes | None, disk: bytes | None) -> str:
    if running is None:
        return "a file that nginx has not loaded"
    if disk is None:
        return "a file that nginx runs and that is no longer read"
    lines = [line for line in unified(path, running, disk).split("\n") if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]
    return "\n".join(map(neutral, lines[:MOST_LINES])) + ("\n…" if len(lines) > MOST_LINES else "")
