"""What listens on this host and may be the backend of a dead peer at another place."""

from __future__ import annotations

import re

from tui502.model.evidence import Listener
from tui502.model.facts import Candidate, Peer
from tui502.read import addresses, ties
from tui502.read.hosted import Hosted, status_of
from tui502.text import neutral, shorten

MOST_UNTIED = 3
"""Listeners without a tie that are kept, nearest port first, to be able to say that they are no proof."""

_TITLE = re.compile(rb"<title[^>]*>\s*(.{0,200}?)\s*</title>", re.I | re.S)
_SERVER = re.compile(rb"^(?:server|x-powered-by):[ \t]*([^\r\n]{1,80})", re.I | re.M)


def candidates(host: Hosted, peer: Peer, aliases: tuple[str, ...], called: dict[str, frozenset[str]], expected: tuple[str, ...]) -> tuple[Candidate, ...]:
    """Listening TCP sockets, tied ones first, most ties first: none of nginx's own, and none that another peer dials.

    `aliases` are the addresses of the dead peer, `called` the names of its backend (`ties.names`), `expected` the services that should serve it.
    """
    directories = {host.units[name].directory for name in expected if ties.names_address(host.units[name], peer.address)} - {"", "/"}
    dialled = "127.0.0.1" if peer.host == "localhost" else peer.host
    found: dict[str, Candidate] = {}
    for item in host.listeners:
        if item.family == "unix" or host.nginx.intersection(item.pids):
            continue
        address = addresses.reached_at(item, dialled)
        if address not in found and not _routed(host, item, address):
            found[address] = _candidate(host, item, address, aliases, called, directories)
    tied = sorted((each for each in found.values() if each.ties), key=lambda each: (-len(each.ties), not good(each.status), each.address))
    near = sorted((each for each in found.values() if not each.ties), key=lambda each: (abs(addresses.split(each.address)[1] - peer.port), each.address))
    return (*tied, *near[:MOST_UNTIED])


def good(status: int | None) -> bool:
    """A 2xx or 3xx."""
    return status is not None and 200 <= status < 400


def _routed(host: Hosted, item: Listener, address: str) -> bool:
    """Is it what some peer of the configuration dials already?"""
    if address in host.routed:
        return True
    return item.address in addresses.ANY and any(addresses.answers(item, routed) for routed in host.routed if addresses.split(routed)[1] == item.port)


def _candidate(host: Hosted, item: Listener, address: str, aliases: tuple[str, ...], called: dict[str, frozenset[str]], directories: set[str]) -> Candidate:
    process = host.holder(item)
    name = host.owner(process)
    unit = host.units.get(name)
    reasons = [*(ties.of_unit(unit, aliases, called) if unit else ()), *(ties.of_process(process, directories, called) if process else ())]
    answered = next((seen.value for seen in host.exchanges.get(address, ()) if seen.value and seen.value.speak == "http"), None)
    title = _TITLE.search(answered.received) if answered else None
    software = _SERVER.search(answered.received) if answered else None
    return Candidate(
        address=address,
        pid=process.pid if process else 0,
        process=neutral(process.name) if process else "",
        unit=neutral(name),
        ties=tuple(reasons),
        status=status_of(answered) if answered else None,
        title=shorten(neutral(title[1]), 60) if title else "",
        server=shorten(neutral(software[1]), 40) if software else "",
    )
