"""Looks carried out until no new one is wanted, once or for as long as the screen is up."""

from __future__ import annotations

import dataclasses
import functools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any

from tui502.collect.assemble import Answer, late, listener_flips, put_all, reaches, turned
from tui502.collect.carry_out import behind_utc, carry_out
from tui502.collect.choose import choose, compiled_in, wanted, with_binary
from tui502.collect.exchange import exchanges
from tui502.collect.garbage import not_searched
from tui502.collect.logs import LogWatch
from tui502.collect.pool import Pool
from tui502.collect.schedule import Schedule, concerning
from tui502.model.evidence import NOT_YET, SCHEMA, Evidence, Gap, Look, Seen, View
from tui502.read import keys

Plan = Callable[[Evidence], tuple[Look, ...]]
OnEvidence = Callable[[Evidence], None]

FIRST = (
    Look("nginx", "nginx", (), 0, 3.0, 2.0, "is nginx running"),
    Look("processes", "processes", (), 0, 3.0, 5.0, "who runs"),
)
WATCHED = Look("listeners", "listeners", (), 0, 2.0, 1.0, "who listens")
"""Looked at every second while live, whatever the plan says: a listener that comes or goes is news."""

COALESCE = 0.01
"""Seconds in which answers that come together are taken together."""

DELIVER_EVERY = 0.1
STALE = 3.0
"""Seconds after which a look at what moves tells of another moment."""

LONG, REST = 0.1, 3.0
"""Where it takes more than LONG seconds to plan or to judge everything, REST times as long is waited before it is done again: with ten thousand sites it
takes seconds."""

LONGEST_WAIT = 0.2
"""Seconds after which a request to stop is noticed at the latest."""

LOGS = ("log", "access_log")
MOVING = (*LOGS, "listeners")
"""Kinds of looks at what changes all the time and costs little."""


def initial(conf: str, probing: bool, url: str = "") -> Evidence:
    """The evidence before anything was looked at: every field a gap or empty. `view.at` is 0 until nginx was looked for."""
    return Evidence(
        schema=SCHEMA, taken_at=time.time(), utc_offset=behind_utc(), host=socket.gethostname(), euid=os.geteuid(),
        conf=conf, probing=probing, view=NOT_YET, other_masters=(), files={}, dirs={}, commands={}, exchanges={}, listeners=NOT_YET,
        processes=NOT_YET, names={}, logs={}, running=NOT_YET, flips=(), masked=False, url=url,
    )  # fmt: skip


def _rested(begun: float, least: float) -> float:
    """When something that began then and ended now may be done again: what takes long is done seldom, so that most of the time is left to others."""
    now = time.monotonic()
    return max(begun + least, now + REST * (now - begun) if now - begun > LONG else 0.0)


class Collector:
    """One investigation's looks. `conf` (made absolute), `nginx` and `pid` choose the master; `masters` replaces the search for masters.

    `gather` or `run` is called once; `again`, `take` and `readers` from any thread.
    """

    def __init__(
        self, *, conf: str = "", nginx: str = "", pid: int = 0, probing: bool = True, url: str = "", masters: Callable[[], tuple[View, ...]] | None = None
    ) -> None:
        self._wanted = wanted(conf, nginx, pid)
        self._probing = probing
        self._masters = masters
        self._evidence = initial(self._wanted.conf, probing, url)
        self._schedule = Schedule()
        self._news: SimpleQueue[Answer | str | Look | BaseException] = SimpleQueue()
        self._wished: dict[tuple[str, str], Look] = {}
        self._pool: Pool | None = None
        self._logs: LogWatch | None = None
        self._compiled: dict[str, tuple[str, str]] = {}

    def gather(self, plan: Plan, deadline: float = 10.0) -> Evidence:
        """Look until nothing new is wanted or `deadline` seconds are over; what is missing then is a gap "timeout". Where that took long, what changes all the
        time is looked at once more in the end, so that all of it is about the same moment."""
        begun = time.monotonic()
        self._pool = Pool()
        try:
            self._replan(plan)
            self._look(plan, self._pool, begun + deadline)
            if STALE < time.monotonic() - begun < deadline - STALE:
                self._schedule.again(lambda look: look.kind in MOVING, time.monotonic())
                self._look(plan, self._pool, begun + deadline)
        finally:
            self._pool.close()
        missing = [(look, late(look, time.time())) for look in self._schedule.open()]
        for look, seen in missing:
            if look.kind == "nginx":
                self._evidence = self._with_masters(self._evidence, seen)
        return put_all(self._evidence, missing, time.time())

    def _look(self, plan: Plan, pool: Pool, end: float) -> None:
        """Carry out what is due until nothing is, or the time is up."""
        while self._schedule.open() and (left := end - time.monotonic()) > 0:
            self._submit(pool)
            if self._take(left):
                self._replan(plan)

    def run(self, plan: Plan, on_evidence: OnEvidence, stop: threading.Event) -> None:
        """Look and go on looking until `stop` is set; `on_evidence` gets each new evidence, in this thread, at most about ten times a second."""
        self._pool = Pool()
        self._schedule.paced = True
        self._logs = LogWatch(lambda look, seen: self._news.put((look, seen)), self._news.put)
        delivered, planned, deliver, replan = self._evidence, self._evidence, 0.0, 0.0
        try:
            self._replan(plan)
            while not stop.is_set():
                self._submit(self._pool)
                waiting = [*([deliver] if self._evidence is not delivered else []), *([replan] if self._evidence is not planned else [])]
                self._take(max(0.0, min([*waiting, time.monotonic() + LONGEST_WAIT]) - time.monotonic()))
                if self._evidence is not planned and (begun := time.monotonic()) >= replan:
                    planned = self._evidence
                    self._replan(plan)
                    replan = _rested(begun, 0.0)
                if self._evidence is not delivered and (begun := time.monotonic()) >= deliver:
                    delivered = self._evidence
                    with not_searched():
                        on_evidence(delivered)
                    deliver = _rested(begun, DELIVER_EVERY)
        finally:
            self._pool.close()
            self._logs.stop()

    def again(self, prefix: str = "") -> None:
        """Look again now: at everything, or at what has a key that starts with `prefix` or concerns the peer of that name."""
        self._news.put(prefix)

    def take(self, look: Look) -> None:
        """Take this look now, whether the plan wants it or not."""
        self._news.put(look)

    def readers(self) -> tuple[Any, ...]:
        """The readers (LogReader) of the error logs that are followed; () before any is known and outside of `run`."""
        return self._logs.readers() if self._logs else ()

    def _replan(self, plan: Plan) -> None:
        """What the plan wants now, and in a live run what is watched always."""
        with not_searched():
            planned = plan(self._evidence)
        looks = {(look.kind, look.key): look for look in (*FIRST, *((WATCHED,) if self._logs else ()), *self._wished.values(), *planned)}
        if self._logs:
            self._logs.want([look for look in looks.values() if look.kind in LOGS], self._evidence.view.value)
            looks = {key: look for key, look in looks.items() if look.kind not in LOGS}
        else:
            looks = {key: dataclasses.replace(look, every=None) for key, look in looks.items()}
        self._schedule.want(looks.values(), time.monotonic())

    def _submit(self, pool: Pool) -> None:
        """Hand out what is due: the exchanges of one view together, all else one by one."""
        now = time.monotonic()
        talks: dict[int, list[Look]] = {}
        for look in self._schedule.due(now):
            self._schedule.started(look, now)
            if look.kind == "exchange" and self._probing:
                talks.setdefault(look.view, []).append(look)
            else:
                pool.submit(functools.partial(self._carry_out, look))
        for looks in talks.values():
            pool.submit(functools.partial(self._talk, looks))

    def _carry_out(self, look: Look) -> None:
        try:
            if look.kind == "nginx" and self._masters:
                seen: Seen[Any] = Seen(time.time(), 0.0, self._masters())
            elif self._is_gone(look):
                seen = Seen(time.time(), 0.0, gap=Gap(look.key, "absent", ""))
            else:
                seen = carry_out(self._concrete(look), self._view(look), probing=self._probing)
            self._news.put((look, seen))
        except Exception as error:  # noqa: BLE001 - raised again by the loop, where it can be shown
            self._news.put(error)

    def _talk(self, looks: list[Look]) -> None:
        try:
            if self._is_gone(looks[0]):
                for look in looks:
                    self._news.put((look, Seen(time.time(), 0.0, gap=Gap(look.key, "absent", ""))))
            else:
                exchanges(looks, self._view(looks[0]), lambda look, seen: self._news.put((look, seen)))
        except Exception as error:  # noqa: BLE001 - raised again by the loop, where it can be shown
            self._news.put(error)

    def _is_gone(self, look: Look) -> bool:
        """Whether the look is meant from a master that this is no longer about."""
        view = self._evidence.view.value
        return look.view != 0 and (view is None or view.pid != look.view)

    def _view(self, look: Look) -> View | None:
        """The master a look is meant from; that of "listeners" always, to see its network too."""
        return self._evidence.view.value if look.view or look.kind == "listeners" else None

    def _concrete(self, look: Look) -> Look:
        """The binary asked for on the command line is the one that is asked and tested where no nginx runs."""
        if self._wanted.nginx and look.key in (keys.NGINX_V, keys.NGINX_T) and not look.view:
            return dataclasses.replace(look, args=(self._wanted.nginx, *look.args[1:]))
        return look

    def _take(self, wait: float) -> bool:
        """Wait for news and put them into the evidence; whether that changed it. Raises what a look raised, which is a bug of ours."""
        answers = list(self._answers(wait))
        now = time.monotonic()
        for look in self._schedule.overdue(now):
            answers.append((look, late(look, time.time())))
            if self._pool:
                self._pool.replace()
        before = self._evidence
        for look, seen in answers:
            if look.kind == "nginx":
                self._evidence = self._with_masters(self._evidence, seen)
        self._evidence = put_all(self._evidence, answers, time.time())
        if self._logs and self._evidence.listeners is not before.listeners:
            self._follow_up([flip.peer for flip in listener_flips(before.listeners, self._evidence.listeners)], now)
        if self._logs and (hosts := turned(before.exchanges, answers)):
            self._schedule.again(lambda look: look.kind == "exchange" and not hosts.isdisjoint(look.args[3:4]), now)
        return self._evidence is not before

    def _answers(self, wait: float) -> Iterable[Answer]:
        """What came within `wait` seconds, or until the next look is due; answers to questions that changed meanwhile are dropped."""
        now = time.monotonic()
        end = now + min(wait, self._schedule.next_event(now))
        while True:
            try:
                news = self._news.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                return
            if isinstance(news, BaseException):
                raise news
            now = time.monotonic()
            if isinstance(news, str):
                self._schedule.again(concerning(news), now)
                return
            if isinstance(news, Look):
                self._wished[news.kind, news.key] = news
                self._schedule.also(news, now)
                return
            if (news[0].kind in LOGS and self._logs) or self._schedule.answered(news[0], now, news[1].took):
                yield news
            end = min(end, now + COALESCE)

    def _follow_up(self, listeners: list[str], now: float) -> None:
        """A listener came or went. If it is one we talk to: talk to it again, repeat the failing requests, ask the service managers."""

        def is_reached(look: Look) -> bool:
            return look.kind in ("exchange", "replay", "access") and any(reaches(listener, look.args[0]) for listener in listeners)

        def concerns(look: Look) -> bool:
            return is_reached(look) or look.kind in ("replay", "processes", "path") or (look.kind == "command" and look.every is not None)

        if any(map(is_reached, self._schedule.wanted())):
            self._schedule.again(concerns, now)

    def _with_masters(self, evidence: Evidence, seen: Seen[tuple[View, ...]]) -> Evidence:
        """The evidence about the master that is chosen now. Another master makes what was seen from the former one worthless."""
        current = evidence.view.value
        if seen.value is None and current is not None:
            return evidence
        chosen = choose(seen.value or (), self._wanted, current, self._built)
        if chosen is None:
            view: Seen[View] = Seen(seen.at, seen.took, gap=seen.gap or self._none())
        else:
            view = Seen(seen.at, seen.took, with_binary(chosen, self._wanted.nginx))
        others = tuple(one for one in seen.value or () if chosen is None or one.pid != chosen.pid)
        if view.value == current and view.gap == evidence.view.gap and others == evidence.other_masters and evidence.view is not NOT_YET:
            return evidence
        kept = evidence.view if view.value == current and view.gap == evidence.view.gap and evidence.view is not NOT_YET else view
        evidence = dataclasses.replace(evidence, taken_at=time.time(), view=kept, other_masters=others)
        if current is None or (view.value and (view.value.pid, view.value.started) == (current.pid, current.started)):
            return evidence
        if current.local and (view.value is None or view.value.local):
            return dataclasses.replace(evidence, running=NOT_YET, open_files=NOT_YET)
        return dataclasses.replace(
            evidence, running=NOT_YET, open_files=NOT_YET, addresses=NOT_YET, files={}, dirs={}, commands={}, exchanges={}, logs={}, names={}, paths={},
            access={},
        )  # fmt: skip

    def _none(self) -> Gap:
        if self._wanted.pid:
            return Gap(f"nginx with pid {self._wanted.pid}", "absent", "")
        return Gap(f"nginx with {self._wanted.conf}" if self._wanted.conf else "nginx", "absent", "")

    def _built(self, view: View) -> tuple[str, str]:
        if view.exe not in self._compiled:
            self._compiled[view.exe] = compiled_in(view)
        return self._compiled[view.exe]
