"""One page that nginx gave up waiting for: what it needs, what nginx grants it, whether the rest of its backend is at hand; and the longer time-out."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from tui502.causes import mending, struck
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence, Exchange
from tui502.model.facts import Facts, Onset
from tui502.model.findings import Edit, Fix
from tui502.read import addresses, asking
from tui502.read.exchanges import protocol
from tui502.read.families import PREFIXES
from tui502.read.hosted import status_of
from tui502.read.setting import Setting, setting
from tui502.read.values import seconds
from tui502.text import neutral

FAST = 0.5
"""The part of nginx's patience within which another page must answer to count as fast."""

FASTER = 1 / 3
"""The part of what the slow page needs within which another page must answer to tell them apart."""

LADDER = (10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
"""Seconds that one writes for a time-out."""

USUAL = 60
"""Seconds that nginx waits where nothing is set: what a page is given whose own need cannot be measured."""


@dataclass(frozen=True)
class Waiting:
    """`direct` is the answer to the page asked as nginx asks it, `page` that of another page (None: not asked), `queue` connections that wait to be accepted
    (None: its socket is not seen), `onset` how the time-outs began."""

    found: Struck
    grants: Setting
    direct: Exchange | None
    page: Exchange | None
    queue: int | None
    onset: Onset | None

    @property
    def seconds(self) -> float:
        """How long nginx waits."""
        return seconds(self.grants.value)

    @property
    def name(self) -> str:
        """The directive that says so."""
        return f"{PREFIXES[self.found.route.family]}_read_timeout"

    @property
    def asked(self) -> str:
        """The page in words: "GET /report"."""
        return struck.request_words(self.found)

    def took_longer(self) -> bool:
        """Did the answer come, good and later than nginx would have waited?"""
        if self.direct is None or self.direct.end != "answered" or self.direct.first_byte is None or not protocol.as_asked(self.direct):
            return False
        status = status_of(self.direct)
        return self.direct.first_byte > self.seconds and (status is None or status < 500)

    def gave_nothing(self) -> float:
        """Seconds that were waited in vain for an answer, longer than nginx does; 0 where it was not so."""
        direct = self.direct
        waited = (direct.ended or 0.0) if direct and direct.end == "timeout" and direct.connected is not None and not direct.received else 0.0
        return waited if waited > self.seconds else 0.0

    def others_fast(self) -> bool:
        """Did another page answer well within nginx's patience?"""
        return self._other_page() < self.seconds * FAST

    def others_faster(self) -> bool:
        """Did another page answer in time, and in a fraction of the time that this one takes? Our own questions can make it wait behind a slow one."""
        direct = self.direct.first_byte if self.direct and self.direct.first_byte else 0.0
        return self._other_page() < min(self.seconds, direct * FASTER)

    def _other_page(self) -> float:
        """Seconds until another page answered, without end where it did not."""
        page = self.page
        return page.first_byte if page is not None and page.end == "answered" and page.first_byte is not None else inf


def waiting(evidence: Evidence, facts: Facts, found: Struck) -> Waiting:
    look = asking.other_page(facts, found.dead.state.peer, found.route)
    grants = setting(facts.config, found.route.where, found.route.family, "read_timeout", facts.nginx.version)
    return Waiting(found, grants, found.direct(), found.answer(look.key) if look else None, _queue(evidence, found), found.dead.worst.onset)


def _queue(evidence: Evidence, found: Struck) -> int | None:
    listeners = evidence.listeners.value or ()
    return max((item.queue for item in listeners for alias in found.dead.aliases if addresses.answers(item, alias)), default=None)


def longer(facts: Facts, one: Waiting, cause: str, why: str, risk: str, needs: float | None) -> Fix:
    """The longer time-out in the location of the page: twice what it `needs`, nginx's own default where that was not measured. Advice where neither will do,
    and as long as the page itself was not asked."""
    least = 2 * needs if needs is not None else max(one.gave_nothing(), USUAL - 1)
    steps = LADDER if needs is not None else (USUAL,)
    value = next((step for step in steps if step >= least and step > one.seconds), 0)
    repair = Repair(
        cause=cause,
        title=f"{one.name} {value}s in location {neutral(one.found.route.location)}" if value else f"make {one.asked} faster",
        why=why,
        risk=risk,
        peer=one.found.dead.state.peer,
        advice=f"raise {one.name} where that page is passed on" if value else "",
        waits=float(value),
    )
    return mending.fix(facts, repair, _edits(facts, one, f"{value}s") if value and one.direct else ())


def _edits(facts: Facts, one: Waiting, value: str) -> tuple[Edit, ...]:
    try:
        return mending.settings(facts, one.found.route, {one.name: value})
    except EditRefused:
        return ()
