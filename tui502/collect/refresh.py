"""The configuration read once more, right before something is staged on it: on disk, and as the master holds it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable

from tui502.collect.carry_out import carry_out
from tui502.model.evidence import Evidence, Look
from tui502.read import keys

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


def with_paths(evidence: Evidence, paths: Iterable[str]) -> Evidence:
    """`evidence` with what lies at these paths, as nginx sees them."""
    view = evidence.view.value
    looks = (Look(keys.path_key(path), "path", (path,), view.pid if view else 0, DEADLINE, None, "is there a file") for path in paths)
    return dataclasses.replace(evidence, paths={**evidence.paths, **{look.key: carry_out(look, view) for look in looks}})
