"""Keys are heard one after the other: the next one is given on only when the last has been dealt with, so that what is typed right behind a key that opens
something reaches what it opened, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.screen import Screen

from tui502.text import neutral

if TYPE_CHECKING:
    from tui502.ui.panes.bars import HintBar
    from tui502.ui.prompt import Prompt

Typed = events.Key | events.Paste

_ANSWER = frozenset("]^\\;:/rgb0123456789abcdefABCDEF")
"""What an answer to the question for the background consists of."""


class Desk(Screen[None], inherit_bindings=False):
    """The one screen under question and help."""

    ALLOW_SELECT = False


class Hearing(App[int], inherit_bindings=False):
    """While `deaf`, what may be a late answer of the terminal is no key. `prompt` is the line that is asked for: it has the keys. `_given` is the screen that
    has the last key and has not sent it back yet, `_held` is what was typed since."""

    hints: HintBar

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.deaf = False
        self.prompt: Prompt | None = None
        self._given: Screen[Any] | None = None
        self._held: deque[Typed] = deque()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.is_forwarded:
            await self._back(event)
        elif isinstance(event, events.Key | events.Paste):
            if not (self.deaf and isinstance(event, events.Key) and event.character is not None and event.character in _ANSWER):
                self._held.append(event)
                await self._give()
        else:
            await super().on_event(event)

    async def _give(self) -> None:
        """Give on what is held, as far as a key that is under way. One whose screen has gone is under way no more."""
        while self._held and (self._given is None or self._given not in self.screen_stack):
            event, self._given = self._held.popleft(), None
            if self.prompt is not None and isinstance(self.screen, Desk):
                self._typed(event)
                continue
            screen = self.screen
            await super().on_event(event)
            self._given = screen if isinstance(event, events.Key) and event.is_forwarded else None

    async def _back(self, event: events.Key) -> None:
        """A key has come back from the screen that had it: what it means here is done, if no box has taken it."""
        if isinstance(self._given, Desk):
            await super().on_event(event)
        self._given = None
        await self._give()

    def ask_line(self, label: str, then: Callable[[str], None], text: str = "", left: Callable[[], None] | None = None) -> None:
        """Ask for a line in the hint row; until it is there, it has the keys."""
        from tui502.ui.prompt import Prompt

        self.prompt = Prompt(label, then, text, left=left)
        self.hints.ask(label, text)

    def _typed(self, event: Typed) -> None:
        """A key, or a paste, for the line that is asked for."""
        prompt = self.prompt
        if prompt is None:
            return
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        else:
            self.prompt = None
            if prompt.key(event.key, event.character):
                self.prompt = prompt
        now = self.prompt
        self.hints.ask(now.label if now else "", neutral(now.text) if now else "")
