"""The change under way, seen from a session: its journal is followed, what a person says is passed on, a runner that was killed is replaced."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui502.apply.control import Word
    from tui502.apply.recovery import Found
    from tui502.model.changes import Progress
    from tui502.model.evidence import Gap

    OnProgress = Callable[[Progress], None]
    Run = Callable[[str, Callable[[], None]], None]

TAKE_EFFECT = ("reload", "command", "put_back")
"""Steps of a change after which the host is another: it is looked at anew."""

WATCH_EVERY = 0.1
"""Seconds between two looks at the journal of a change under way."""

ALIVE_EVERY = 1.0
"""Seconds between two looks whether its runner lives."""


class ChangeWatch:
    """`run` does a job in a thread of its own, `probe` has the host looked at anew. `pending` is the change that was found at the start, `not_recovered` why
    one could not be seen to."""

    def __init__(self, stop: threading.Event, run: Run, probe: Callable[[], None]) -> None:
        self.on_progress: OnProgress = _nobody
        self.pending: Progress | None = None
        self.not_recovered: Gap | None = None
        self._stop, self._run, self._probe = stop, run, probe
        self._journal: Path | None = None

    def recover(self) -> None:
        """See to changes that an earlier session left, and follow the one that is still being decided."""
        found = self._recovered()
        if found:
            self.pending = found.progress
            self.on_progress(found.progress)
            if not found.progress.receipt:
                self.watch(found.journal)

    def watch(self, journal: Path) -> None:
        if journal != self._journal:
            self._journal = journal
            self._run("journal", lambda: self._follow(journal))

    def say(self, word: Word) -> None:
        from tui502.apply import control

        if self._journal:
            control.ask(self._journal, word)

    def longer(self) -> None:
        from tui502.apply import control

        if self._journal:
            control.longer(self._journal)

    def _recovered(self) -> Found | None:
        """See to changes whose runner was killed. Where the host does not allow it (no space, read-only), looking goes on and it stands among the gaps."""
        from tui502.apply import recovery
        from tui502.model.evidence import Gap
        from tui502.text import neutral

        try:
            found = recovery.recover()
        except OSError as error:
            self.not_recovered = Gap(f"a change that was not ended: {neutral(str(error))}", "unreadable", "tui502 history")
            return None
        self.not_recovered = None
        return found

    def _follow(self, journal: Path) -> None:
        """Hand over every new state of the change until it has a receipt, then look at everything anew. A runner that was killed is replaced."""
        from tui502.apply.journal import progress

        shown: Progress | None = None
        looked_at = time.monotonic()
        while not self._stop.is_set():
            if time.monotonic() - looked_at > ALIVE_EVERY:
                if _is_left(journal):
                    self._recovered()
                looked_at = time.monotonic()
            now = progress(journal)
            if now and now != shown:
                if shown and any(result.kind in TAKE_EFFECT for result in now.results[len(shown.results) :]):
                    self._probe()
                shown = now
                self.on_progress(now)
                if now.receipt:
                    self._probe()
                    return
            self._stop.wait(WATCH_EVERY)


def _nobody(told: object) -> None:
    """Before the session was started nobody listens."""


def _is_left(journal: Path) -> bool:
    """Whether the runner of a change that has no receipt was killed; one that has not begun yet was not."""
    from tui502.apply.journal import events
    from tui502.host.processes import runs

    try:
        if (journal / "receipt.json").exists():
            return False
        runner = next((event for event in reversed(events(journal)) if event.what == "runner"), None)
    except OSError:
        return False
    return runner is not None and not runs(runner.pid, runner.started)
