"""The log pane where there is no record: why, what that costs, and what closes the gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.log_names import error_logs
from tui502.ui.render.spans import Row, labelled, row

if TYPE_CHECKING:
    from tui502.model.evidence import Gap
    from tui502.model.findings import Incident

_COSTS = {"error": "no counts, no first failure, no request to replay", "access": "what clients got is not known"}


def rows(incident: Incident | None, path: str, gap: Gap | None, notes: Sequence[str], width: int) -> list[Row]:
    """Of the log at `path` ('' where none is followed), what happened to it, and of all logs what cannot be read."""
    others = list(_others(incident, path))
    if gap is not None and (path in error_logs(incident) or not others):
        found = _gap(neutral(path), gap, "error", width)
    elif path and gap is None:
        found = [row(f" the log is empty: {neutral(path)}")]
    else:
        found = [] if path else [row(" no error log is followed")]
    found += [line for note in notes for line in labelled("", neutral(note), width, 3)]
    for kind, other in others:
        found += _gap(neutral(other.source), other, kind, width)
    return found


def _gap(name: str, gap: Gap, kind: str, width: int) -> list[Row]:
    """A gap that is named by a path says why in a word; others say it in their names."""
    lines = labelled("", f"{name}  {neutral(gap.why)}" if name.startswith("/") else name, width - 3, 1)
    found = [row(" ", ("?", "unknown"), *line) if not n else row("  ", *line) for n, line in enumerate(lines)]
    found += labelled("   without it", _COSTS[kind], width, 15)
    return found + (labelled("   closes it", neutral(gap.hint), width, 15) if gap.hint else [])


def _others(incident: Incident | None, path: str) -> Iterator[tuple[str, Gap]]:
    """What cannot be read of the other logs, or says nothing of upstreams by its level; error logs first."""
    from tui502.read import log_places

    if incident is None:
        return
    for kind in ("error", "access"):
        targets = [target for target in incident.facts.logs if target.kind == kind]
        for gap in dict.fromkeys(log_places.gaps(incident.evidence, incident.facts.nginx, targets)):
            yield kind, gap
        for key in dict.fromkeys(target.key for target in targets if target.path != path):
            seen = incident.evidence.logs.get(key)
            if seen and seen.gap:
                yield kind, seen.gap
