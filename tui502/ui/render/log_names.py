"""What logs are called where there is little room, and where one is read that is no file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tui502.text import neutral

if TYPE_CHECKING:
    from tui502.model.findings import Incident

_TAG = re.compile(r"[:,]tag=([^,]+)")


def error_logs(incident: Incident | None) -> tuple[str, ...]:
    """The error logs of the configuration, by the names that it gives them."""
    return tuple(dict.fromkeys(target.path for target in incident.facts.logs if target.kind == "error")) if incident else ()


def names(paths: Iterable[str]) -> Mapping[str, str]:
    """The shortest name of each log by which it is told from the others."""
    files = [path for path in paths if path.startswith("/")]
    return {path: _tail(path, files) if path.startswith("/") else short(path) for path in paths}


def short(path: str) -> str:
    """The name of a file, "syslog" with its tag, or what the configuration says ("stderr")."""
    if path.startswith("syslog:"):
        tag = _TAG.search(path)
        return neutral(f"syslog {tag[1]}" if tag else "syslog")
    return neutral(path.rsplit("/", 1)[-1] if path.startswith("/") else path)


def shortened(note: str, names: Mapping[str, str]) -> str:
    """What happened to one of several logs, with its short name."""
    path = next((path for path in names if note.startswith(f"{path}: ")), "")
    return f"{names[path]}: {note.removeprefix(f'{path}: ')}" if path else note


def place(incident: Incident | None, path: str) -> str:
    """Where a log is read that is no file of its own name, '' for one that is."""
    seen = incident.evidence.logs.get(path) if incident else None
    return neutral(seen.value.place) if seen and seen.value else ""


def _tail(path: str, files: list[str]) -> str:
    parts = path.split("/")
    for n in range(1, len(parts)):
        tail = "/".join(parts[-n:])
        if not any(other != path and other.endswith(f"/{tail}") for other in files):
            return neutral(tail)
    return neutral(path)
