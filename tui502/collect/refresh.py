"""The configuration read once more, right before something is staged on it: on disk, and as the master holds it."""

from __future__ import annotations

import dataclasses
import time

from tui502.collect.carry_out import carry_out
from tui502.model.evidence import Evidence, Look

DEADLINE = 3.0


def configuration_now(evidence: Evidence) -> Evidence:
    """`evidence` with every file, directory and the running text as they are at this moment. What is the same stays the same object."""
    view = evidence.view.value
    pid = view.pid if view else 0
    files, dirs = dict(evidence.files), dict(evidence.dirs)
    for path, was in evidence.files.items():
        now = carry_out(Look(path, "file", (path,), pid, DEADLINE, None, "staging"), view)
        files[path] = was if (now.value, now.gap) == (was.value, was.gap) else now
    for path, listed in evidence.dirs.items():
        names = carry_out(Look(path, "dir", (path,), pid, DEADLINE, None, "staging"), view)
        dirs[path] = listed if (names.value, names.gap) == (listed.value, listed.gap) else names
    running = carry_out(Look("running", "running", (), pid, DEADLINE, None, "staging"), view) if view else evidence.running
    return dataclasses.replace(evidence, taken_at=time.time(), files=files, dirs=dirs, running=running)
