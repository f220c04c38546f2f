"""The failed tries of error logs added up by symptom × peer × server, from where the outage began."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import LogTarget
from tui502.read.access_log import ANSWERED
from tui502.read.answers import Answer, by_step, logs_of, since
from tui502.read.counts import STEP, STEPS
from tui502.read.memo import Memo
from tui502.read.outages.spans import QUIET, recent
from tui502.read.outcomes import Key, Tries, peers_of
from tui502.read.symptoms import FAILING

NO_LIVE = "no_live_upstream"

EXPECTED = 10
"""So many failures would have been seen in a pause, had it failed on as before: then there was a pause."""

_STEPS = int(QUIET // STEP)


_known: Memo[dict[tuple[str, str], float]] = Memo()
"""When the outage of a peer of a server began, by the same logs."""


@dataclass
class Sum:
    """The tallies of one symptom × peer × server over phases and logs. `before`: there are failures of an earlier outage, which are not counted."""

    count: int = 0
    recent: int = 0
    first: float = 0.0
    last: float = 0.0
    samples: tuple[bytes, ...] = ()
    tallies: tuple[Tally, ...] = ()
    before: bool = False

    def tries(self) -> Tries:
        return Tries(self.count, self.first, self.tallies)


def sums(evidence: Evidence, logs: tuple[LogTarget, ...], told: tuple[Answer, ...]) -> dict[Key, Sum]:
    """What error logs tell of each outage; of several of the same peer, of the newest."""
    found: dict[Key, Sum] = {}
    for seen in logs_of(evidence, logs, "error"):
        for tally in seen.tallies:
            if tally.symptom in FAILING:
                _add(found.setdefault((tally.symptom, tally.peer, tally.server), Sum()), tally, evidence.taken_at)
    began = _known((told, *logs_of(evidence, logs, "error")), lambda: _all_began(found, told))
    return {key: _from(total, began[key[1:]]) for key, total in found.items()}


def _add(total: Sum, tally: Tally, now: float) -> None:
    total.count += tally.count
    total.recent += recent(tally, now)
    total.first = min(total.first or tally.first, tally.first)
    total.tallies = (*total.tallies, tally)
    newer = tally.last >= total.last
    total.samples = (*total.samples, *tally.samples) if newer else (*tally.samples, *total.samples)
    total.last = max(total.last, tally.last)


def _from(total: Sum, began: float) -> Sum:
    """What came since that moment; all, where the newest failures are older: they are those of the earlier outage."""
    if total.first >= began or total.last < began:
        return total
    count = sum(since(tally, began) for tally in total.tallies)
    first = min(tally.first if tally.first >= began else began for tally in total.tallies if tally.last >= began)
    return replace(total, count=count, first=first, before=True)


def since_it_began(tallies: Iterable[Tally], told: tuple[Answer, ...], peer: str, server: str, now: float) -> Sum:
    """Failures of which an access log tells, of one peer (or none) and server, added up."""
    total = Sum()
    for tally in tallies:
        _add(total, tally, now)
    return _from(total, _after_pause(total.tallies, _Well(told, peer, server)))


def _all_began(found: dict[Key, Sum], told: tuple[Answer, ...]) -> dict[tuple[str, str], float]:
    """The moment before which the failures of each peer of each server were those of another outage; 0 where there is none such."""
    own: dict[tuple[str, str], tuple[Tally, ...]] = {}
    none_live: dict[str, tuple[Tally, ...]] = {}
    for (symptom, peer, server), total in found.items():
        own[peer, server] = (*own.get((peer, server), ()), *(() if symptom == NO_LIVE else total.tallies))
        if symptom == NO_LIVE:
            none_live[server] = (*none_live.get(server, ()), *total.tallies)
    return {(peer, server): _after_pause((*tallies, *none_live.get(server, ())), _Well(told, peer, server)) for (peer, server), tallies in own.items()}


def _after_pause(own: tuple[Tally, ...], well: _Well) -> float:
    """When failures began again after the newest pause in which all was well, to ten seconds; 0 where there was none."""
    failed = Counter[int]()
    for tally in own:
        failed.update(dict(by_step(tally)))
    if not failed:
        return 0.0
    later = max(failed)
    for step in sorted(failed, reverse=True):
        if later - step > _STEPS and well.between(failed, step + 1, later):
            return later * STEP
        later = step
    begin = max(int(tally.last // STEP) for tally in own) - STEPS + 1
    older = min(tally.first for tally in own) < begin * STEP
    return later * STEP if older and later - begin >= _STEPS and well.between(failed, begin, later) else 0.0


@dataclass(frozen=True)
class _Well:
    """What access logs know of a peer of a server while it does not fail; read only when there is a pause."""

    told: tuple[Answer, ...]
    peer: str
    server: str

    @cached_property
    def _good(self) -> Counter[int] | None:
        return _good(self.told, self.peer, self.server)

    @cached_property
    def _all(self) -> Counter[int]:
        return _all(self.told, self.server)

    def between(self, failed: Counter[int], begin: int, end: int) -> bool:
        """Was all well in these steps? This peer answered all along; or, where access logs do not name it, requests went on, and as many failures as after
        that should have been among them (of few failures it is not known what share they are)."""
        good = self._good
        answered = [step for step in (self._all if good is None else good) if begin <= step < end]
        if not answered or max(answered) - min(answered) + 1 < _STEPS:
            return False
        if good is not None:
            return True
        after = sum(count for step, count in self._all.items() if end <= step <= max(failed))
        bad = sum(count for step, count in failed.items() if step >= end)
        share = min(1.0, max(0.0, bad - 2 * math.sqrt(bad)) / after) if after else 0.0
        return share * sum(self._all[step] for step in answered) >= EXPECTED


def _good(told: Iterable[Answer], peer: str, server: str) -> Counter[int] | None:
    """The good answers of that peer itself; None where no access log names it."""
    own = [each.tally for each in told if peer in peers_of(each.tally) and each.server in ("", server)]
    found = Counter[int]()
    for tally in own:
        if tally.phase == ANSWERED and tally.symptom < "400":
            found.update(dict(by_step(tally)))
    return found if own else None


def _all(told: tuple[Answer, ...], server: str) -> Counter[int]:
    """All requests of the server, where they are told apart, else of all."""
    own = [each for each in told if server and each.server == server] or told
    found = Counter[int]()
    for each in own:
        found.update(dict(by_step(each.tally)))
    return found
