"""The failing request sent again, and what came back as a status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui502.apply.decide import REPLAYS_BEFORE
from tui502.apply.window import REPLAY
from tui502.collect.exchange import exchanges
from tui502.collect.replay import replay
from tui502.model.changes import StagedChange
from tui502.model.evidence import Exchange, Look, Seen
from tui502.model.facts import Request
from tui502.read.hosted import good, status_of

MOST_BEFORE = 9
"""Replays before the change when the first ones went well: an intermittent failure may show."""

CONNECT_DEADLINE = 2.0

MOST_LISTENS = 32
"""Listens of nginx that are asked whether it still answers."""

NOT_ASKED = ("denied", "skipped")
"""Ends of a connect that say nothing about the other side."""


def replayable(request: Request | None) -> bool:
    """Whether a request may be sent unasked: GET or HEAD without a query string."""
    return request is not None and request.method in ("GET", "HEAD") and "?" not in request.uri


def status_once(request: Request, change: StagedChange, deadline: float = REPLAY) -> int:
    """The status of one replay on a connection of its own; 0 for no answer within `deadline` seconds."""
    try:
        seen = replay(f"{request.address}:{request.port}", request.scheme, request.method, request.host, request.uri, deadline, change.view)
    except (OSError, ValueError):
        return 0
    return status_of(seen) or 0


def before(change: StagedChange) -> tuple[int, ...]:
    """The statuses of the replays before anything is written: three, more while none of them failed."""
    request = change.baseline.request
    if request is None or not replayable(request):
        return ()
    found: list[int] = []
    while len(found) < REPLAYS_BEFORE or (all(map(good, found)) and len(found) < MOST_BEFORE and not change.undoes):
        found.append(status_once(request, change))
    return tuple(found)


def mended(change: StagedChange) -> tuple[str, ...]:
    """The peers that must answer in the end."""
    return tuple(dict.fromkeys(peer for peer in (change.peer, *(fix.peer for fix in change.fixes)) if peer))


def must_answer(change: StagedChange, before: Mapping[str, bool]) -> tuple[str, ...]:
    """The mended peers, and of their groups those that answered before: they may have saved the request until now."""
    return tuple(dict.fromkeys((*mended(change), *(peer for peer in change.peers if before.get(peer)))))


def alive(change: StagedChange) -> Mapping[str, bool]:
    """Which peers, and which of nginx's listens, answer before the change."""
    return answering(dict.fromkeys((*mended(change), *change.peers, *change.listens[:MOST_LISTENS])), change)


def all_answer(peers: tuple[str, ...], found: Mapping[str, bool]) -> bool | None:
    """Whether all of the peers accept a connection; None when none of them could be asked."""
    asked = [found[peer] for peer in peers if peer in found]
    return all(asked) if asked else None


def answering(addresses: Iterable[str], change: StagedChange) -> Mapping[str, bool]:
    """Which of the addresses accept a connection now. One that cannot be asked from here (a name, no right to it) is left out."""
    found: dict[str, bool] = {}

    def seen(look: Look, result: Seen[Exchange]) -> None:
        nowhere = result.value is None or (result.value.end == "error" and result.value.errno is None)
        if result.value and not nowhere and result.value.end not in NOT_ASKED:
            found[look.key] = result.value.end in ("connected", "answered")

    looks = [Look(address, "exchange", (address, "connect", "", "", ""), 0, CONNECT_DEADLINE, None, "does it answer") for address in addresses]
    exchanges(looks, change.view, seen)
    return found
