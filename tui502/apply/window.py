"""How long a change is watched: until what it mends had the time to show."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.facts import Facts, Outage, Pass
from tui502.model.findings import Fix
from tui502.read.asking import is_through
from tui502.read.setting import setting
from tui502.read.symptoms import TIMEOUTS
from tui502.read.values import seconds
from tui502.text import neutral

LEAST = 60.0
"""Seconds within which a change must show that it helps."""

AFTER_TIMEOUT = 15.0
"""Seconds beyond the effective time-out, for failures that are time-outs."""

AFTER_BENCH = 10.0
"""Seconds beyond fail_timeout, in which nginx does not ask a peer that failed."""

BENCH = 10.0
"""Seconds for which nginx does not ask a peer that failed, where nothing is set."""

LONGEST = 900.0
"""Seconds beyond which no decision is put off, whatever time-outs are configured: nobody waits for a day."""

REPLAY = 10.0
"""Seconds that a replay may take where nginx is not told to wait for longer."""

AFTER_ANSWER = 5.0
"""Seconds beyond the new time-out within which nginx's own answer must come."""


def window(facts: Facts, fixes: tuple[Fix, ...], outages: tuple[Outage, ...]) -> float:
    """Seconds of the decision: longer than the time-outs that the failure may take, those after the change among them."""
    found = [LEAST, *(fix.waits + AFTER_TIMEOUT for fix in fixes if fix.waits)]
    for outage in outages:
        if TIMEOUTS.intersection(outage.symptoms):
            found += [waits + AFTER_TIMEOUT for route in _passes(facts, outage) for waits in _waits(facts, route)]
        found.append(_bench(facts, outage.target.upstream) + AFTER_BENCH)
    return min(max(found), LONGEST)


def patience(fixes: tuple[Fix, ...]) -> float:
    """Seconds that a replay may take once the change is live: nginx itself answers then at the latest."""
    return max((REPLAY, *(fix.waits + AFTER_ANSWER for fix in fixes if fix.waits)))


def _passes(facts: Facts, outage: Outage) -> list[Pass]:
    """The passes through which it failed, else all that dial its peer."""
    through = [route for route in facts.routes.passes if is_through(outage, route)]
    return through or [route for route in facts.routes.passes if any(neutral(peer.address) == outage.target.peer for peer in route.peers)]


def _waits(facts: Facts, route: Pass) -> Iterator[float]:
    for name in ("read_timeout", "connect_timeout", "send_timeout"):
        yield seconds(setting(facts.config, route.where, route.family, name, facts.nginx.version).value)


def _bench(facts: Facts, group: str) -> float:
    """The longest fail_timeout in a group."""
    servers = (child for each in facts.config.walk() if each.name == "upstream" and each.args == (group,) for child in each.children)
    given = (word for server in servers for word in server.args if word.startswith("fail_timeout="))
    return max((seconds(word.partition("=")[2]) for word in given), default=BENCH)
