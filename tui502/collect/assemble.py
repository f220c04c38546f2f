"""Put answers into an Evidence: pure. What did not change keeps its object, so that judging again costs only what changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from tui502.model.evidence import NOT_YET, Evidence, Exchange, Flip, Gap, Listener, Look, Seen
from tui502.read import keys
from tui502.read.hosted import status_of

FIELDS = ("listeners", "processes", "running", "addresses", "open_files")
EVERYWHERE = ("0.0.0.0", "[::]")  # noqa: S104 - recognised, not bound
MOST_FLIPS = 500

Answer = tuple[Look, Seen[Any]]


def put_all(evidence: Evidence, answers: Iterable[Answer], now: float) -> Evidence:
    """`evidence` with the answers in their places and the flips they show; the same object when nothing changed. Answers to "nginx" are not for here."""
    changes: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    flips: list[Flip] = []
    for look, seen in answers:
        if look.kind in FIELDS:
            before = fields.get(look.kind, getattr(evidence, look.kind))
            if not is_same(before, seen):
                fields[look.kind] = seen
                flips += listener_flips(before, seen) if look.kind == "listeners" else ()
        elif name := keys.MAPPINGS.get(look.kind):
            known: Mapping[str, Seen[Any]] = changes.get(name) or getattr(evidence, name)
            before = known.get(look.key)
            if before is None or not is_same(before, seen):
                changes.setdefault(name, {**getattr(evidence, name)})[look.key] = seen
                flips += _exchange_flips(before, seen) if name == "exchanges" else ()
    if not changes and not fields:
        return evidence
    if flips:
        fields["flips"] = (*evidence.flips, *flips)[-MOST_FLIPS:]
    return dataclasses.replace(evidence, taken_at=now, **changes, **fields)


def is_same(before: Seen[Any], after: Seen[Any]) -> bool:
    """Whether two answers tell the same; when they were given, how long it took, and the timings of an exchange do not count."""
    if before is NOT_YET or before.gap != after.gap:
        return False
    if isinstance(before.value, Exchange) and isinstance(after.value, Exchange):
        return _untimed(before.value) == _untimed(after.value)
    return bool(before.value == after.value)


def _untimed(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, connected=None, first_byte=None, ended=None)


def late(look: Look, now: float) -> Seen[Any]:
    """The answer of a look that did not end in time."""
    return Seen(now, look.deadline, gap=Gap(look.key, "timeout", ""))


def peer_name(listener: Listener) -> str:
    """A listener in the words of nginx: "127.0.0.1:3000", "[::]:80", "unix:/run/app.sock"."""
    if listener.family == "unix":
        return f"unix:{listener.path}"
    return f"[{listener.address}]:{listener.port}" if listener.family == "inet6" else f"{listener.address}:{listener.port}"


def listener_flips(before: Seen[tuple[Listener, ...]], after: Seen[tuple[Listener, ...]]) -> list[Flip]:
    """Which listeners came or went between two looks."""
    if before.value is None or after.value is None:
        return []
    was, now = ({peer_name(listener) for listener in seen} for seen in (before.value, after.value))
    return [Flip(after.at, peer, "listening", "gone") for peer in sorted(was - now)] + [Flip(after.at, peer, "gone", "listening") for peer in sorted(now - was)]


def _exchange_flips(before: Seen[Exchange] | None, after: Seen[Exchange]) -> list[Flip]:
    was, now = before.value if before else None, after.value
    if was is None or now is None or was.speak == "replay" or was.end == now.end:
        return []
    return [Flip(after.at, now.peer, was.end, now.end)]


def turned(before: Mapping[str, Seen[Exchange]], answers: Iterable[Answer]) -> frozenset[str]:
    """The hosts of which a request failed when it was replayed and is answered now, or the other way round: what their backends said is of another time."""
    found = set()
    for look, seen in answers:
        was = before.get(look.key)
        if look.kind == "replay" and was is not None and was.value is not None and seen.value is not None and _fails(was.value) != _fails(seen.value):
            found.add(look.args[3])
    return frozenset(found)


def _fails(replay: Exchange) -> bool:
    return (status_of(replay) or 500) >= 500


def reaches(listener: str, peer: str) -> bool:
    """Whether a listener (as `peer_name` names it) may be what takes the connections to `peer`."""
    if listener == peer or listener.startswith("unix:") or peer.startswith("unix:"):
        return listener == peer
    host, _, port = listener.rpartition(":")
    return host in EVERYWHERE and port == peer.rpartition(":")[2]
