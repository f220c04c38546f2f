"""What became of failed tries: the client got the failure, or another peer answered and saved the request.

The error log counts tries, the access log what clients got. Where its format has `$upstream_status` and `$upstream_addr`, it says at which peers the tries of
a request failed and what the client got all the same. Where it has not, the 502 and 504 of sites of which every failed try reaches the client are taken off
first, the rest may belong to those whose requests can be saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui502.model.evidence import Tally
from tui502.read.access_log import ANSWERED, FAILED, GATEWAY, HIDDEN, KINDS, SAVED, TRIED, UNASKED
from tui502.read.answers import Answer, since
from tui502.read.memo import Memo

_at_peers: Memo[dict[str, list[Answer]]] = Memo()

Key = tuple[str, str, str]
"""Symptom, peer, server."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries in error logs: `count` of them since `first`."""

    count: int
    first: float
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of the failed tries: `failed` reached a client, `saved` did not (None where no access log tells; `failed` is 0 then)."""

    failed: int
    saved: int | None


def outcomes(told: tuple[Answer, ...], tries: Mapping[Key, Tries], alone: Mapping[Key, bool]) -> dict[Key, Outcomes]:
    """The outcomes of the tries in error logs, by symptom × peer × server. `alone`: no other peer could have saved them."""
    written = {key: told_of for key, each in tries.items() if (told_of := _written(told, key, each, tries))}
    certain = {key: each for key, each in tries.items() if alone[key]}
    found = {}
    for key, each in tries.items():
        if key in written:
            found[key] = written[key]
        elif alone[key]:
            found[key] = Outcomes(each.count, 0)
        elif not told:
            found[key] = Outcomes(0, None)
        else:
            failed = min(each.count, _left_over(told, key, each, certain))
            found[key] = Outcomes(failed, each.count - failed)
    return found


def peers_of(tally: Tally) -> tuple[str, ...]:
    """The peers of a tally of an access log."""
    return tuple(tally.peer.split(", ")) if tally.phase in KINDS and tally.peer else ()


def _written(told: tuple[Answer, ...], key: Key, each: Tries, tries: Mapping[Key, Tries]) -> Outcomes | None:
    """What the access logs say of the tries at this peer; None where none names it. What failed there in several ways is split by how often."""
    _, peer, server = key
    own = [answer for answer in _at_peers((told,), lambda: _by_peer(told)).get(peer, ()) if answer.server in ("", server)]
    lost = sum(since(answer.tally, each.first) for answer in own if answer.tally.phase in (FAILED, TRIED))
    spared = sum(since(answer.tally, each.first) for answer in own if answer.tally.phase in (SAVED, HIDDEN))
    if not lost + spared:
        return None
    by_server = any(answer.server for answer in own)
    alike = [other.count for (_, at, of), other in tries.items() if at == peer and (of == server or not by_server)]
    part = each.count / max(1, sum(alike)) if len(alike) > 1 else 1.0
    failed = min(each.count, round(lost * part))
    return Outcomes(failed, min(each.count - failed, round(spared * part)))


def _by_peer(told: tuple[Answer, ...]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for each in told:
        for peer in peers_of(each.tally):
            found.setdefault(peer, []).append(each)
    return found


def _left_over(told: tuple[Answer, ...], key: Key, each: Tries, certain: Mapping[Key, Tries]) -> int:
    """The bad answers that may be those of this peer, without those of sites of which every try fails."""
    _, peer, server = key
    bad = [answer for answer in told if answer.tally.symptom in GATEWAY and _may_be(answer, peer, server)]
    named = sum(since(answer.tally, each.first) for answer in bad if answer.server)
    rest = sum(since(answer.tally, each.first) for answer in bad if not answer.server)
    known = {answer.server for answer in told if answer.server and answer.tally.symptom in GATEWAY}
    taken_named = sum(_since(other, each.first) for (_, _, of), other in certain.items() if of == server and of in known)
    taken_rest = sum(_since(other, each.first) for (_, _, of), other in certain.items() if of not in known)
    return max(0, named - taken_named) + max(0, rest - taken_rest)


def _may_be(answer: Answer, peer: str, server: str) -> bool:
    """Could it be one of which a try failed at this peer?"""
    peers = peers_of(answer.tally)
    if answer.tally.phase in (ANSWERED, UNASKED):
        return False
    return answer.server in ("", server) and (not peers or peer in peers)


def _since(tries: Tries, first: float) -> int:
    return sum(since(tally, max(first, tries.first)) for tally in tries.tallies)
