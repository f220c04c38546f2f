"""What failed of late, as it was counted: failed tries of the error logs, and answers of the access logs, in one window whose length is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import LogTarget
from tui502.read import access_log, answers
from tui502.read.counts import STEP
from tui502.read.keys import outage_key, outage_peer
from tui502.read.symptoms import FAILING


@dataclass(frozen=True, slots=True)
class Counted:
    """`tries` that failed per outage key within `window` seconds up to the look; of `requests` in that time `bad` were answered 502 or 504 (None where no
    access log was read). `window` is 0 where no log tells anything."""

    window: float
    tries: Mapping[str, int]
    requests: int | None
    bad: int | None


def counted(evidence: Evidence, logs: Iterable[LogTarget], seconds: float) -> Counted:
    """The count of the last `seconds`, fewer where the logs that were read begin later."""
    logs = tuple(logs)
    failed = [tally for tally in _tallies(evidence, logs, "error") if tally.first]
    answered = [tally for tally in _tallies(evidence, logs, "access") if tally.first]
    begun = [min(tally.first for tally in kind) for kind in (failed, answered) if kind]
    if not begun:
        return Counted(0.0, {}, None, None)
    begin = max(math.ceil((evidence.taken_at - seconds) / STEP) * STEP, *(first // STEP * STEP for first in begun))
    tries: dict[str, int] = {}
    for tally in failed:
        key, count = outage_key(tally.symptom, tally.peer, tally.server), answers.since(tally, begin)
        if tally.symptom in FAILING and count:
            tries[key] = tries.get(key, 0) + count
    requests = sum(answers.since(tally, begin) for tally in answered) if answered else None
    bad = sum(answers.since(tally, begin) for tally in answered if tally.symptom in access_log.GATEWAY) if answered else None
    return Counted(max(0.0, evidence.taken_at - begin), tries, requests, bad)


def visible(tries: Mapping[str, int], bad: int | None, shared: Iterable[str]) -> dict[str, int]:
    """How many of these failed tries reached a client. Those at a peer for which others of its group may answer (`shared`) do so only as far as more clients
    than the other tries account for were answered badly; where no access log tells (`bad` None), tries are all that is known."""
    peers = frozenset(shared)
    alone = sum(count for key, count in tries.items() if outage_peer(key) not in peers)
    left = None if bad is None else max(0, bad - alone)
    return {key: count if left is None or outage_peer(key) not in peers else min(count, left) for key, count in tries.items()}


def _tallies(evidence: Evidence, logs: tuple[LogTarget, ...], kind: str) -> Iterator[Tally]:
    return (tally for seen in answers.logs_of(evidence, logs, kind) for tally in seen.tallies)
