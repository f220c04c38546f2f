"""What happens after a change: replays, failures that nginx logs, workers, listens, files. Turns it into `Observed`, which `decide` judges."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from tui502.apply import decide, replays
from tui502.apply.stage import sha
from tui502.host import look
from tui502.host.paths import is_same_process, real_path
from tui502.host.tail import Tail
from tui502.host.workers import workers
from tui502.model.changes import Baseline, FileChange, StagedChange
from tui502.model.evidence import Gap
from tui502.read.error_log import classify, parse, records
from tui502.read.keys import outage_key
from tui502.read.symptoms import FAILING

REPLAY_EVERY = 0.3
CONNECT_EVERY = 0.5
FILES_EVERY = 0.5
MOST_STATUSES = 500

_CRASHED = re.compile(rb"worker process \d+ exited (?:on signal|with)")
"""The master's words for a worker that it replaces, which is no reload."""


class Watch:
    """Watches from the moment it is made. `alive` are the listens that answered before the change."""

    def __init__(self, change: StagedChange, before: Baseline, alive: frozenset[str], until: float) -> None:
        self._change, self._before, self._alive = change, before, alive
        self.until = until
        self._begun = time.monotonic()
        self._tails = [Tail(real_path(path, change.view)) for path in change.error_logs]
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="watch")
        self._statuses: list[int] = []
        self._failures: Counter[str] = Counter()
        self._in_streak: Counter[str] = Counter()
        self._replay: Future[int] | None = None
        self._connects: Future[frozenset[str]] | None = None
        self._next_replay = self._next_connects = self._next_files = 0.0
        self._sent = self._own = 0
        self._good_since, self._failed_at = 0, 0.0
        self._dumb: Counter[str] = Counter()
        self._peer: bool | None = None
        self._foreign = ""
        self._serving = self._workers()

    def close(self) -> None:
        """Stop. A replay under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for tail in self._tails:
            tail.close()

    def look(self, asked: Literal["", "keep", "put_back"]) -> decide.Observed:
        """What is known now; never waits."""
        now = time.monotonic()
        self._ask(now)
        for tail in self._tails:
            self._count(tail.new())
        serving = self._workers()
        if now >= self._next_files:
            self._next_files = now + FILES_EVERY
            self._foreign = self._foreign or self._interference(serving)
        change = self._change
        return decide.Observed(
            after=Baseline(change.baseline.request, tuple(self._statuses), dict(self._failures), None, now - self._begun),
            in_streak=dict(self._in_streak),
            left=self.until - now,
            asked=asked,
            workers=bool(serving) or not change.reload,
            silent=tuple(sorted(address for address, times in self._dumb.items() if times >= decide.SILENT)),
            foreign=self._foreign,
            peer=self._peer,
            edits=bool(change.files),
            commands=any(fix.commands for fix in change.fixes) or (change.reload and not change.files),
            mends=change.mends,
            undoes=bool(change.undoes),
            good_since=self._good_since,
            quiet=now - max(self._begun, self._failed_at),
        )

    def _ask(self, now: float) -> None:
        """Start what is due, take what has come."""
        request = self._change.baseline.request
        if self._replay and self._replay.done():
            self._answered(self._replay.result())
            self._replay = None
        if request and not self._replay and now >= self._next_replay and replays.replayable(request):
            self._next_replay = now + REPLAY_EVERY
            self._sent += 1
            self._replay = self._pool.submit(replays.status_once, request, self._change)
        if self._connects and self._connects.done():
            self._connected(self._connects.result())
            self._connects = None
        if not self._connects and now >= self._next_connects:
            self._next_connects = now + CONNECT_EVERY
            wanted = (*self._alive, *((self._change.peer,) if self._change.peer else ()))
            self._connects = self._pool.submit(replays.answering, wanted, self._change) if wanted else None

    def _answered(self, status: int) -> None:
        self._statuses = [*self._statuses[-MOST_STATUSES:], status]
        self._good_since = self._good_since + 1 if decide.good(status) else 0
        if not decide.good(status):
            self._in_streak.clear()

    def _connected(self, found: frozenset[str]) -> None:
        for address in self._alive:
            self._dumb[address] = 0 if address in found else self._dumb[address] + 1
        if self._change.peer:
            self._peer = self._change.peer in found

    def _count(self, data: bytes) -> None:
        """Add the failures that new workers logged; for each request of ours one record that looks like it is left out."""
        if _CRASHED.search(data):
            self._serving = self._workers()
        pids = {pid for pid, _ in self._serving} if self._change.reload else None
        for raw in records(data) if data else ():
            record = parse(raw)
            symptom = classify(record).symptom
            if symptom not in FAILING or (pids is not None and record.pid not in pids):
                continue
            if self._own < self._sent and self._is_ours(record.request, record.host):
                self._own += 1
                continue
            key = outage_key(symptom, record.peer, record.server)
            self._failures[key] += 1
            self._in_streak[key] += 1
            if key in self._change.mends:
                self._good_since, self._failed_at = 0, time.monotonic()

    def _is_ours(self, line: str, host: str) -> bool:
        request = self._change.baseline.request
        return request is not None and line.startswith(f"{request.method} {request.uri} ") and host == request.host

    def _workers(self) -> frozenset[tuple[int, int]]:
        view = self._change.view
        return frozenset((worker.pid, worker.started) for worker in workers(view.pid) if not worker.leaving) if view else frozenset()

    def _interference(self, serving: frozenset[tuple[int, int]]) -> str:
        """What somebody else did since, in words. A worker that was replaced after a crash is no reload: its siblings stay."""
        if not self._change.reload and not self._change.files:
            return ""
        for file in self._change.files:
            if on_disk(file) != sha(file.after):
                return f"{file.path} is not as we left it: somebody else wrote it meanwhile"
        view = self._change.view
        if view and not is_same_process(view):
            return f"nginx master {view.pid} is gone: nginx was stopped or restarted meanwhile"
        if self._change.reload and serving and self._serving and not serving & self._serving:
            return "nginx was reloaded by somebody else meanwhile"
        return ""


def on_disk(file: FileChange) -> str:
    """The sha256 of a file (of what a link holds) now: '' when it is not there, "?" when it cannot be read or is something else."""
    if file.link:
        held = look.read_link(file.real)
        return sha(held) if isinstance(held, bytes) else "" if held.why == "absent" else "?"
    seen = look.read_file(file.real)
    if isinstance(seen, Gap):
        return "" if seen.why == "absent" else "?"
    return sha(seen.data) if seen.kind == "file" and not seen.cut else "?"


def observe(
    watch: Watch, before: Baseline, asked: Callable[[], str], tell: Callable[[decide.Observed], None], every: float = 0.1
) -> tuple[decide.Decision, decide.Observed]:
    """Look until a decision is certain. `asked` gives a person's word, `tell` gets every look. "extend" makes the time longer by as much again."""
    span = watch.until - time.monotonic()
    while True:
        word = asked()
        if word == "extend":
            watch.until += span
            word = ""
        seen = watch.look("keep" if word == "keep" else "put_back" if word == "put_back" else "")
        tell(seen)
        decision = decide.decide(before, seen)
        if decision:
            return decision, seen
        time.sleep(every)
