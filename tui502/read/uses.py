"""What single processes use, in the words of the health tree."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.evidence import Evidence, ProcessSeen

NEAR = 0.8
"""The part of its limit from which on the open files of a process are worth a word."""


def uses(evidence: Evidence) -> Mapping[int, str]:
    """Pid → words, for processes that were looked at and use something worth telling."""
    found = {seen.value.pid: words(seen.value) for seen in evidence.details.values() if seen.value}
    return {pid: text for pid, text in found.items() if text}


def words(process: ProcessSeen) -> str:
    """In coarse figures: what is shown must not change while nothing does."""
    percent = float(f"{process.cpu * 100:.1g}")
    parts = [f"cpu {percent:.0f} %"] if percent >= 1 else []
    if process.open_files is not None and process.most_open and process.open_files >= NEAR * process.most_open:
        parts.append(f"{process.open_files} of {process.most_open} files open")
    return ", ".join(parts)
