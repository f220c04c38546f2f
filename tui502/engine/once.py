"""What is answered once: look, judge, record, tell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui502.model.changes import StagedChange
    from tui502.model.evidence import Evidence
    from tui502.model.findings import Incident

FIRST_VIEW = 45.0
"""Seconds after which a headless investigation speaks with what it has: as long as the slowest look may take, which is a page asked of a backend that nginx
found too slow. Every look has a deadline of its own, so it is seldom reached."""


def misfit(*, conf: str = "", nginx: str = "", pid: int = 0) -> str:
    """Why these name no nginx of this host, in words, with the masters that run; '' where they do."""
    from tui502.collect import misfit as asked

    return asked.misfit(conf, nginx, pid)


def judged(evidence: Evidence, before: Incident | None = None) -> Incident:
    from tui502.collect.garbage import not_searched
    from tui502.investigate import investigate

    with not_searched():
        return investigate(evidence, before)


def gather(*, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True, url: str = "") -> Evidence:
    """Look at this host once, until nothing more is wanted or time is up. Where no nginx is named, it is the one that takes the request."""
    from tui502.collect.collector import Collector
    from tui502.collect.listening import master_of
    from tui502.read.plan import plan

    pid = pid or (0 if conf or nginx else master_of(url))
    return Collector(conf=conf, nginx=nginx, pid=pid, probing=probing, url=url).gather(plan, FIRST_VIEW)


def diagnose(*, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True, url: str = "") -> tuple[Incident, float]:
    """The investigation and the seconds it took."""
    started = time.monotonic()
    incident = judged(gather(conf=conf, nginx=nginx, pid=pid, probing=probing, url=url))
    return incident, time.monotonic() - started


def record(path: str, *, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True) -> None:
    """Look once and write a recording. Raises OSError when the file cannot be made."""
    from tui502.collect.recording import save

    save(path, gather(conf=conf, nginx=nginx, pid=pid, probing=probing))


def report_text(evidence: Evidence, *, live: bool) -> str:
    """The incident as Markdown; with the receipts of this host when it is this host."""
    from tui502.apply import history
    from tui502.report import as_markdown

    return as_markdown.report(judged(evidence), history.receipts() if live else ())


def history_text() -> str:
    from tui502.apply import history

    return history.text()


def diff_text(change: StagedChange) -> str:
    """The staged files as one unified diff; of a mere reload, what it loads."""
    from tui502.fix.diff import of_change

    return "".join((*map(of_change, change.files), *(fix.diff for fix in change.fixes if fix.shows_all)))
