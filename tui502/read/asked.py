"""The request that a person named, laid on the configuration: which server takes it, and where it leads."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Exchange, Seen
from tui502.model.facts import Loaded, Outage, Pass, Request, Routes
from tui502.read import asked_url, keys, requests
from tui502.read.asked_url import AskedUrl
from tui502.read.hosted import status_of
from tui502.read.memo import Memo
from tui502.read.routing import Located, located
from tui502.read.routing.index import Index, index, local
from tui502.read.routing.servers import Chosen, choose
from tui502.text import neutral

PORTS = {"http": 80, "https": 443}

_LOOPBACK = ("127.0.0.1", "[::1]")

_SPARE = "127.0.0.2"
"""An address of every Linux host (127.0.0.0/8 is its own) that hardly anybody listens on: what comes in there is taken on "*"."""

MOST = 4
"""Sites of which a mere path is asked: those that fail before those that do not."""


class Asked(NamedTuple):
    """A request that is meant. `by_default` says that no server bears the name, so that the default one of `listen` ("*:80") takes it."""

    request: Request
    found: Located
    by_default: bool
    listen: str


def asked(evidence: Evidence, config: Config, routes: Routes, outages: Iterable[Outage], loaded: Loaded | None = None) -> tuple[Asked, ...]:
    """The requests behind `Evidence.url`: one, or of a mere path one for each of a few sites, those with an outage first. () where nothing was named, and
    where nobody listens for it. Where nginx runs another text than stands on disk (`loaded`), that takes them; passes are those on disk all the same."""
    url = url_of(evidence)
    if url is None:
        return ()
    failing = () if url.host else tuple(sorted({outage.target.server for outage in outages if outage.now}))
    inputs = (config, routes, loaded, evidence.url, evidence.names.get(url.host), evidence.addresses, "\n".join(failing))
    return _known(inputs, lambda: _asked_of(url, evidence, config, routes, loaded, failing))


def _asked_of(
    url: AskedUrl, evidence: Evidence, config: Config, routes: Routes, loaded: Loaded | None, failing: tuple[str, ...]
) -> tuple[Asked, ...]:  # fmt: skip
    if loaded is not None:
        config = loaded.config
    dialled = loaded.routes if loaded else routes
    found = filter(None, [taken(url, "", evidence, config, dialled)]) if url.host else _of_path(url, config, dialled, failing)
    return tuple(found) if loaded is None else tuple(_on_disk(each, routes) for each in found)


def _on_disk(each: Asked, routes: Routes) -> Asked:
    """With the passes as they stand on disk, where they do."""
    places = {route.place: route for route in reversed(routes.passes)}
    pass_, beside = each.found.pass_, tuple(places.get(route.place, route) for route in each.found.beside)
    return each._replace(found=replace(each.found, pass_=pass_ and places.get(pass_.place, pass_), beside=beside))


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


def taken(url: AskedUrl, at: str, evidence: Evidence, config: Config, routes: Routes) -> Asked | None:
    """The request of a URL with a host, and what takes it, at the best of all listens that fit: one whose server bears the name, one that leads to a backend,
    the usual port; of the default servers of a port only the first counts. `at`: it comes in at this address, '' where that was not said. None where nobody
    listens for it."""
    fitting = [_asked(config, routes, request, chosen) for request in _requests(url, at, evidence, config) if (chosen := choose(config, request)).server]
    first = {each.request.port: each for each in reversed(fitting) if each.by_default}
    among = [each for each in fitting if not each.by_default or each is first[each.request.port]]
    return min(among, key=lambda each: (each.by_default, each.found.pass_ is None), default=None)


def _requests(url: AskedUrl, at: str, evidence: Evidence, config: Config) -> Iterator[Request]:
    """The request at every place where nginx could take it, addresses that the name has first."""
    servers = index(config)
    ports = [url.port] if url.port else [PORTS[url.scheme]] if url.scheme else [80, 443, *sorted({port for _, port in servers.places()} - {0, 80, 443})]
    for port in ports:
        for address in (at,) if at else _addresses(url.host, port, evidence, config):
            virtual = servers.virtual(local(address, port) or address, port)
            scheme = "https" if virtual and virtual.ssl else "http"
            if virtual and url.scheme in ("", scheme):
                yield request_at(url, scheme, address, port)


def _addresses(host: str, port: int, evidence: Evidence, config: Config) -> Iterable[str]:
    """Local addresses to ask at, as nginx writes them. An address that was said decides, and loopback where the name means that here. Other names leave the
    choice: of the addresses that it means those at which other servers are than at loopback, then loopback, then what clients from outside reach, then any."""
    seen, servers = evidence.names.get(host), index(config)
    listened = [address for address in servers.addresses(port) if address not in ("*", "[::]")]
    own = dict.fromkeys(map(_written, evidence.addresses.value or ())) or dict.fromkeys(listened)
    if not is_name(host):
        return _of_address(_written(host), port, own, listened, servers)
    resolved = [_written(each) for each in (seen.value or () if seen else ())]
    if resolved and all(map(_is_loopback, resolved)) and any(servers.virtual(each, port) for each in resolved):
        return resolved
    meant = [each for each in resolved if each in own]
    apart = (each for each in meant if servers.virtual(each, port) is not servers.virtual(_LOOPBACK[each.startswith("[")], port))
    outside = (each for each in (*own, _SPARE) if each not in listened)
    found: dict[int, str] = {}
    for each in (*apart, *_LOOPBACK, *outside, *listened):
        found.setdefault(id(servers.virtual(each, port)), each)
    return found.values()


def _of_address(said: str, port: int, own: Iterable[str], listened: Iterable[str], servers: Index) -> list[str]:
    """Where a request to that address comes in: there, where it is one of this host; else (it is translated on the way) where the same servers take it, or
    at an address of its kind that clients from outside can reach."""
    if said in own or _is_loopback(said):
        return [said]
    there = servers.virtual(said, port)
    if there is None:
        return [each for each in listened if _same_kind(each, said) and each not in _LOOPBACK]
    return [each for each in (*_LOOPBACK, *own, _SPARE) if _same_kind(each, said) and servers.virtual(each, port) is there][:1]


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.strip("[]")).is_loopback


def _same_kind(one: str, other: str) -> bool:
    return one.startswith("[") == other.startswith("[")


def _written(address: str) -> str:
    """An address as nginx writes it: IPv6 in brackets."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


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
    listen = chosen.among.listen if chosen.among else f"{request.address}:{request.port}"
    return Asked(request, located(config, request, routes), is_default(chosen), listen)


def is_default(chosen: Chosen) -> bool:
    """Does no server have the name, so that the default one takes the request?"""
    among = chosen.among
    return among is not None and chosen.server is among.default and among.by_name(chosen.host) is None and chosen.groups is None


def meets(each: Asked, outage: Outage) -> bool:
    """Is this outage one of the pass to which the request leads, or of one that is asked first whether to let it in?"""
    return any(_is_of(route, outage) for route in (each.found.pass_, *each.found.beside) if route)


def _is_of(route: Pass, outage: Outage) -> bool:
    same = neutral(route.location) == outage.target.location
    return same and (outage.target.server in map(neutral, route.names) or not (route.names and outage.target.server))
