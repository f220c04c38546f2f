"""The failing request sent again, and what came back as a status."""

from __future__ import annotations

import re

from tui502.apply.decide import REPLAYS_BEFORE, good
from tui502.collect.exchange import exchanges
from tui502.collect.replay import replay
from tui502.model.changes import StagedChange
from tui502.model.evidence import Exchange, Look, Seen
from tui502.model.facts import Request

DEADLINE = 10.0
"""Seconds for one replay."""

MOST_BEFORE = 9
"""Replays before the change when the first ones went well: an intermittent failure may show."""

CONNECT_DEADLINE = 2.0
MOST_CONNECTS = 32

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")


def replayable(request: Request | None) -> bool:
    """Whether a request may be sent unasked: GET or HEAD without a query string."""
    return request is not None and request.method in ("GET", "HEAD") and "?" not in request.uri


def status_once(request: Request, change: StagedChange) -> int:
    """The status of one replay on a connection of its own; 0 for no answer."""
    try:
        seen = replay(f"{request.address}:{request.port}", request.scheme, request.method, request.host, request.uri, DEADLINE, change.view)
    except (OSError, ValueError):
        return 0
    return status(seen)


def status(seen: Exchange) -> int:
    found = _STATUS.match(seen.received)
    return int(found[1]) if found else 0


def before(change: StagedChange) -> tuple[int, ...]:
    """The statuses of the replays before anything is written: three, more while none of them failed."""
    request = change.baseline.request
    if request is None or not replayable(request):
        return ()
    found: list[int] = []
    while len(found) < REPLAYS_BEFORE or (all(map(good, found)) and len(found) < MOST_BEFORE and not change.undoes):
        found.append(status_once(request, change))
    return tuple(found)


def peer_answers(change: StagedChange) -> bool | None:
    """Whether the peer that must answer in the end accepts a connection now; None where there is none."""
    return bool(answering((change.peer,), change)) if change.peer else None


def answering(addresses: tuple[str, ...], change: StagedChange) -> frozenset[str]:
    """Those of the addresses that accept a connection now."""
    found: set[str] = set()

    def seen(look: Look, result: Seen[Exchange]) -> None:
        if result.value and result.value.end in ("connected", "answered"):
            found.add(look.key)

    looks = [Look(address, "exchange", (address, "connect", "", "", ""), 0, CONNECT_DEADLINE, None, "does it answer") for address in addresses[:MOST_CONNECTS]]
    exchanges(looks, change.view, seen)
    return frozenset(found)
