"""What became of failed tries: the client got the failure, or another peer answered and saved the request.

The error log counts tries, the access log what clients got. Which server a line of the combined format belongs to is not written in it: the 502 and 504
of sites of which every failed try reaches the client are taken off first, the rest may belong to those whose requests can be saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tui502.model.evidence import Evidence, LogSeen, Tally
from tui502.model.facts import LogTarget

GATEWAY = ("502", "504")
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of the failed tries: `failed` reached a client, `saved` did not (None where no access log tells; `failed` is 0 then)."""

    failed: int
    saved: int | None


def outcomes(evidence: Evidence, logs: tuple[LogTarget, ...], tries: Mapping[Key, tuple[Tally, ...]], alone: Mapping[Key, bool]) -> dict[Key, Outcomes]:
    """The outcomes of the tries in error logs, by symptom × peer × server. `alone`: no other peer could have saved them."""
    answers = [tally for seen in logs_of(evidence, logs, "access") for tally in seen.tallies]
    bad = [tally for tally in answers if tally.symptom in GATEWAY]
    certain = [tally for key, tallies in tries.items() if alone[key] for tally in tallies]
    found = {}
    for key, tallies in tries.items():
        count, first = sum(tally.count for tally in tallies), min(tally.first for tally in tallies)
        if alone[key]:
            found[key] = Outcomes(count, 0)
        elif not answers:
            found[key] = Outcomes(0, None)
        else:
            left = sum(since(tally, first) for tally in bad) - sum(since(tally, first) for tally in certain)
            failed = min(count, max(0, left))
            found[key] = Outcomes(failed, count - failed)
    return found


def since(tally: Tally, first: float) -> int:
    """How many of the tally came at `first` or later, to ten seconds, as far back as the steps go."""
    if tally.first >= first:
        return tally.count
    steps = int(tally.last // 10) - int(first // 10) + 1
    return sum(tally.per_10s[-steps:]) if steps > 0 else 0


def logs_of(evidence: Evidence, logs: tuple[LogTarget, ...], kind: str) -> Iterator[LogSeen]:
    """What was seen of the logs of that kind, each once."""
    for path in dict.fromkeys(target.path for target in logs if target.kind == kind):
        seen = evidence.logs.get(path)
        if seen and seen.value:
            yield seen.value
