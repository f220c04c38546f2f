"""What listens on this host and may be the backend of a dead peer at another place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from heapq import merge
from itertools import islice

from tui502.model.evidence import Listener, Process
from tui502.model.facts import Candidate, Peer, Unit
from tui502.read import addresses, ties
from tui502.read.hosted import Asked, Hosted, good, status_of
from tui502.text import neutral, shorten

MOST_UNTIED = 3
"""Listeners without a tie that are kept, nearest port first, to be able to say that they are no proof."""

_TITLE = re.compile(rb"<title[^>]*>\s*(.{0,200}?)\s*</title>", re.I | re.S)
_SERVER = re.compile(rb"^(?:server|x-powered-by):[ \t]*([^\r\n]{1,80})", re.I | re.M)


Spot = tuple[Listener, Process | None, str]
"""A listening socket, the process that holds it and the service of that."""


class Spots:
    """Every listening TCP socket that is not nginx's own, found by the service or directory of its holder, and by its port."""

    def __init__(self, host: Hosted, units: tuple[Unit, ...]) -> None:
        self.host, self.services = host, ties.services(units)
        self._free: dict[str, dict[int, str]] = {}

    @cached_property
    def by_port(self) -> list[Spot]:
        mine = (item for item in self.host.listeners if item.family != "unix" and not self.host.nginx.intersection(item.pids))
        held = ((item, self.host.holder(item)) for item in mine)
        return sorted(((item, process, self.host.owner(process)) for item, process in held), key=lambda spot: spot[0].port)

    @cached_property
    def _by_reason(self) -> dict[object, list[int]]:
        found: dict[object, list[int]] = {}
        for n, (_, process, name) in enumerate(self.by_port):
            reasons: list[object] = [name] if name else []
            if process:
                reasons += [("in", process.cwd), *ties.words_of_directory(process.cwd)]
            for reason in reasons:
                found.setdefault(reason, []).append(n)
        return found

    def free(self, dialled: str) -> dict[int, str]:
        """Places in `by_port` → the address at which they are reached from where `dialled` is, each address once and none that a peer dials already."""
        if dialled not in self._free:
            found: dict[str, int] = {}
            for n, (item, _, _) in enumerate(self.by_port):
                address = addresses.reached_at(item, dialled)
                if address not in found and not _routed(self.host, item, address):
                    found[address] = n
            self._free[dialled] = {n: address for address, n in found.items()}
        return self._free[dialled]

    def tied(self, aliases: tuple[str, ...], called: dict[str, frozenset[str]], directories: set[str]) -> list[int]:
        """The places in `by_port` of those that may have a tie to a backend."""
        reasons = [*(unit.name for unit in self.services.of(aliases, called)), *(("in", folder) for folder in directories), *called.values()]
        return sorted({n for reason in reasons for n in self._by_reason.get(reason, ())})

    def near(self, port: int, among: dict[int, str]) -> Iterator[int]:
        """The places in `by_port` of all that are `among` these, the nearest port first."""
        high = bisect_left(self.by_port, port, key=lambda spot: spot[0].port)
        below = iter([n for n in reversed(range(high)) if n in among])
        above = iter([n for n in range(high, len(self.by_port)) if n in among])
        return merge(below, above, key=lambda n: abs(self.by_port[n][0].port - port))


def candidates(
    spots: Spots, asked: Asked, peer: Peer, aliases: tuple[str, ...], called: dict[str, frozenset[str]], expected: tuple[str, ...]
) -> tuple[Candidate, ...]:
    """Listening TCP sockets, tied ones first, most ties first: none of nginx's own, and none that another peer dials.

    `aliases` are the addresses of the dead peer, `called` the names of its backend (`ties.names`), `expected` the services that should serve it.
    """
    host = spots.host
    directories = {host.units[name].directory for name in expected if ties.names_address(host.units[name], peer.address)} - {"", "/"}
    dialled = addresses.split(peer.address)[0]
    free = spots.free("127.0.0.1" if dialled == "localhost" else dialled)
    maybe = [n for n in spots.tied(aliases, called, directories) if n in free]
    found = {n: _candidate(host, asked, spots.by_port[n], free[n], aliases, called, directories) for n in maybe}
    tied = sorted((each for each in found.values() if each.ties), key=lambda each: (-len(each.ties), not good(each.status), each.address))
    near = islice((n for n in spots.near(peer.port, free) if n not in found or not found[n].ties), MOST_UNTIED)
    return (*tied, *(found.get(n) or _candidate(host, asked, spots.by_port[n], free[n], aliases, called, directories) for n in near))


def siblings(host: Hosted, asked: Asked, peer: Peer, same_word: tuple[str, ...]) -> tuple[Candidate, ...]:
    """What listens at another address of the name that this peer is written as: nobody else is meant by that name."""
    found = []
    for address in same_word:
        listener = host.listener((address,)) if address != peer.address else None
        if listener:
            process = host.holder(listener)
            spot = listener, process, host.owner(process)
            found.append(_as_candidate(asked, spot, address, (f"{neutral(addresses.written(peer))} means {address} too",)))
    return tuple(found)


def _routed(host: Hosted, item: Listener, address: str) -> bool:
    """Is it what some peer of the configuration dials already?"""
    if address in host.routed:
        return True
    return item.address in addresses.ANY and any(addresses.answers(item, routed) for routed in host.routed_at.get(item.port, ()))


def _candidate(
    host: Hosted, asked: Asked, spot: Spot, address: str, aliases: tuple[str, ...], called: dict[str, frozenset[str]], directories: set[str]
) -> Candidate:
    _, process, name = spot
    unit = host.units.get(name)
    reasons = (*(ties.of_unit(unit, aliases, called) if unit else ()), *(ties.of_process(process, directories, called) if process else ()))
    return _as_candidate(asked, spot, address, reasons)


def _as_candidate(asked: Asked, spot: Spot, address: str, reasons: tuple[str, ...]) -> Candidate:
    _, process, name = spot
    answered = next((seen.value for seen in asked.get(address, ()) if seen.value and seen.value.speak == "http"), None)
    title = _TITLE.search(answered.received) if answered else None
    software = _SERVER.search(answered.received) if answered else None
    return Candidate(
        address=address,
        pid=process.pid if process else 0,
        process=neutral(process.name) if process else "",
        unit=neutral(name),
        ties=reasons,
        status=status_of(answered) if answered else None,
        title=shorten(neutral(title[1]), 60) if title else "",
        server=shorten(neutral(software[1]), 40) if software else "",
    )
