"""What a configuration says: the way of a request, the whole of it with its layout. Nothing is sent, no log is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.engine.once import FIRST_VIEW

if TYPE_CHECKING:
    from tui502.model.evidence import Evidence
    from tui502.model.facts import Facts
    from tui502.read.asked_url import AskedUrl
    from tui502.read.way_asked import WayAsked

MOST_LOOKS = 12
"""Rounds of looks at files that a way may need: each jump can ask for more."""


def configured(*, conf: str = "", nginx: str = "", pid: int = 0) -> tuple[Evidence, Facts]:
    """Which nginx there is and how it is configured."""
    from tui502.collect.collector import Collector
    from tui502.read.facts import read_facts
    from tui502.read.plan import of_configuration

    evidence = Collector(conf=conf, nginx=nginx, pid=pid, probing=False).gather(of_configuration, FIRST_VIEW)
    return evidence, read_facts(evidence)


def route(url: AskedUrl, *, address: str = "", host: str = "", conf: str = "", nginx: str = "", pid: int = 0) -> tuple[Facts, WayAsked]:
    """The way of a request on this host, with a look at the files that decide it."""
    from tui502.collect.refresh import with_paths
    from tui502.read.way_asked import wanted, way_asked

    evidence, facts = configured(conf=conf, nginx=nginx, pid=pid)
    found = way_asked(evidence, facts, url, address, host)
    for _ in range(MOST_LOOKS):
        paths = wanted(found.way)
        if not paths:
            break
        evidence = with_paths(evidence, paths)
        again = way_asked(evidence, facts, url, address, host)
        if again == found:
            break
        found = again
    return facts, found
