"""What runs on this host, indexed once for all peers: who listens, which process holds it, which service that belongs to; and what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tui502.model.evidence import Evidence, Exchange, Listener, Process, Seen
from tui502.model.facts import Nginx, Routes, Unit
from tui502.read import addresses
from tui502.read import units as services
from tui502.read.exchanges import fastcgi

Asked = Mapping[str, tuple[Seen[Exchange], ...]]
"""Peer → what it was asked directly, newest first."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")

BROKEN = 500
"""A status from this one on says that the application itself fails."""


@dataclass(frozen=True)
class Hosted:
    """`nginx` are the pids of this and any other nginx, `routed` all addresses that some peer of the configuration stands for. What was answered is not
    in it: that changes far more often."""

    listeners: tuple[Listener, ...]
    by_port: Mapping[int, tuple[Listener, ...]]
    by_path: Mapping[str, tuple[Listener, ...]]
    processes: Mapping[int, Process]
    units: Mapping[str, Unit]
    mains: Mapping[int, Unit]
    nginx: frozenset[int]
    routed: frozenset[str]

    def listener(self, aliases: tuple[str, ...]) -> Listener | None:
        """The socket that a connection to the first served of these addresses reaches."""
        for alias in aliases:
            _, port, path = addresses.split(alias)
            for item in self.by_path.get(path, ()) if path else self.by_port.get(port, ()):
                if addresses.answers(item, alias):
                    return item
        return None

    def holder(self, listener: Listener | None) -> Process | None:
        """The process that holds a listening socket: of a family of workers the one whose parent does not hold it."""
        pids = listener.pids if listener else ()
        held = [self.processes[pid] for pid in pids if pid in self.processes]
        heads = [process for process in held if process.ppid not in pids] or held
        return min(heads, key=lambda process: (process.started, process.pid), default=None)

    @cached_property
    def routed_at(self) -> Mapping[int, tuple[str, ...]]:
        """`routed` by port."""
        found: dict[int, list[str]] = {}
        for address in self.routed:
            found.setdefault(addresses.split(address)[1], []).append(address)
        return {port: tuple(each) for port, each in found.items()}

    @cached_property
    def sockets(self) -> tuple[tuple[Listener, Process | None, str], ...]:
        """Every listening unix socket with a path that is not nginx's own, its holder and the service of that."""
        mine = (item for item in self.listeners if item.family == "unix" and item.path.startswith("/") and not self.nginx.intersection(item.pids))
        return tuple((item, holder, self.owner(holder)) for item in mine for holder in (self.holder(item),))

    def owner(self, process: Process | None) -> str:
        return services.owner(process, self.processes, self.units, self.mains) if process else ""


def hosted(evidence: Evidence, routes: Routes, units: tuple[Unit, ...], nginx: Nginx) -> Hosted:
    """The index. Sockets of another network namespace than nginx's are left out."""
    view = evidence.view.value
    listeners = tuple(item for item in evidence.listeners.value or () if not (view and view.net_ns and item.net_ns and item.net_ns != view.net_ns))
    by_port: dict[int, list[Listener]] = {}
    by_path: dict[str, list[Listener]] = {}
    for item in listeners:
        if item.family == "unix":
            by_path.setdefault(item.path, []).append(item)
        else:
            by_port.setdefault(item.port, []).append(item)
    processes = {process.pid: process for process in evidence.processes.value or ()}
    return Hosted(
        listeners=listeners,
        by_port={port: tuple(items) for port, items in by_port.items()},
        by_path={path: tuple(items) for path, items in by_path.items()},
        processes=processes,
        units={unit.name: unit for unit in units},
        mains=services.by_main_pid(units),
        nginx=frozenset({nginx.pid, *nginx.workers, *nginx.leaving} | {pid for pid, process in processes.items() if process.name == "nginx"}),
        routed=frozenset(alias for route in routes.passes for peer in route.peers for alias in addresses.aliases(peer)),
    )


def status_of(exchange: Exchange) -> int | None:
    """The HTTP status of an answer, None where there is none, and of a FastCGI answer where no script was asked for."""
    if exchange.speak == "fastcgi":
        return fastcgi.status(exchange.received) if fastcgi.ran_a_script(exchange) else None
    found = _STATUS.match(exchange.received)
    return int(found[1]) if found else None


def good(status: int | None) -> bool:
    """A 2xx or 3xx."""
    return status is not None and 200 <= status < 400


def asked(exchanges: Mapping[str, Seen[Exchange]]) -> Asked:
    """The exchanges by peer; replays through nginx are not among them."""
    found: dict[str, list[Seen[Exchange]]] = {}
    for seen in exchanges.values():
        if seen.value and seen.value.speak != "replay":
            found.setdefault(seen.value.peer, []).append(seen)
    return {peer: tuple(sorted(items, key=_newest) if len(items) > 1 else items) for peer, items in found.items()}


def _newest(seen: Seen[Exchange]) -> tuple[float, str]:
    return -seen.at, seen.value.speak if seen.value else ""
