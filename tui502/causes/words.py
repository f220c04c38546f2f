"""The sentences of findings: one, whole, at most 110 characters; the terms of nginx and of the service managers."""

from __future__ import annotations

import re

from tui502.model.config import Where
from tui502.model.evidence import Evidence
from tui502.model.facts import Outage, Unit
from tui502.read import times
from tui502.text import neutral, shorten

LONGEST = 110
_PATH = re.compile(r"(/[^/\s]+)((?:/[^/\s]+)+)(/[^/\s]+)")
_BRACKETS = re.compile(r" \([^()]*\)")


def sentence(outage: Outage, fact: str, *, partly: bool = False, whole: bool = False) -> str:
    """`fact` with the site and how it fails before it. `partly`: other peers of the group still answer; `whole`: its front page fails too."""
    site = outage.target.server or outage.target.listen or "nginx"
    if partly and outage.saved and not outage.client_visible:
        return fitted(f"{site} is degraded: {fact}")
    if partly:
        middle = f"fails {outage.rate:.0f} times a minute:" if outage.client_visible and outage.rate >= 1 else "fails:"
    elif whole or outage.target.location in ("/", ""):
        middle = "is down:"
    else:
        middle = f"fails on {outage.target.location}:"
    return fitted(f"{site} {middle} {fact}", f"{site} fails: {fact}")


def fitted(*versions: str) -> str:
    """The first version that is short enough; else paths lose their middle, then brackets go, then the tail is cut."""
    for text in versions:
        if len(text) <= LONGEST:
            return text
    text = _PATH.sub(r"\1/…\3", versions[-1])
    while len(text) > LONGEST and _BRACKETS.search(text):
        text = _BRACKETS.sub("", text)
    return shorten(text, LONGEST)


def who(process: str, unit: str) -> str:
    """ "node (app.service)", and less where less is known."""
    name = process or "a process"
    return f"{name} ({neutral(unit)})" if unit else name


def since(evidence: Evidence, at: float) -> str:
    """ " since 03:02:09", '' when the time is not known."""
    return f" since {clock(evidence, at)}" if at else ""


def unit_since(evidence: Evidence, unit: Unit) -> str:
    """The same of a service; supervisord tells only the minute in which one stopped."""
    if unit.manager == "supervisord" and not unit.main_pid:
        return since(evidence, unit.since).removesuffix(":00")
    return since(evidence, unit.since)


def clock(evidence: Evidence, at: float) -> str:
    return times.clock(at, evidence.taken_at, evidence.utc_offset)


def place(where: Where) -> str:
    return f"{neutral(where.file)}:{where.line}"


def state(unit: Unit) -> str:
    """The state of a service as its manager shows it: "inactive (dead)", "STOPPED"."""
    return f"{unit.state} ({unit.sub})" if unit.sub else unit.state
