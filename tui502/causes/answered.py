"""How a request that failed is answered now: an outage is over only when it gets a good answer, or the one it had before."""

from __future__ import annotations

from tui502.model.evidence import Evidence, Tally
from tui502.model.facts import Facts, Outage
from tui502.read import access_log, answers, keys, requests
from tui502.read.hosted import BROKEN, good

FRESH = 12 * 3600.0
"""An outage that ended longer ago is history."""

SMALL, SMALL_FRESH = 3, 3600.0
"""An outage of fewer failures is news for this long only."""


def is_news(evidence: Evidence, outage: Outage) -> bool:
    """Is an outage that is over worth a word still?"""
    age = evidence.taken_at - outage.last
    return age <= FRESH and outage.client_visible > 0 and (outage.client_visible >= SMALL or age <= SMALL_FRESH)


def is_newer(evidence: Evidence, outage: Outage) -> bool:
    """Was its request replayed since the last failure?"""
    seen = evidence.exchanges.get(keys.replay_key(outage.request)) if outage.request else None
    return outage.replay is not None and seen is not None and seen.at >= outage.last


def badly(evidence: Evidence, facts: Facts, outage: Outage) -> bool:
    """Does its request get an answer now which is neither good nor the one that it had before it failed?"""
    if not is_newer(evidence, outage) or good(outage.replay):
        return False
    return not any(_had(tally, outage) for seen in answers.logs_of(evidence, facts.logs, "access") for tally in seen.tallies)


def _had(tally: Tally, outage: Outage) -> bool:
    """Does a tally of an access log hold that request with the status that it gets now, from before the outage?"""
    if tally.symptom != str(outage.replay) or outage.request is None:
        return False
    return any(requests.is_about(line, outage.request) and (access_log.moment(line) or outage.first) < outage.first for line in tally.samples)


def is_unsettled(evidence: Evidence, facts: Facts) -> bool:
    """Is there an outage that is over of which nobody may say that all is well? Of one that is history only the answer of a broken application counts."""
    over = (outage for outage in facts.outages if not outage.now and (is_news(evidence, outage) or (outage.replay or 0) >= BROKEN))
    return any(badly(evidence, facts, outage) for outage in over)
