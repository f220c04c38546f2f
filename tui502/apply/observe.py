"""What happens after a change: replays, failures that nginx logs, workers, listens, files. Turns it into `Observed`, which `decide` judges."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from tui502.apply import decide, foreign, replays
from tui502.apply.answers import Answers
from tui502.apply.disk import on_disk, sha
from tui502.apply.error_logs import ErrorLogs
from tui502.apply.queued import Queued
from tui502.host.workers import Worker
from tui502.model.changes import Baseline, StagedChange
from tui502.read import own
from tui502.read.counted import visible
from tui502.read.error_log import Record, classify
from tui502.read.hosted import good
from tui502.read.keys import outage_key
from tui502.read.symptoms import FAILING

CONNECT_EVERY = 0.5
FILES_EVERY = 0.5

MOST_STATUSES = 30
"""Replays that are remembered: as many as can be needed in a row."""

WITHOUT_WORKERS = 2.0
"""Seconds for which a master may be without workers: those of one that is stopped end before it does."""

_CRASHED = re.compile(r"worker process (\d+) exited (?:on signal|with)")
"""The master's words for a worker that it replaces, which is no reload."""


class Watch:
    """Watches from the moment it is made. `before` says which listens and peers answered before the change."""

    def __init__(self, change: StagedChange, before: Mapping[str, bool], until: float) -> None:
        self._change, self._before = change, before
        self.until = until
        self._begun = time.monotonic()
        self._logs = ErrorLogs(change)
        self._access = Answers(change)
        self._queued = Queued(change, self._begun)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="watch")
        self._statuses: list[int] = []
        self._failures: Counter[str] = Counter()
        self._in_streak: Counter[str] = Counter()
        self._replay: Future[int] | None = None
        self._connects: Future[Mapping[str, bool]] | None = None
        self._next_replay = self._next_connects = self._next_files = 0.0
        self._good_since, self._failed_at = 0, 0.0
        self._peers = replays.must_answer(change, before)
        self._listens = tuple(address for address in change.listens if before.get(address))
        self._dumb: Counter[str] = Counter()
        self._answers: Mapping[str, bool] | None = None
        self._foreign = ""
        self._served_at = self._begun
        self._serving = foreign.ids(foreign.present(change))

    def close(self) -> None:
        """Stop. A replay under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._access.close()
        self._logs.close()

    def look(self, asked: Literal["", "keep", "put_back"]) -> decide.Observed:
        """What is known now; never waits."""
        now = time.monotonic()
        self._ask(now)
        self._count(self._logs.new(), now)
        present = foreign.present(self._change)
        serving = foreign.ids(present)
        if serving:
            self._served_at = now
        if now >= self._next_files or not serving or any(self._dumb.values()):
            self._next_files = now + FILES_EVERY
            self._foreign = self._foreign or self._interference(present)
        change, (requests, bad) = self._change, self._access.look()
        self.until = self._queued.until(now, self.until)
        failures = visible(self._failures, bad, change.shared)
        return decide.Observed(
            after=Baseline(change.baseline.request, tuple(self._statuses), failures, requests, now - self._begun, bad=bad, uncounted=self._logs.uncounted),
            in_streak=dict(self._in_streak),
            left=self.until - now,
            asked=asked,
            workers=not change.reload or now - self._served_at < WITHOUT_WORKERS,
            silent=tuple(sorted(address for address, times in self._dumb.items() if times >= decide.SILENT)) if serving or not change.reload else (),
            foreign=self._foreign,
            peer=replays.all_answer(self._peers, self._answers or {}),
            asks=bool(self._peers) if self._answers is None else any(peer in self._answers for peer in self._peers),
            edits=bool(change.files),
            commands=any(fix.commands for fix in change.fixes) or (change.reload and not change.files),
            mends=change.mends,
            undoes=bool(change.undoes),
            good_since=self._good_since,
            quiet=now - max(self._begun, self._failed_at),
            queued=self._queued.waiting,
        )

    def _ask(self, now: float) -> None:
        """Start what is due, take what has come."""
        request = self._change.baseline.request
        if self._replay and self._replay.done():
            self._answered(self._replay.result())
            self._replay = None
        if request and not self._replay and now >= self._next_replay and replays.replayable(request):
            self._next_replay = now + decide.REPLAY_EVERY
            self._replay = self._pool.submit(replays.status_once, request, self._change, self._change.patience)
        if self._connects and self._connects.done():
            self._connected(self._connects.result())
            self._connects = None
        if not self._connects and now >= self._next_connects:
            self._next_connects = now + CONNECT_EVERY
            wanted = dict.fromkeys((*self._peers, *self._listens))
            self._connects = self._pool.submit(replays.answering, wanted, self._change) if wanted else None

    def _answered(self, status: int) -> None:
        self._statuses = [*self._statuses, status][-MOST_STATUSES:]
        self._good_since = self._good_since + 1 if good(status) else 0
        if not good(status):
            self._in_streak.clear()

    def _connected(self, found: Mapping[str, bool]) -> None:
        for address in self._listens:
            self._dumb[address] = 0 if found.get(address) else self._dumb[address] + 1
        self._answers = found

    def _count(self, found: list[Record], now: float) -> None:
        """Add the failures that new workers logged, those of our own requests left out."""
        if any(self._is_crash(record) for record in found):
            self._serving = foreign.ids(foreign.present(self._change)) or self._serving
        pids = {pid for pid, _ in self._serving} if self._change.reload else None
        for record in found:
            symptom = classify(record).symptom
            if symptom not in FAILING or (pids is not None and record.pid not in pids) or own.is_ours(record.referrer):
                continue
            key = outage_key(symptom, record.peer, record.server)
            self._failures[key] += 1
            self._in_streak[key] += 1
            if key in self._change.mends:
                self._good_since, self._failed_at = 0, now

    def _is_crash(self, record: Record) -> bool:
        """Whether the master says that a worker which served is no more. Other text in a log can look like that: then pid and level are wrong."""
        view, words = self._change.view, _CRASHED.match(record.message)
        return bool(words and view and record.pid == view.pid and record.level == "alert" and int(words[1]) in {pid for pid, _ in self._serving})

    def _interference(self, present: frozenset[Worker]) -> str:
        """What somebody else did since, in words."""
        for file in self._change.files:
            if on_disk(file) != sha(file.after):
                return f"{file.path} is not as we left it: somebody else wrote it meanwhile"
        return foreign.interference(self._change, self._serving, present)


def observe(
    watch: Watch, before: Baseline, asked: Callable[[], str], tell: Callable[[decide.Observed], None], every: float = 0.1
) -> tuple[decide.Decision, decide.Observed]:
    """Look until a decision is certain. `asked` gives a person's word, `tell` gets every look."""
    while True:
        word = asked()
        seen = watch.look("keep" if word == "keep" else "put_back" if word == "put_back" else "")
        tell(seen)
        decision = decide.decide(before, seen)
        if decision:
            return decision, seen
        time.sleep(every)
