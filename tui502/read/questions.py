"""The request with which a backend is asked directly: the one that fails there, as nginx would hand it on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tui502.model.facts import Facts, Outage, Pass, Request
from tui502.model.route import FileKind, Known, Way
from tui502.read import requests
from tui502.read.memo import Memo
from tui502.read.routing import way
from tui502.text import neutral

_LINE = re.compile(r"\S+ (/[!-~]*) HTTP/[\d.]+\Z")
_HTTP = ("http", "https")

_known: Memo[dict[tuple[str, Request], tuple[str, str]]] = Memo()


class Question(NamedTuple):
    method: str
    host: str
    uri: str


def question(facts: Facts, route: Pass, outage: Outage | None) -> Question:
    """The failing request, else the front page, with the URI that nginx makes of it (a pass with a URI, a rewrite); where that cannot be told the client's."""
    method, host, uri = as_client(route, outage)
    request = outage.request if outage else None
    return Question(method, host, _sent(facts, route, request or _front(route))[0] or uri)


def as_client(route: Pass, outage: Outage | None) -> Question:
    """The same with the URI that the client sent."""
    if outage and outage.request:
        return Question(outage.request.method, outage.request.host, outage.request.uri)
    host = next((name for name in route.names if name and not name.startswith(("~", "*", ".")) and name != "_"), "localhost")
    return Question("GET", host, "/")


def doubt(facts: Facts, route: Pass, outage: Outage) -> str:
    """Why it is not known with which URI nginx hands the failing request on, '' where it is."""
    return _sent(facts, route, outage.request)[1]


def page(facts: Facts, route: Pass, request: Request) -> str:
    """The URI that nginx makes of a request to this pass, that of the client where it cannot be told."""
    return _sent(facts, route, request)[0] or request.uri


def _front(route: Pass) -> Request | None:
    return requests.to_server(route, "GET", "", "/")


def _sent(facts: Facts, route: Pass, request: Request | None) -> tuple[str, str]:
    """(URI, why it is not known). Other protocols than HTTP hand on what the client sent."""
    if request is None or route.family not in _HTTP:
        return "", ""
    known = _known((facts.config, facts.nginx.version, facts.nginx.prefix), dict)
    key = route.key, request
    if key not in known:
        known[key] = _found(facts, route, request)
    return known[key]


def _found(facts: Facts, route: Pass, request: Request) -> tuple[str, str]:
    asked = _way(facts, route, request)
    went = next((each for each in _ways(asked) if each.pass_ is not None and each.pass_.where == route.where), None)
    if went is None or went.sent is None:
        return "", neutral(asked.doubt) or "it comes there by a jump"
    line, doubt = _LINE.match(went.sent.line), neutral(went.doubt)
    return (line[1], doubt) if line else ("", neutral(went.sent.undecided) or doubt or "nginx makes an odd URI of it")


def _ways(found: Way) -> Iterator[Way]:
    """The way itself, those that nginx goes beside it, and where it goes on when a pass fails."""
    yield found
    yield from (branch.way for branch in found.branches)
    if found.failing is not None:
        yield from _ways(found.failing)


def _way(facts: Facts, route: Pass, request: Request) -> Way:
    """The way of a request that came to this pass. One in a named location says that what `try_files` looked for before it was not there, unless something
    else is undecided too: then it may have looked for other files."""
    files: dict[str, FileKind] = {}
    while True:
        went = way(facts.config, request, Known(files, None, facts.nginx.version, facts.nginx.prefix))
        absent = [path for path in went.wanted if path not in files]
        only_files = went.undecided.startswith('"try_files"') and "; " not in went.undecided
        if not (absent and route.location.startswith("@") and only_files):
            return went
        files |= dict.fromkeys(absent, "absent")
