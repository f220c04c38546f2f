"""What somebody else did to nginx while a change of ours was at work: then nothing is touched any more."""

from __future__ import annotations

from collections.abc import Iterable

from tui502.apply.journal import Event
from tui502.host.processes import runs
from tui502.host.workers import Worker, workers
from tui502.model.changes import StagedChange

Ids = frozenset[tuple[int, int]]
"""Workers by what names them for ever: pid and start."""


def present(change: StagedChange) -> frozenset[Worker]:
    """The workers of the nginx that is changed; none where it does not run."""
    return workers(change.view.pid) if change.view else frozenset()


def ids(found: Iterable[Worker], *, leaving: bool = False) -> Ids:
    """Those of the workers that serve (`leaving`: that end)."""
    return frozenset((worker.pid, worker.started) for worker in found if worker.leaving == leaving)


def interference(change: StagedChange, since: Ids, now: frozenset[Worker]) -> str:
    """What somebody else did to nginx, in words, or ''. `since` are the workers that served before. One that was replaced after a crash is no reload:
    its siblings stay; and one that crashed was never told to leave."""
    if not change.reload and not change.files:
        return ""
    view, serving = change.view, ids(now)
    if view and not runs(view.pid, view.started):
        return f"nginx master {view.pid} is gone: nginx was stopped or restarted meanwhile"
    if not change.reload:
        return ""
    if serving and since and not serving & since:
        return "nginx was reloaded by somebody else meanwhile"
    if not serving and since & ids(now, leaving=True):
        return "nginx was told to stop by somebody else meanwhile"
    return ""


def written(found: Ids) -> str:
    """Workers as they stand in the journal."""
    return " ".join(f"{pid}:{started}" for pid, started in sorted(found))


def remembered(seen: tuple[Event, ...]) -> Ids:
    """The workers that took over, as the journal has them; none where it does not say, or where our putting back may have brought others."""
    if any(event.what == "putting_back" for event in seen):
        return frozenset()
    words = next((event.text for event in reversed(seen) if event.what == "applied"), "").split()
    pairs = (word.partition(":") for word in words)
    return frozenset((int(pid), int(started)) for pid, _, started in pairs if pid.isdigit() and started.isdigit())
