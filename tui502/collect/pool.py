"""A few daemon threads for looks. One that hangs in the kernel is given up and replaced, so that it holds up nothing, not even our end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

SIZE = 8
MOST = 64
"""Threads at most, those that hang included."""


class Pool:
    def __init__(self, size: int = SIZE) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._size = size
        self._alive = 0
        for _ in range(size):
            self._add()

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` as soon as a thread is free. It must not raise."""
        self._jobs.put(job)

    def replace(self) -> None:
        """One more thread, because a job hangs; the thread that hangs ends with its job."""
        if self._alive < MOST:
            self._add()

    def close(self) -> None:
        """Let the threads end after the jobs they are at; nothing is waited for."""
        for _ in range(self._alive):
            self._jobs.put(None)

    def _add(self) -> None:
        with self._lock:
            self._alive += 1
        threading.Thread(target=self._work, name="look", daemon=True).start()

    def _work(self) -> None:
        while job := self._jobs.get():
            job()
            with self._lock:
                if self._alive > self._size:
                    self._alive -= 1
                    return
