"""The way of a request that a person names: where it comes in, and by which configuration nginx answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tui502.model.config import Config, Where
from tui502.model.evidence import Evidence, PathSeen, Process, Seen
from tui502.model.facts import Facts, Request, Routes
from tui502.model.route import Closed, FileKind, InEffect, Known, Way
from tui502.read.access import rights, worker
from tui502.read.asked import PORTS, asked, is_name, request_at, taken
from tui502.read.asked_url import AskedUrl
from tui502.read.in_effect import in_effect
from tui502.read.routing import way
from tui502.read.routing.index import index
from tui502.read.routing.servers import choose
from tui502.text import neutral

_KINDS: Mapping[str, FileKind] = {"file": "file", "dir": "dir"}

_ANYWHERE = {"*": "192.0.2.1", "[::]": "[2001:db8::1]"}
"""An address (of RFC 5737, RFC 3849) that nobody listens on by itself, for those that stand for all."""


@dataclass(frozen=True)
class WayAsked:
    """`running` says that the way is told by the text that nginx runs, which differs from the files. `effective` are the directives in effect where it ends.
    `elsewhere` is what another server answers at another address of this host, '' where the address makes no difference or was said."""

    way: Way
    running: bool
    effective: tuple[InEffect, ...]
    elsewhere: str


def way_asked(evidence: Evidence, facts: Facts, url: AskedUrl, address: str, host: str) -> WayAsked:
    """The way of the URL; `address` is where it comes in, `host` the name in its Host header, both '' for what the URL says."""
    config = facts.loaded.config if facts.loaded else facts.config
    routes = facts.loaded.routes if facts.loaded else facts.routes
    at = address or ("" if is_name(url.host) or not host else url.host)
    request = _request(url._replace(host=host or url.host), at, evidence, config, routes)
    known = Known(_files(evidence.paths), None, facts.nginx.version, facts.nginx.prefix or "/", _closed(evidence))
    found = way(config, request, known)
    effective = in_effect(config, found.blocks, found.family, facts.nginx.version)
    return WayAsked(found, facts.loaded is not None, effective, "" if address or not is_name(url.host) else next(_elsewhere(config, request, found), ""))


def wanted(found: Way) -> tuple[str, ...]:
    """The paths that would have to be looked at to tell it to its end."""
    behind = [found.failing, *(each for _, each in found.instead), *(branch.refused for branch in found.branches)]
    return tuple(dict.fromkeys(path for each in (found, *behind) if each for path in each.wanted))


def _request(url: AskedUrl, at: str, evidence: Evidence, config: Config, routes: Routes) -> Request:
    """The request as it is replayed too; where nobody listens for it, or only a path was said, that which its scheme and port mean."""
    named = taken(url, at, evidence, config, routes) if url.host else next(iter(asked(replace(evidence, url=url.text), config, routes, ())), None)
    if named is not None:
        return named.request
    scheme = url.scheme or "http"
    anywhere = "127.0.0.1" if is_name(url.host) or not url.host else url.host
    return request_at(url, scheme, at or anywhere, url.port or PORTS[scheme])


def _elsewhere(config: Config, request: Request, found: Way) -> Iterator[str]:
    """Another address at the same port at which another server answers: first those of the same kind, IPv4 or IPv6."""
    for host in sorted(index(config).addresses(request.port), key=lambda each: _same_kind(each, request.address), reverse=True):
        other = replace(request, address=_ANYWHERE.get(host, host))
        server = choose(config, other).server
        if server is not None and server is not found.server:
            which = "other" if _same_kind(host, request.address) else "IPv6" if host == "[::]" else "IPv4"
            shown = f"any {which} address ({neutral(host)}:{request.port})" if host in _ANYWHERE else f"{neutral(host)}:{request.port}"
            yield f"at {shown} another server answers: {_place(server.where)}"


def _same_kind(one: str, other: str) -> bool:
    return one.startswith("[") == other.startswith("[")


def _place(where: Where) -> str:
    return f"{neutral(where.file)}:{where.line}"


def _files(paths: Mapping[str, Seen[PathSeen]]) -> dict[str, FileKind]:
    """What lies at the paths that were looked at."""
    found: dict[str, FileKind] = {}
    for seen in paths.values():
        if seen.value is not None and seen.value.end in ("found", "absent", "denied"):
            last = seen.value.parts[-1].kind if seen.value.parts else ""
            found[seen.value.path] = _KINDS.get(last, "other") if seen.value.end == "found" else "absent" if seen.value.end == "absent" else "denied"
    return found


def _closed(evidence: Evidence) -> dict[str, Closed]:
    """The paths that were looked at and that the worker cannot get at; where no worker runs, those that not everybody can."""
    process = worker(evidence)
    if process is not None and process.uid == 0:
        return {}
    found = {seen.value.path: next(_lacking(seen.value, process), None) for seen in evidence.paths.values() if seen.value is not None}
    return {path: closed for path, closed in found.items() if closed is not None}


def _lacking(seen: PathSeen, process: Process | None) -> Iterator[Closed]:
    """Rights that are missing on this way: to enter a directory, to read the file at its end."""
    for part in seen.parts:
        last = part is seen.parts[-1] and seen.end == "found"
        need = 4 if part.kind == "file" else 1 if part.kind == "dir" and not last else 0
        bits = rights(part, process.uid, process.gids)[1] if process else part.mode & 7
        if need & ~bits:
            what = f"{'read' if need == 4 else 'enter'} {neutral(part.path)} (mode {part.mode:04o})"
            yield Closed(True, f"nginx's worker (uid {process.uid}) may not {what}") if process else Closed(False, f"a worker of nginx that may {what}")
