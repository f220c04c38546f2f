"""The requests that are sent through nginx: the one that a person named, and those that fail; and the processes that have to do with them."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts, Outage, Request
from tui502.read import asked, editing, keys, landed, unreached
from tui502.read.looks.backends import NAME_PATIENCE
from tui502.read.looks.ground import SLOW_EVERY, master
from tui502.read.symptoms import TIMEOUTS
from tui502.text import neutral

MOST_SERVING = 8
"""Processes behind failing peers that are looked at closely."""

REPLAY_EVERY = 15.0
"""Seconds between two replays of a request that fails: whoever mends it, without a word to us, is seen to have done so."""

SLOW_REPLAY_EVERY = 60.0
"""The same where each replay keeps the backend busy until nginx gives up."""

MOST_REPLAYS = 4
"""Requests replayed at once: the failing ones, most damaging first."""


def named(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The request that a person named, and where its host leads; where no server has the name, the files that may have been meant to."""
    if (host := asked.host_of(evidence)) and evidence.probing:
        yield Look(host, "name", (host,), master(evidence), NAME_PATIENCE, None, "where does the named host lead")
    for each in asked.asked(evidence, facts.config, facts.routes, facts.outages, facts.loaded):
        yield _replay(evidence, each.request)
    for host in dict.fromkeys(each.host for each in landed.landings(evidence, facts) if each.by_default):
        for path in unreached.files(facts, host):
            yield Look(path, "file", (path,), master(evidence), 3.0, SLOW_EVERY, "does a file that no include reaches name the site")


def _replay(evidence: Evidence, request: Request, every: float | None = None) -> Look:
    args = (f"{request.address}:{request.port}", request.scheme, request.method, request.host, request.uri)
    return Look(keys.replay_key(request), "replay", args, master(evidence), 10.0, every, "does the request fail now")


def failing(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The requests that fail by the logs, replayed while they do."""
    known: set[Request] = set()
    for outage in _worst(facts.outages):
        if outage.request and outage.request not in known:
            known.add(outage.request)
            every = SLOW_REPLAY_EVERY if TIMEOUTS & {*outage.symptoms} else REPLAY_EVERY
            yield _replay(evidence, outage.request, every if outage.now else None)


def closer(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """Single processes: those behind the peers that fail, a worker of nginx, and the editors in which somebody may have a file of the configuration."""
    started = {process.pid: process.started for process in evidence.processes.value or ()}
    peers = {outage.target.peer for outage in facts.outages if outage.now}
    serving = [state.pid for state in facts.peers if neutral(state.peer) in peers][:MOST_SERVING]
    for pid in dict.fromkeys((*serving, *facts.nginx.workers[:1], *(process.pid for process in editing.editors(evidence)))):
        if pid in started:
            yield Look(keys.process_key(pid), "process", (str(pid), repr(started[pid])), 0, 3.0, SLOW_EVERY, "what does it use, and who works there")


def _worst(outages: tuple[Outage, ...]) -> tuple[Outage, ...]:
    asked = [outage for outage in outages if outage.request]
    return tuple(sorted(asked, key=lambda outage: (not outage.now, -outage.client_visible))[:MOST_REPLAYS])
