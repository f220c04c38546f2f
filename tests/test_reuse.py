"""A flip re-uses what did not change. Whatever changes in whatever order, it must say what a fresh interpreter would say."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.builder import APP, ERRORS, NOW, Host, moved, seen, stopped
from tests.causes.test_bound_elsewhere import bound, by_name
from tests.test_investigate import two_outages
from tui502.investigate import investigate
from tui502.model.evidence import Evidence, Exchange, Flip, Gap, Seen
from tui502.model.findings import Incident
from tui502.read import keys, memo

STEPS = 150
ENDS = ("refused", "refused", "refused", "connected", "timeout")


def group() -> Host:
    """A group with a stopped, a moved and a working peer, and a pass through localhost."""
    host = moved()
    more = "server 127.0.0.1:3000;\n    server 127.0.0.1:3005;\n    server localhost:3007;"
    host.sites["app"] = APP.replace("server 127.0.0.1:3000;", more)
    host.names = {"localhost": ("127.0.0.1", "::1")}
    host.unit("app@5.service", "inactive", Environment="HOST=127.0.0.1 PORT=3005", InactiveEnterTimestamp="Sat 2026-11-21 03:20:00 CET")
    host.service("app-7.service", 1907, "127.0.0.1:3007", started=NOW - 50)
    host.fails("127.0.0.1:3005", count=40)
    host.fails("[::1]:3007", count=3, lasting=20.0)
    return host


def exchange(evidence: Evidence, rng: random.Random) -> Evidence:
    """One peer is asked again, or not to be asked any more."""
    key = rng.choice(sorted(evidence.exchanges)) if evidence.exchanges else ""
    known = evidence.exchanges[key].value if key else None
    if known is None or rng.random() < 0.01:
        return replace(evidence, exchanges={name: item for name, item in evidence.exchanges.items() if name != key})
    end = rng.choice(ENDS) if known.speak == "connect" else known.end
    status = rng.choice((200, 200, 404)) if known.speak == "http" else 200 if rng.random() < 0.05 else 502
    received = b"HTTP/1.1 %d X\r\n\r\n" % status if known.received else b""
    again = Exchange(known.peer, known.speak, known.sent, received, False, known.connected, known.first_byte, end, None)
    flips = (*evidence.flips, Flip(evidence.taken_at, known.peer, known.end, end)) if end != known.end else evidence.flips
    return replace(evidence, exchanges={**evidence.exchanges, key: Seen(evidence.taken_at, 0.0, again)}, flips=flips)


def listeners(evidence: Evidence, rng: random.Random) -> Evidence:
    found = list(evidence.listeners.value or ())
    rng.shuffle(found)
    return replace(evidence, listeners=Seen(evidence.taken_at, 0.0, tuple(found[: rng.randint(0, len(found))])))


def services(evidence: Evidence, rng: random.Random) -> Evidence:
    show = evidence.commands[keys.SYSTEMD_SHOW].value
    assert show is not None
    out = show.out.replace(b"inactive", b"failed") if rng.random() < 0.5 else show.out.replace(b"failed", b"inactive")
    return replace(evidence, commands={**evidence.commands, keys.SYSTEMD_SHOW: Seen(evidence.taken_at, 0.0, replace(show, out=out))})


def log(evidence: Evidence, rng: random.Random) -> Evidence:
    was = evidence.logs[ERRORS].value
    assert was is not None
    tallies = tuple(replace(tally, count=tally.count + 1, last=evidence.taken_at) if rng.random() < 0.5 else tally for tally in was.tallies)
    return replace(evidence, logs={**evidence.logs, ERRORS: Seen(evidence.taken_at, 0.0, replace(was, tallies=tallies))})


def processes(evidence: Evidence, rng: random.Random) -> Evidence:
    if rng.random() < 0.2:
        return replace(evidence, processes=Seen(evidence.taken_at, 0.0, None, Gap("processes", "denied", "")))
    return replace(evidence, processes=Seen(evidence.taken_at, 0.0, tuple(evidence.processes.value or ())))


def time(evidence: Evidence, rng: random.Random) -> Evidence:
    return replace(evidence, taken_at=evidence.taken_at + rng.choice((0.5, 2.0, 2.0, 4.0, 9.0, 11.0, 20.0, 80_000.0 if rng.random() < 0.1 else 60.0)))


def site(evidence: Evidence, rng: random.Random) -> Evidence:
    path = next(path for path in evidence.files if path.endswith("/app"))
    known = evidence.files[path].value
    assert known is not None
    return replace(evidence, files={**evidence.files, path: seen(replace(known, data=known.data + b"\n# again\n"))})


OFTEN, SELDOM = (exchange, time), (listeners, services, log, processes, site)
"""What is the same for all peers changes seldom: else everything would be read anew each time, and nothing be tried of what is kept."""


def said(incident: Incident) -> tuple[Any, ...]:
    return incident.facts, incident.verdict, incident.findings, incident.ruled_out, incident.gaps


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make", [group, moved, stopped, two_outages, lambda: bound("127.0.0.1:3000", "[::1]:3000"), lambda: by_name("[::1]:3000")])
def test_any_order_of_changes(make: Callable[[], Host], seed: int) -> None:
    """If this fails, the screen shows what was true a moment ago."""
    rng, walk, fresh = random.Random(seed), [make().evidence()], []
    for _ in range(STEPS):
        walk.append(rng.choice(OFTEN if rng.random() < 0.9 else SELDOM)(walk[-1], rng))
    for evidence in walk:
        memo.forget()
        fresh.append(said(investigate(evidence)))
    memo.forget()
    before = None
    for evidence, wanted in zip(walk, fresh, strict=True):
        before = investigate(evidence, before)
        assert said(before) == wanted


OTHER = "server {{ listen 81; server_name other.example.com; location / {{ proxy_pass http://{}; }} }}"


def sibling() -> tuple[Evidence, Evidence]:
    """The other peer of the group is gone: the site is down, not only in part."""
    host = moved()
    host.sites["app"] = APP.replace("server 127.0.0.1:3000;", "server 127.0.0.1:3000;\n    server 127.0.0.1:3007;")
    host.sites["other"] = OTHER.format("127.0.0.1:3999")
    host.connect("127.0.0.1:3999", "connected")
    host.connect("127.0.0.1:3007", "connected")
    was = host.evidence()
    host.connect("127.0.0.1:3007", "refused")
    return was, replace(was, exchanges=host.evidence().exchanges)


def namesake() -> tuple[Evidence, Evidence]:
    """The running service of that name serves no other peer any more: it may be the one that is missed."""
    host = stopped()
    host.units = {"legacy.service": {**host.units["app.service"], "Id": "legacy.service"}}
    host.sites["other"] = OTHER.format("127.0.0.1:3005")
    host.service("app.service", 1872, "[::]:3005")
    host.connect("127.0.0.1:3005", "connected")
    was = host.evidence()
    host.connect("127.0.0.1:3005", "refused")
    return was, replace(was, exchanges=host.evidence().exchanges)


def starting() -> tuple[Evidence, Evidence]:
    """Its age is told in seconds while it is young."""
    host = Host()
    host.service("app.service", 1872, "127.0.0.1:9229", started=NOW - 5, Environment="HOST=127.0.0.1 PORT=3000")
    host.fails()
    host.connect("127.0.0.1:3000", "refused")
    was = host.evidence()
    return was, replace(was, taken_at=NOW + 3)


@pytest.mark.parametrize("change", [sibling, namesake, starting])
def test_a_change_that_only_others_see(change: Callable[[], tuple[Evidence, Evidence]]) -> None:
    """What is said of a peer depends on more than that peer."""
    was, now = change()
    memo.forget()
    fresh = said(investigate(now))
    memo.forget()
    before = investigate(was)
    assert said(before)[2:4] != fresh[2:4]
    assert said(investigate(now, before)) == fresh
