"""What happened: peers that went up and down, services that were started, what a change of ours did; newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui502.read.times import span
from tui502.text import neutral
from tui502.ui.render.spans import Row, cell, cell_len, middle, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.evidence import Flip
    from tui502.model.findings import Incident
    from tui502.ui.moment import Moment

RECENT = 3600.0
"""Seconds for which the start of a service is news."""

_GOOD = ("connected", "answered", "listening")
_WORDS = {
    "connected": "accepts",
    "answered": "answers",
    "listening": "listens",
    "gone": "listens no more",
    "absent": "no such socket",
    "full": "its queue is full",
}
_STEPS = {"reload": "nginx reloaded", "command": "command", "put_back": "put back"}
_MASTER = re.compile(r"\Amaster \d+, ")
_ENDED = {
    "VERIFIED": "the change stays", "KEPT": "the change stays, a person said so", "PUT BACK": "the files are as before", "REFUSED": "nothing was changed",
    "NEEDS HAND": "a person must see to it",
}  # fmt: skip
_LEAST, _MOST = 15, 26
"""Cells of the column that says whom it is about."""


class Event(NamedTuple):
    """`change` is from what to what ("UP → DOWN"), '' where it is no such event; `lasted` says how long it had been otherwise."""

    at: float
    what: str
    change: str
    how: str
    lasted: str = ""


def state(end: str) -> str:
    """UP or DOWN for the end of a look."""
    return "UP" if end in _GOOD else "DOWN"


def of(moment: Moment) -> list[Event]:
    """All events of the moment, newest first."""
    if moment.incident is None:
        return []
    found = [*_turns(_of_peers(moment.incident)), *_starts(moment.incident), *_change(moment)]
    return sorted(found, key=lambda event: -event.at)


def _of_peers(incident: Incident) -> Iterator[Flip]:
    """The flips of what nginx dials, or may be meant to dial; other listeners of this host come and go without being news."""
    from tui502.read.addresses import ANY, split

    peers = {state.peer for state in incident.facts.peers}
    peers |= {each.address for state in incident.facts.peers for each in state.candidates if each.ties}
    ports = {split(peer)[1] for peer in peers} - {0}
    for flip in sorted(incident.evidence.flips, key=lambda flip: flip.at):
        host, port, _ = split(flip.peer)
        if flip.peer in peers or (host in ANY and port in ports):
            yield flip


def _turns(flips: Iterable[Flip]) -> Iterator[Event]:
    """One event a turn: the kernel's table and an exchange may both tell of it."""
    last: dict[str, Flip] = {}
    for flip in flips:
        before = last.get(flip.peer)
        if before is not None and state(before.now) == state(flip.now):
            continue
        last[flip.peer] = flip
        lasted = f"was {state(flip.was).lower()} {span(flip.at - before.at)}" if before else ""
        yield Event(flip.at, neutral(flip.peer), f"{state(flip.was)} → {state(flip.now)}", _WORDS.get(flip.now, neutral(flip.now)), lasted)


def _starts(incident: Incident) -> Iterator[Event]:
    """Processes behind the peers, or behind what was found in their place, that were started a short while ago; services of dead ones that ended."""
    evidence, facts = incident.evidence, incident.facts
    expected = {name for state in facts.peers for name in state.expected_units}
    for each in facts.units:
        if each.name in expected and not each.main_pid and 0 <= evidence.taken_at - each.since < RECENT:
            yield Event(each.since, neutral(each.name), "", neutral(each.state.lower()))
    behind = {(state.pid, state.unit) for state in facts.peers if state.pid}
    behind |= {(each.pid, each.unit) for state in facts.peers for each in state.candidates if each.ties}
    for process in evidence.processes.value or ():
        for unit in (unit for pid, unit in behind if pid == process.pid):
            if 0 <= evidence.taken_at - process.started < RECENT:
                yield Event(process.started, neutral(unit or process.name), "", neutral(f"started, {process.name} {process.pid}"))


def _change(moment: Moment) -> Iterator[Event]:
    """What was done by the change that is shown, and how it ended."""
    if moment.progress is None:
        return
    for result in moment.progress.results:
        if result.kind in _STEPS and result.ok:
            yield Event(result.at, _STEPS[result.kind], "", neutral(_MASTER.sub("", result.text)))
    receipt = moment.progress.receipt
    if receipt is not None:
        what = f"{moment.letters} is" if moment.letters else "change"
        yield Event(receipt.at, f"{what} {receipt.outcome}", "", _ENDED[receipt.outcome])


def rows(events: Sequence[Event], width: int, utc_offset: int, indent: int = 1) -> list[Row]:
    """A row each: when, whom it is about, from which state to which, what was seen, and how long it had been so."""
    if not events:
        return [row(" " * indent, "nothing went up or down while it was looked at")]
    gap = "  " if width >= 70 else " "
    names = min(_MOST if width >= 70 else _LEAST, max(_LEAST, *(cell_len(event.what) for event in events)))
    return [
        row(" " * indent, clock(event.at, utc_offset), gap, cell(middle(event.what, names), names), "  ", _told(event, width - indent - names - 12))
        for event in events
    ]


def _told(event: Event, room: int) -> str:
    text = f"{event.change}  {event.how}" if event.change else event.how
    return f"{cell(text, 28)}  {event.lasted}" if event.lasted and room >= 28 + 2 + len(event.lasted) else cell(text, max(1, room))
