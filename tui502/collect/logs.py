"""Log files followed while the screen is up: polled ten times a second, more often while they grow; history is read back in between, and the collector told
once a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tui502.collect.log_merged import MergedLog
from tui502.collect.log_open import open_log, place_of
from tui502.model.evidence import Look, Seen, View
from tui502.read.log_places import held_of

POLL_EVERY = 0.1
POLL_BUSY = 0.04
"""Seconds from one poll to the next while a log grows: a frame must not show what is old."""

LEAST_PAUSE = 0.005
"""Seconds between two polls, however much there is: others want to run too."""

TELL_EVERY = 1.0
HISTORY_SHARE = 0.05
"""Seconds of each poll that go to reading back, at most: what a person asked for comes first."""

OnSeen = Callable[[Look, Seen[Any]], None]
Open = Callable[[Look, View | None], Any]


@dataclass(slots=True)
class _Followed:
    look: Look
    place: str
    reader: Any
    told: Any = None
    told_at: float = 0.0
    history: bool = True


class LogWatch:
    """`on_seen(look, seen)` is called from the thread that follows, at once for a new log, then at most once a second and only with news;
    `on_failure(error)` when a reader raises, which it must not."""

    def __init__(self, on_seen: OnSeen, on_failure: Callable[[BaseException], None], opener: Open = open_log) -> None:
        self._on_seen = on_seen
        self._on_failure = on_failure
        self._open = opener
        self._followed: dict[str, _Followed] = {}
        self._merged: MergedLog | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def want(self, looks: Iterable[Look], view: View | None) -> None:
        """Follow exactly these logs. A log that stays in its place keeps its reader."""
        followed: dict[str, _Followed] = {}
        for look in looks:
            known, place = self._followed.get(look.key), place_of(look, view)
            kept = known if known and known.place == place and (known.look.kind, known.look.formats) == (look.kind, look.formats) else None
            if kept and kept.look.args != look.args:
                kept.reader.also(held_of(look.args))
                kept.look = look
            followed[look.key] = kept or _Followed(look, place, self._open(look, view))
        before, self._followed = self._followed, followed
        self._merge()
        for key, former in before.items():
            if followed.get(key) is not former:
                former.reader.close()
        if followed.keys() != before.keys() or any(followed[key] is not before[key] for key in followed):
            self._wake.set()
        if followed and self._thread is None:
            self._thread = threading.Thread(target=self._follow, name="logs", daemon=True)
            self._thread.start()

    def readers(self) -> tuple[Any, ...]:
        """The readers of the error logs, in the order in which they were wanted; before them, where there are several, all of them read as one."""
        merged = self._merged
        return (*([merged] if merged else []), *self._errors())

    def _errors(self) -> tuple[Any, ...]:
        return tuple(one.reader for one in self._followed.values() if one.look.kind == "log")

    def _merge(self) -> None:
        """Read several error logs as one. A log that comes later is added to those that are."""
        readers = self._errors()
        if len(readers) < 2:
            self._merged = None
        elif self._merged is None or not set(self._merged.readers) <= set(readers):
            self._merged = MergedLog(readers)
        else:
            self._merged.add(reader for reader in readers if reader not in self._merged.readers)

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()

    def _follow(self) -> None:
        try:
            self._loop()
        except Exception as error:  # noqa: BLE001 - raised again by the collector, where it can be shown
            self._on_failure(error)
        finally:
            for one in tuple(self._followed.values()):
                one.reader.close()

    def _loop(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            news = [one.reader.poll() for one in tuple(self._followed.values())]
            merged = self._merged
            if merged:
                merged.poll()
            until = time.monotonic() + HISTORY_SHARE
            for one in tuple(self._followed.values()):
                while time.monotonic() < until and one.reader.go_back() and not one.reader.awaits():
                    pass
            if merged:
                merged.go_back()
            for one in tuple(self._followed.values()):
                if not one.told_at or not one.history:
                    continue
                while one.history and time.monotonic() < until:
                    one.history = bool(one.reader.extend())
                    if one.reader.awaits():
                        break
            for one in tuple(self._followed.values()):
                self._tell(one)
            self._wake.wait(max(LEAST_PAUSE, begun + (POLL_BUSY if any(news) else POLL_EVERY) - time.monotonic()))
            self._wake.clear()

    def _tell(self, one: _Followed) -> None:
        now = time.monotonic()
        if one.told_at and now - one.told_at < TELL_EVERY:
            return
        one.told_at = now
        gap = one.reader.gap()
        news = gap or one.reader.seen()
        if news != one.told:
            one.told = news
            self._on_seen(one.look, Seen(time.time(), 0.0, gap=gap) if gap else Seen(time.time(), 0.0, news))
