"""What became of the request that a person named, in clauses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui502.model.evidence import Evidence
from tui502.model.findings import Incident
from tui502.read import asked as reader
from tui502.read.asked import PORTS, Asked
from tui502.read.routing.listens import names
from tui502.report.clean import clean

_ENDS = {
    "refused": "nginx refuses the connection", "timeout": "no answer in time", "reset": "the connection is reset", "closed": "the connection is closed",
}  # fmt: skip


def clauses(incident: Incident) -> list[str]:
    """Of each request: what it was answered just now, what takes it; then where the host that was named leads. [] where nothing was named."""
    evidence = incident.evidence
    if not evidence.url:
        return []
    found = [text for each in _asked(incident) for text in (_answer(evidence, each), *_way(each))]
    return [*(found or [_nobody(incident)]), *_host(evidence)]


def document(incident: Incident) -> dict[str, Any] | None:
    """The same for programs."""
    if not incident.evidence.url:
        return None
    return {
        "url": clean(incident.evidence.url),
        "requests": [_request(incident.evidence, each) for each in _asked(incident)],
        "notes": clauses(incident),
    }


def _asked(incident: Incident) -> tuple[Asked, ...]:
    facts = incident.facts
    return reader.asked(incident.evidence, facts.config, facts.routes, facts.outages, facts.loaded)


def _request(evidence: Evidence, each: Asked) -> dict[str, Any]:
    server, route = each.found.server, each.found.pass_
    return {
        "url": _url(each),
        "listen": each.listen,
        "status": reader.status_of_replay(evidence, each.request),
        "server": {"file": clean(server.file), "line": server.line, "names": [clean(name) for name in names(server)]} if server else None,
        "default_server": each.by_default,
        "location": clean(route.location) if route else None,
        "pass": clean(route.target) if route else None,
        "undecided": clean(each.found.undecided) or None,
    }


def _url(each: Asked) -> str:
    """The port is said even where the host was sent without it."""
    scheme, host, port = each.request.scheme, each.request.host, each.request.port
    said = f":{port}" if port != PORTS[scheme] and not host.endswith(f":{port}") else ""
    return clean(f"{scheme}://{host}{said}{each.request.uri}")


def _answer(evidence: Evidence, each: Asked) -> str:
    seen = reader.replayed(evidence, each.request)
    status = reader.status_of_replay(evidence, each.request)
    if status:
        return f"{_url(each)} was answered {status} just now"
    if seen and seen.value:
        return f"{_url(each)}: {_ENDS.get(seen.value.end, 'no answer that could be read')}"
    if evidence.view.value is None:
        return f"{_url(each)} was not sent: nginx does not run"
    return f"{_url(each)} was not sent{'' if evidence.probing else ' (--no-probe)'}"


def _way(each: Asked) -> Iterator[str]:
    server, route = each.found.server, each.found.pass_
    host = each.request.host.partition(":")[0] if not each.request.host.startswith("[") else each.request.host
    if each.by_default and server and reader.is_name(host):
        own = next(iter(names(server)), "") or "one without a name"
        yield f"no server bears {clean(host)}: the default server of {each.listen} answers ({clean(own)}, {clean(server.file)}:{server.line})"
    if route:
        yield f"location {clean(route.location)} passes it to {clean(route.target)}" if route.location else f"it is passed to {clean(route.target)}"
    if each.found.undecided:
        yield clean(each.found.undecided)


def _nobody(incident: Incident) -> str:
    """Why no request could be made of it."""
    url = reader.url_of(incident.evidence)
    if not incident.facts.config.files:
        return f"{clean(incident.evidence.url)} was not sent: the configuration of nginx is not known"
    if url is None or not url.host:
        return f"{clean(incident.evidence.url)} was not sent: no site of this nginx passes requests to a backend"
    where = f"port {url.port or PORTS[url.scheme]}" if url.port or url.scheme else "any port"
    return f"{clean(incident.evidence.url)} was not sent: no server of this nginx listens on {where}{f' for {url.scheme}' if url.scheme else ''}"


def _host(evidence: Evidence) -> Iterator[str]:
    """Where the name leads, if that is not this host. That it has no address is a gap like any other."""
    host = reader.host_of(evidence)
    seen, own = evidence.names.get(host), evidence.addresses.value
    if not host or not seen:
        return
    if seen.value and own and not set(seen.value) & set(own):
        addresses = ", ".join(map(clean, seen.value[:3]))
        yield f"{clean(host)} is {addresses} by this host's resolver, which is no address of this host: clients may reach another one, or come through a proxy"
