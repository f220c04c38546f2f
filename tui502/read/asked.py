"""The request that a person named, laid on the configuration: which server takes it, and where it leads."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Exchange, Seen
from tui502.model.facts import Outage, Request, Routes
from tui502.read import asked_url, keys, requests
from tui502.read.asked_url import AskedUrl
from tui502.read.hosted import status_of
from tui502.read.memo import Memo
from tui502.read.routing import Located, located
from tui502.read.routing.index import index
from tui502.read.routing.servers import Chosen, choose
from tui502.text import neutral

PORTS = {"http": 80, "https": 443}

MOST = 4
"""Sites of which a mere path is asked: those that fail before those that do not."""


class Asked(NamedTuple):
    """A request that is meant. `by_default` says that no server bears the name, so that the default one of `listen` ("*:80") takes it."""

    request: Request
    found: Located
    by_default: bool
    listen: str


def asked(evidence: Evidence, config: Config, routes: Routes, outages: Iterable[Outage]) -> tuple[Asked, ...]:
    """The requests behind `Evidence.url`: one, or of a mere path one for each of a few sites, those with an outage first. () where nothing was named, and
    where nobody listens for it."""
    url = url_of(evidence)
    if url is None:
        return ()
    failing = () if url.host else tuple(sorted({outage.target.server for outage in outages if outage.now}))
    inputs = (config, routes, evidence.url, evidence.names.get(url.host), evidence.addresses, "\n".join(failing))
    return _known(inputs, lambda: tuple(_of_host(url, evidence, config, routes) if url.host else _of_path(url, config, routes, failing)))


def url_of(evidence: Evidence) -> AskedUrl | None:
    """What was named, None where nothing was, or a recording has something there that names nothing."""
    try:
        return asked_url.parse(evidence.url) if evidence.url else None
    except ValueError:
        return None


def host_of(evidence: Evidence) -> str:
    """The name in `Evidence.url`, '' where an address or only a path was said."""
    url = url_of(evidence)
    return url.host if url and is_name(url.host) else ""


_known: Memo[tuple[Asked, ...]] = Memo()


def marked(named: tuple[Asked, ...], found: Iterable[Outage]) -> list[Outage]:
    """The outages, those that the named requests meet marked."""
    return [replace(outage, asked=True) if any(meets(each, outage) for each in named) else outage for outage in found]


def replayed(evidence: Evidence, request: Request) -> Seen[Exchange] | None:
    return evidence.exchanges.get(keys.replay_key(request))


def status_of_replay(evidence: Evidence, request: Request) -> int | None:
    seen = replayed(evidence, request)
    return status_of(seen.value) if seen and seen.value else None


def _of_host(url: AskedUrl, evidence: Evidence, config: Config, routes: Routes) -> Iterator[Asked]:
    """The best of all listens that fit: one whose server bears the name, one that leads to a backend, the usual port."""
    fitting = [_asked(config, routes, request, chosen) for request in _requests(url, evidence, config) if (chosen := choose(config, request)).server]
    if fitting:
        yield min(fitting, key=lambda each: (each.by_default, each.found.pass_ is None))


def _requests(url: AskedUrl, evidence: Evidence, config: Config) -> Iterator[Request]:
    """The request at every place where nginx could take it, addresses that the name has first."""
    servers = index(config)
    ports = [url.port] if url.port else [PORTS[url.scheme]] if url.scheme else [80, 443, *sorted({port for _, port in servers.places()} - {0, 80, 443})]
    for port in ports:
        for address in _addresses(url.host, port, evidence, config):
            virtual = servers.virtual(address, port)
            scheme = "https" if virtual and virtual.ssl else "http"
            if virtual and url.scheme in ("", scheme):
                yield request_at(url, scheme, address, port)


def _addresses(host: str, port: int, evidence: Evidence, config: Config) -> Iterator[str]:
    """Local addresses to ask at, as nginx writes them."""
    own = set(evidence.addresses.value or ())
    seen = evidence.names.get(host)
    meant = [host.strip("[]"), *((seen.value or ()) if seen else ())]
    listened = [address.strip("[]") for address in index(config).addresses(port) if address not in ("*", "[::]")]
    for address in dict.fromkeys((*(each for each in meant if each in own and each in listened), "127.0.0.1", "::1", *listened)):
        yield f"[{address}]" if ":" in address else address


def request_at(url: AskedUrl, scheme: str, address: str, port: int) -> Request:
    """The request of a URL as a client sends it to an address of this host."""
    host = url.host if port == PORTS[scheme] else f"{url.host}:{port}"
    return Request("GET", scheme, address, port, url.host if scheme == "https" and is_name(url.host) else "", host, url.uri)


def is_name(host: str) -> bool:
    """Is this host of a URL a name, and no address?"""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(host)
    return False


def _of_path(url: AskedUrl, config: Config, routes: Routes, failing: tuple[str, ...]) -> Iterator[Asked]:
    sites = {route.server_where: route for route in reversed(routes.passes)}
    in_turn = sorted(sites.values(), key=lambda route: (neutral(next(iter(route.names), "")) not in failing, routes.passes.index(route)))
    for route in in_turn[:MOST]:
        if request := requests.to_server(route, "GET", "", url.uri):
            yield _asked(config, routes, request, choose(config, request))


def _asked(config: Config, routes: Routes, request: Request, chosen: Chosen) -> Asked:
    among = chosen.among
    default = among is not None and chosen.server is among.default and among.by_name(chosen.host) is None and chosen.groups is None
    address = request.address if request.address in index(config).addresses(request.port) else "*"
    return Asked(request, located(config, request, routes), default, f"{address}:{request.port}")


def meets(each: Asked, outage: Outage) -> bool:
    """Is this outage one of the pass to which the request leads?"""
    route = each.found.pass_
    if route is None or neutral(route.location) != outage.target.location:
        return False
    return outage.target.server in map(neutral, route.names) or not (route.names and outage.target.server)
