"""Knowing that the terminal has drawn: it answers a question about its cursor after all that was sent before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

WAIT = 0.25
"""Seconds after which a terminal that never answered is taken to have drawn."""

SLOW = 3.0
"""The same for one that is known to answer."""


class Timers(Protocol):
    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call later."""

    def send(self, text: str) -> None:
        """Write to the terminal."""


class Ack:
    """Asks the terminal and calls back once, when it has answered or the time is up."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._asked = 0
        self.answers: bool | None = None

    @property
    def waiting(self) -> bool:
        """Whether a frame is still on its way."""
        return bool(self._waiting)

    def ask(self, then: Callable[[], None]) -> None:
        """Call `then` when all that was written so far has been drawn."""
        self._asked += 1
        ticket = self._asked
        self._waiting.append((ticket, then))
        self._timers.send("\x1b[6n")
        self._timers.after(SLOW if self.answers else WAIT, lambda: self._late(ticket))

    def answered(self) -> None:
        """The terminal has answered the oldest question."""
        self.answers = True
        if self._waiting:
            self._waiting.pop(0)[1]()

    def _late(self, ticket: int) -> None:
        due = [then for number, then in self._waiting if number <= ticket]
        if not due:
            return
        if self.answers is None:
            self.answers = False
        self._waiting = [(number, then) for number, then in self._waiting if number > ticket]
        for then in due:
            then()
