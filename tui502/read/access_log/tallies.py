"""An access log counted: requests by status, what became of their tries, the peers at which those failed, and the server."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tui502.read import own
from tui502.read.access_log.form import Form, form
from tui502.read.access_log.heuristic import status
from tui502.read.access_log.moments import moment
from tui502.read.counts import SAMPLES, Counts, Key, Tallies, newest_of
from tui502.read.error_log.stream import LineStream

LINE_CAP = 4096
"""Bytes of a line that are kept, and in which its status is looked for where it has none of the formats."""

AHEAD = 86400.0
"""Seconds by which a time may be ahead of the clock: a zone that is not written is at most so far away."""

_Spots = dict[Key, list[tuple[int, float | None]]]
"""Where the lines of each key begin in the block being counted, and their times."""


class AccessTallies(Tallies):
    """Tallies of a log that is written in these formats. Lines that have none of them are read as well as can be and counted as such; requests whose
    User-Agent is ours are counted nowhere. `now` tells the time (epoch seconds): a later one in a line of no known format was sent by a client."""

    def __init__(self, formats: Iterable[str] = (), now: Callable[[], float] = lambda: math.inf) -> None:
        self._forms = tuple(form(each) for each in formats)
        self._now = now
        super().__init__()
        by = [each.server_by for each in self._forms]
        self.server_by = "host" if "host" in by else next(filter(None, by), "")

    def stream(self) -> LineStream:
        return LineStream()

    def begin(self, data: bytes) -> int:
        return data.find(b"\n") + 1 or -1

    def into(self, counts: Counts, block: bytes) -> None:
        counts.newest.extend(newest_of(_starts_backwards(block), block, LINE_CAP))
        if own.ANSWER_MARK in block:
            block = b"\n".join(line for line in block.split(b"\n") if not own.is_answer(line))
        spots: _Spots = {}
        left = [(0, len(block))]
        for each in self._forms:
            left = [rest for start, end in left for rest in self._count(each, counts, spots, block, start, end)]
        for start, end in left:
            self._guess(counts, spots, block, start, end)
        for key, found in spots.items():
            _add(counts, key, found, block)

    def _count(self, each: Form, counts: Counts, spots: _Spots, block: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Count the lines of this format in a part of `block`; the parts between them."""
        rivals = tuple(other for other in self._forms if other is not each)
        found: dict[tuple[bytes | None, ...], list[int]] = {}
        at = start
        for match in each.pattern.finditer(block, start, end):
            begin = match.start()
            groups = match.groups()
            if rivals and not _agree(each, rivals, groups, match.group()):
                continue
            if begin != at:
                yield at, begin
            at = match.end() + 1
            if groups in found:
                found[groups].append(begin)
            else:
                found[groups] = [begin]
        if at < end:
            yield at, end
        if not each.tells:
            counts.other += sum(map(len, found.values()))
            return
        for groups, begins in found.items():
            key, moment_of = each.key(groups)
            spots.setdefault(key, []).extend((begin, moment_of) for begin in begins)

    def _guess(self, counts: Counts, spots: _Spots, block: bytes, start: int, end: int) -> None:
        """Count the lines that have no format we know."""
        latest = self._now() + AHEAD
        for raw in block[start:end].split(b"\n"):
            line = raw[:LINE_CAP]
            answered = status(line) if line else ""
            if answered:
                at = moment(line)
                spots.setdefault((answered, "", "", ""), []).append((start, at if at is None or at <= latest else None))
                counts.guessed += bool(self._forms)
            elif line:
                counts.other += 1
            start += len(raw) + 1


def _agree(each: Form, rivals: tuple[Form, ...], groups: tuple[bytes | None, ...], line: bytes) -> bool:
    """Does every format that this line may have say the same of it?"""
    for other in rivals:
        match = other.pattern.match(line)
        if match and match.end() == len(line) and (not other.tells or not each.tells or other.key(match.groups())[0] != each.key(groups)[0]):
            return False
    return True


def _add(counts: Counts, key: Key, found: list[tuple[int, float | None]], block: bytes) -> None:
    count = counts.of(key)
    count.count += len(found)
    for begin in sorted(begin for begin, _ in found)[-SAMPLES:]:
        end = block.find(b"\n", begin)
        count.samples.append(block[begin : end if end >= 0 else len(block)][:LINE_CAP])
    count.at(Counter(at for _, at in found if at is not None))


def _starts_backwards(block: bytes) -> Iterator[int]:
    """The offsets at which the lines of `block` begin, the last one first."""
    end = len(block)
    while end > 0:
        end = block.rfind(b"\n", 0, end - 1) + 1
        yield end
