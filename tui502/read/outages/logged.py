"""Outages of which error logs tell."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.evidence import Evidence
from tui502.model.facts import Onset, Outage, PeerState, Request
from tui502.read import keys
from tui502.read.answers import Answer
from tui502.read.counts import STEP
from tui502.read.hosted import status_of
from tui502.read.outages.going import goes_on, replayed
from tui502.read.outages.places import Place
from tui502.read.outages.shares import shares
from tui502.read.outages.spans import WINDOW
from tui502.read.outages.sums import Sum
from tui502.read.outcomes import Key, Outcomes


def logged(
    evidence: Evidence, states: Mapping[str, PeerState], told: tuple[Answer, ...], key: Key, total: Sum, placed: Place, came_to: Outcomes, began: Onset | None,
) -> Outage:  # fmt: skip
    """The outage of these failed tries."""
    symptom, peer, server = key
    request = _asked_again(evidence, placed.requests)
    share, peak = shares(evidence, told, server, total.first)
    return Outage(
        key=keys.outage_key(symptom, peer, server),
        target=placed.target,
        symptoms=(symptom,),
        client_visible=came_to.failed,
        rate=rate(evidence, total.recent, total.first),
        share=share,
        first=total.first,
        last=total.last,
        now=goes_on(evidence, symptom, total.last, request, states.get(placed.address), placed.running),
        request=request,
        replay=replayed(evidence, request)[1],
        peak=peak,
        saved=came_to.saved,
        onset=began,
    )


def rate(evidence: Evidence, recent: int, first: float) -> float:
    """So many failures of late, a minute."""
    since_first = (evidence.taken_at - first) // STEP * STEP
    return recent * 60 / min(WINDOW, max(30.0, since_first))


def _asked_again(evidence: Evidence, failed: tuple[Request, ...]) -> Request | None:
    """The one of these requests that stands for all: the newest, but one that is known to fail when it is replayed is kept as long as the log has it among
    its newest and oldest records. Else each new failure would be replayed too, on a host that has enough to do."""
    for request in failed:
        seen = evidence.exchanges.get(keys.replay_key(request))
        if seen is not None and (seen.value is None or (status_of(seen.value) or 500) >= 500):
            return request
    return failed[0] if failed else None
