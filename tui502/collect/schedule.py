"""Which looks are due: no I/O and no clock, times are given in (seconds of a monotonic clock)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui502.model.evidence import Look

GRACE = 0.5
"""Seconds beyond its deadline that a look may take to come to its own end."""

EXCHANGE_CHAIN = 4
"""Exchanges with one peer are held one after the other: so many deadlines may pass."""

NEW_REPLAYS, NEW_REPLAYS_IN = 8, 60.0
"""So many requests that were not wanted before are replayed in so many seconds of a live run: where every failure is of another page, a few tell enough."""

WATCHING = ("listeners", "processes", "nginx")
SHARE, LONGEST_REST = 40, 5.0
"""These looks are repeated for as long as the screen is up: so many times as long as one took is waited before the next, but not more than so many seconds.
On a host with ten thousand listening sockets each costs a tenth of a second."""

Key = tuple[str, str]


@dataclass(slots=True)
class _Entry:
    look: Look
    due: float | None
    since: float | None = None
    late: bool = False
    fresh: bool = True


class Schedule:
    """The looks that are wanted, and when each is due again. `paced`: new replays are kept few."""

    def __init__(self, *, paced: bool = False) -> None:
        self.paced = paced
        self._entries: dict[Key, _Entry] = {}
        self._replayed: deque[float] = deque(maxlen=NEW_REPLAYS)

    def want(self, looks: Iterable[Look], now: float) -> None:
        """From now on exactly these are wanted. A new one is due at once, and one asked of another view, with other arguments or for another reason."""
        wanted = {(look.kind, look.key): look for look in looks}
        for key in [key for key, entry in self._entries.items() if key not in wanted and entry.since is None]:
            del self._entries[key]
        for key, look in wanted.items():
            entry = self._entries.get(key)
            if entry is None:
                paced = self.paced and look.kind == "replay" and len(self._replayed) == NEW_REPLAYS
                self._entries[key] = _Entry(look, max(now, self._replayed[0] + NEW_REPLAYS_IN) if paced else now)
                continue
            if (look.args, look.view, look.reason) != (entry.look.args, entry.look.view, entry.look.reason):
                entry.due = now
            elif look.every is not None and entry.due is None and entry.since is None:
                entry.due = now + look.every
            entry.look = look

    def also(self, look: Look, now: float) -> None:
        """One look more is wanted, now; one under way is due once more after its answer."""
        entry = self._entries.setdefault((look.kind, look.key), _Entry(look, now))
        entry.due = now

    def due(self, now: float) -> list[Look]:
        """What is to be started now. Exchanges with a peer that is being talked to wait."""
        return [entry.look for entry in self._startable() if entry.due is not None and entry.due <= now]

    def _startable(self) -> list[_Entry]:
        busy = {entry.look.args[0] for entry in self._entries.values() if entry.look.kind == "exchange" and entry.since is not None}
        return [entry for entry in self._entries.values() if entry.since is None and not (entry.look.kind == "exchange" and entry.look.args[0] in busy)]

    def started(self, look: Look, now: float) -> None:
        entry = self._entries[look.kind, look.key]
        if entry.fresh and look.kind == "replay":
            self._replayed.append(now)
        entry.since, entry.due, entry.late, entry.fresh = now, None, False, False

    def answered(self, look: Look, now: float, took: float = 0.0) -> bool:
        """Note an answer that took so many seconds; False when the question has changed meanwhile, so that the answer is worth nothing."""
        entry = self._entries.get((look.kind, look.key))
        if entry is None or entry.since is None:
            return False
        entry.since, entry.late = None, False
        if entry.due is None and entry.look.every is not None:
            entry.due = now + max(entry.look.every, min(SHARE * took, LONGEST_REST) if look.kind in WATCHING else 0.0)
        return (look.args, look.view) == (entry.look.args, entry.look.view)

    def overdue(self, now: float) -> list[Look]:
        """Looks under way that should have ended; each is told once. They count as under way until their answer comes after all."""
        late = [entry for entry in self._entries.values() if entry.since is not None and not entry.late and now > entry.since + patience(entry.look)]
        for entry in late:
            entry.late = True
        return [entry.look for entry in late]

    def again(self, concerns: Callable[[Look], bool], now: float) -> None:
        """Make looks due now; one under way is due once more after its answer."""
        for entry in self._entries.values():
            if concerns(entry.look):
                entry.due = now

    def wanted(self) -> list[Look]:
        return [entry.look for entry in self._entries.values()]

    def open(self) -> list[Look]:
        """Looks that wait for their first start or their answer, those given up on left out."""
        return [entry.look for entry in self._entries.values() if (entry.due is not None if entry.since is None else not entry.late)]

    def next_event(self, now: float) -> float:
        """Seconds until something is due or overdue; infinite when nothing is."""
        times = [entry.due for entry in self._startable() if entry.due is not None]
        times += [entry.since + patience(entry.look) for entry in self._entries.values() if entry.since is not None and not entry.late]
        return max(0.0, min(times, default=float("inf")) - now)


def patience(look: Look) -> float:
    """Seconds after which a look is given up."""
    return look.deadline * (EXCHANGE_CHAIN if look.kind == "exchange" else 1) + GRACE


def concerning(prefix: str) -> Callable[[Look], bool]:
    """Which looks "probe now" means: all, or those whose key starts with `prefix`, or of the peer of that name. `nginx -t` only when it is named."""

    def concerns(look: Look) -> bool:
        if not prefix:
            return look.kind != "test"
        return look.key.startswith(prefix) or (look.kind == "exchange" and look.args[0] == prefix)

    return concerns
