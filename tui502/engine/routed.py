"""What a configuration says: the way of a request, the whole of it with its layout. No request is sent, no log is read."""

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


def configured(*, conf: str = "", nginx: str = "", pid: int = 0, tested: bool = True) -> tuple[Evidence, Facts]:
    """Which nginx there is, how it is configured and, if `tested`, whether it accepts that; peers and failures are not among the facts."""
    from tui502.collect.collector import Collector
    from tui502.read.facts import read_configured
    from tui502.read.plan import of_configuration, of_tested

    evidence = Collector(conf=conf, nginx=nginx, pid=pid, probing=tested).gather(of_tested if tested else of_configuration, FIRST_VIEW)
    return evidence, read_configured(evidence)


def route(url: AskedUrl, *, address: str = "", host: str = "", conf: str = "", nginx: str = "", pid: int = 0) -> tuple[Evidence, Facts, WayAsked]:
    """The way of a request on this host, with a look at the files that decide it. Where no nginx is named, it is the one that takes the request."""
    from tui502.collect.listening import master_of
    from tui502.collect.refresh import with_paths
    from tui502.read.way_asked import wanted, way_asked

    pid = pid or (0 if conf or nginx else master_of(url.text))
    evidence, facts = configured(conf=conf, nginx=nginx, pid=pid, tested=False)
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
    return evidence, facts, found
