"""Which logs of other programs to look into while peers fail: those of the services behind them, of PHP-FPM's masters, and the kernel's messages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, PeerState, Pool
from tui502.read import ini, keys
from tui502.read.symptoms import FAILING, OWN_ANSWERS
from tui502.text import neutral

MOST = 6
"""Logs that are looked into at once, those of the peers that fail most often first."""

KERNEL = "journal:_TRANSPORT=kernel"


def key(place: str) -> str:
    """The key of such a look."""
    return f"excerpt {place}"


def wanted(evidence: Evidence, facts: Facts) -> tuple[tuple[str, float], ...]:
    """(place, moment of the first failure), each place once; () while no peer fails."""
    failing = [outage for outage in facts.outages if outage.now and outage.target.peer and (FAILING | OWN_ANSWERS) & {*outage.symptoms}]
    found: dict[str, float] = {}
    for outage in sorted(failing, key=lambda each: -each.client_visible):
        for place in (place for state in _failing(facts, outage) for place in _of_peer(evidence, facts, state)):
            found.setdefault(place, outage.first or evidence.taken_at)
    if failing and _has_journal(evidence):
        found.setdefault(KERNEL, failing[0].first or evidence.taken_at)
    return tuple(found.items())[:MOST]


def _failing(facts: Facts, outage: Outage) -> list[PeerState]:
    """The peer that fails; of a group in which none is left, all of them."""
    group = {peer.address for route in facts.routes.passes if neutral(route.upstream) == outage.target.peer for peer in route.peers}
    return [state for state in facts.peers if neutral(state.peer) == outage.target.peer or state.peer in group]


def _of_peer(evidence: Evidence, facts: Facts, state: PeerState) -> Iterator[str]:
    managed = {unit.name for unit in facts.units if unit.manager == "systemd"}
    for name in dict.fromkeys((state.unit, *state.expected_units)):
        if name in managed:
            yield f"journal:_SYSTEMD_UNIT={name} + UNIT={name}"
    for pool in facts.pools:
        if pool.listen and _is_at(pool, state):
            yield from _php(evidence, pool)


def _is_at(pool: Pool, state: PeerState) -> bool:
    return pool.listen == state.peer or (pool.master != 0 and pool.master == state.pid) or bool(pool.listen[:1] == ":" and state.peer.endswith(pool.listen))


def _php(evidence: Evidence, pool: Pool) -> Iterator[str]:
    """The error_log of the master that runs a pool, where it is a file with a full path."""
    seen = evidence.files.get(pool.conf)
    entries = ini.entries(seen.value.data) if seen and seen.value and not seen.value.cut else ()
    path = next((entry.value for entry in reversed(tuple(entries)) if entry.key == "error_log" and entry.section in ("", "global")), "")
    if path.startswith("/") and not path.startswith("/dev/"):
        yield posixpath.normpath(path)


def _has_journal(evidence: Evidence) -> bool:
    """Whether systemd was asked for its units and answered."""
    return bool((seen := evidence.commands.get(keys.SYSTEMD_UNITS)) and seen.value and seen.value.out)
