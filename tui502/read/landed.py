"""Requests that land in another server than the one which has their name: since an earlier one took it, or none on that address has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from tui502.model.config import Config, Directive
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, Pass, Request, Routes
from tui502.read import keys, requests
from tui502.read.answers import logs_of
from tui502.read.asked import asked, is_default, meets
from tui502.read.memo import Memo, Shelf
from tui502.read.routing import located
from tui502.read.routing.index import index
from tui502.read.routing.servers import Chosen, choose, host_of
from tui502.read.routing.virtual import Virtual

MOST = 16
"""Requests that are laid on the configuration."""


@dataclass(frozen=True)
class Landing:
    """A request, the server that takes it, and `meant`, the one with its name that does not get it, None where no server on that address or a wider one has it.
    `by_default`: the server that takes it does not have the name. `pass_` and `meant_pass` are where either would hand the request on. `named` says that a
    person named this request. `outages` are the failures that go on and that it meets, where nobody named it only those of which every record that is kept asks
    for its host; `stray` says that there are others alone: it is one of requests that fail whatever they ask for."""

    request: Request
    host: str
    server: Directive
    meant: Directive | None
    by_default: bool
    pass_: Pass | None
    meant_pass: Pass | None
    outages: tuple[Outage, ...] = ()
    named: bool = False
    stray: bool = False


_known: Memo[tuple[Landing, ...]] = Memo()
_laid: Memo[Shelf[Landing | None]] = Memo()
_kept: Memo[dict[str, tuple[bytes, ...]]] = Memo()


def landings(evidence: Evidence, facts: Facts) -> tuple[Landing, ...]:
    """Those among the requests that a person named, and the failing ones, by the text that nginx runs where that is known."""
    return _known((evidence, facts), lambda: tuple(_landings(evidence, facts)))


def _landings(evidence: Evidence, facts: Facts) -> Iterator[Landing]:
    config, routes = (facts.loaded.config, facts.loaded.routes) if facts.loaded else (facts.config, facts.routes)
    shelf = _laid((config, routes), Shelf)
    named = asked(evidence, facts.config, facts.routes, facts.outages, facts.loaded)
    met = {each.request: tuple(one for one in facts.outages if one.now and meets(each, one)) for each in named}
    failing: dict[Request, tuple[Outage, ...]] = {}
    for outage in facts.outages:
        if outage.now and outage.request and outage.request not in met:
            failing[outage.request] = (*failing.get(outage.request, ()), outage)
    for request, outages in islice((*met.items(), *failing.items()), MOST):
        found = shelf(request, lambda _: (), partial(_landing, config, routes, request))
        if found:
            own = outages if request in met else tuple(one for one in outages if _asks_for(found, _records(evidence, facts).get(one.key, ())))
            yield replace(found, outages=own, named=request in met, stray=bool(outages) and not own)


def _asks_for(landing: Landing, records: tuple[bytes, ...]) -> bool:
    """Do all of these records tell of requests for the host of this one?"""
    hosts = {host_of(replace(landing.request, host=host)) if host else None for host in map(requests.host_in, records)}
    return hosts == {landing.host}


def _records(evidence: Evidence, facts: Facts) -> dict[str, tuple[bytes, ...]]:
    """The records of error logs that are kept of each outage, the newest and the oldest."""
    logs = tuple(logs_of(evidence, facts.logs, "error"))

    def read() -> dict[str, tuple[bytes, ...]]:
        found: dict[str, tuple[bytes, ...]] = {}
        for tally in (tally for seen in logs for tally in seen.tallies):
            key = keys.outage_key(tally.symptom, tally.peer, tally.server)
            found[key] = (*found.get(key, ()), *tally.samples, *tally.oldest)
        return found

    return _kept(logs, read)


def _landing(config: Config, routes: Routes, request: Request) -> Landing | None:
    """None where the server that takes it is the one with the name, and no other wants that."""
    chosen = choose(config, request)
    if chosen.server is None or chosen.among is None or chosen.refused or not chosen.host:
        return None
    default = is_default(chosen)
    meant = _wider(config, chosen, request.port) if default else _second(chosen, chosen.among)
    if meant is None and not default:
        return None
    return Landing(request, chosen.host, chosen.server, meant, default, located(config, request, routes).pass_, _pass_of(routes, meant, request))


def _second(chosen: Chosen, among: Virtual) -> Directive | None:
    """The first other server that wants the name, which nginx ignores there."""
    return next((server for name, server in among.ignored if server is not chosen.server and has(name, chosen.host)), None)


def _wider(config: Config, chosen: Chosen, port: int) -> Directive | None:
    """The server with that name on another address of the same port."""
    servers = index(config)
    own = {id(server) for server in chosen.among.servers} if chosen.among else set()
    found = (servers.at(host, at).by_name(chosen.host) for host, at in servers.places() if at == port and not host.startswith("unix:"))
    return next((server for server in found if server and id(server) not in own), None)


def has(name: str, host: str) -> bool:
    """Does a name of a server, as written, stand for this host? Regular expressions are left out: they are never ignored."""
    low = name.lower()
    if low.startswith("."):
        return host == low[1:] or host.endswith(low)
    if low.startswith("*."):
        return host.endswith(low[1:])
    return host.startswith(low[:-1]) if low.endswith(".*") else host == low


def _pass_of(routes: Routes, server: Directive | None, request: Request) -> Pass | None:
    """Where the server would hand the request on: by the longest prefix that fits. None where it would not, or regular expressions take part."""
    path = request.uri.partition("?")[0]
    own = [one for one in routes.passes if server is not None and one.server_where == server.where and not one.location.startswith("@")]
    if any(one.location.startswith("~") for one in own):
        return None
    exact = next((one for one in own if one.location == f"= {path}"), None)
    fitting = [one for one in own if path.startswith(one.location.removeprefix("^~ "))]
    return exact or max(fitting, key=lambda one: len(one.location), default=None)
