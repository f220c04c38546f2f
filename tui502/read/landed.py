"""Requests that land in another server than the one which has their name: since an earlier one took it, or none on that address has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from tui502.model.config import Config, Directive
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, Pass, Request, Routes
from tui502.read.asked import asked, is_default, meets
from tui502.read.memo import Memo, Shelf
from tui502.read.routing import located
from tui502.read.routing.index import index
from tui502.read.routing.servers import Chosen, choose
from tui502.read.routing.virtual import Virtual

MOST = 16
"""Requests that are laid on the configuration."""


@dataclass(frozen=True)
class Landing:
    """A request, the server that takes it, and `meant`, the one with its name that does not get it, None where no server on that address or a wider one has it.
    `by_default`: the server that takes it does not have the name. `pass_` and `meant_pass` are where either would hand the request on, `outages` the failures
    that it meets and that go on. `named` says that a person named this request."""

    request: Request
    host: str
    server: Directive
    meant: Directive | None
    by_default: bool
    pass_: Pass | None
    meant_pass: Pass | None
    outages: tuple[Outage, ...] = ()
    named: bool = False


_known: Memo[tuple[Landing, ...]] = Memo()
_laid: Memo[Shelf[Landing | None]] = Memo()


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
            yield replace(found, outages=outages, named=request in met)


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
