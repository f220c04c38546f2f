"""Requests to replay through nginx: from records of the logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tui502.model.evidence import LogSeen
from tui502.model.facts import Listen, Pass, Request
from tui502.read import own
from tui502.read.access_log import form
from tui502.read.addresses import ANY
from tui502.read.error_log import Record, parse

_LINE = re.compile(r"(GET|HEAD) (/[!-~]*)(?: HTTP/\d(?:\.\d)?)?\Z")
_REQUEST = re.compile(rb"(GET|HEAD) (/[!->@-~]*)(?:\?[!-~]*)?(?: HTTP/\d(?:\.\d)?)?\Z")
_ASKED = re.compile(rb'"(GET|HEAD) (/[!->@-~]*)(?:\?[!-~]*)? HTTP/\d(?:\.\d)?"')
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::\d{1,5})?\Z")
LONGEST_URI = 2000


def from_records(samples: tuple[bytes, ...], route: Pass) -> Request | None:
    """The newest GET or HEAD among raw records, without its query string, as a client of this server sends it; None when there is none."""
    return next(_of_records(reversed(samples), route), None)


def all_from_records(samples: Iterable[bytes], route: Pass) -> tuple[Request, ...]:
    """Every GET or HEAD among raw records in their order, each once."""
    return tuple(dict.fromkeys(_of_records(samples, route)))


def _of_records(samples: Iterable[bytes], route: Pass) -> Iterator[Request]:
    for raw in samples:
        if (asked := _asked(raw)) and (request := to_server(route, *asked)):
            yield request


@lru_cache(maxsize=1024)
def _asked(raw: bytes) -> tuple[str, str, str] | None:
    """(method, host, path) of the GET or HEAD in a raw record of an error log."""
    record = parse(raw)
    found = _LINE.match(record.request)
    return (found[1], record.host, found[2].partition("?")[0].partition("#")[0]) if found and len(found[2]) <= LONGEST_URI else None


@lru_cache(maxsize=1024)
def host_in(raw: bytes) -> str:
    """The host that a client asked for, by a raw record of an error log; '' where it names none."""
    return parse(raw).host


def from_access(lines: Iterable[bytes], route: Pass, formats: Iterable[str] = ()) -> Request | None:
    """The newest GET or HEAD of lines of access logs in one of these formats, without its query string, sent to this server; None when there is none."""
    return next((request for line in reversed(list(lines)) if (request := from_line(line, route, formats))), None)


def from_line(line: bytes, route: Pass, formats: Iterable[str] = ()) -> Request | None:
    """The request of one such line, if it is GET or HEAD."""
    told = next((fields for each in formats if (fields := form(each).fields(line))), {})
    asked = told.get("request") or b" ".join(filter(None, (told.get("request_method"), told.get("request_uri"))))
    found = _REQUEST.match(asked) or (None if told else _ASKED.search(line))
    host = told.get("host", b"").decode("ascii", "replace")
    return to_server(route, found[1].decode("ascii"), host, found[2].decode("ascii")) if found and len(found[2]) <= LONGEST_URI else None


def is_about(line: bytes, request: Request) -> bool:
    """Does this line of an access log tell of that request, whatever its query string? Which server it was sent to is not written there."""
    found = _ASKED.search(line)
    return found is not None and (found[1].decode("ascii"), found[2].decode("ascii")) == (request.method, request.uri.partition("?")[0])


def own_records(request: Request, logs: Iterable[LogSeen]) -> Iterator[Record]:
    """What nginx logged of our own replay of `request`, newest first within a log: it counts nowhere, but it tells how the request failed."""
    for log in logs:
        for raw in reversed(log.newest):
            record = parse(raw) if own.RAW_MARK in raw else None
            if record and own.is_ours(record.referrer) and record.host == request.host and record.request.startswith(f"{request.method} {request.uri} "):
                yield record


def to_server(route: Pass, method: str, host: str, uri: str) -> Request | None:
    """A request to a listen of this server. `host` was sent by a client: it is used only where it is a plain host name that this server bears."""
    listen = next(iter(_tcp(route)), None)
    if listen is None:
        return None
    plain = next((name for name in route.names if _HOST.match(name) and name != "_"), "")
    wanted = host if _HOST.match(host) and (bears(route, host.partition(":")[0]) or not plain) else plain
    return _request(listen, method, wanted or "localhost", uri)


def bears(route: Pass, host: str) -> bool:
    """Does one of the plain or wildcard names of this server mean `host`?"""
    host = host.lower().rstrip(".")
    for name in route.names:
        name = name.lower()
        if name == host or (name.startswith(".") and (host == name[1:] or host.endswith(name))):
            return True
        if (name.startswith("*.") and host.endswith(name[1:])) or (name.endswith(".*") and host.startswith(name[:-1])):
            return True
    return False


def _tcp(route: Pass) -> list[Listen]:
    """Its listens that a TCP client can reach, plain ones first."""
    return sorted((each for each in route.listens if each.port), key=lambda each: each.ssl)


def _request(listen: Listen, method: str, host: str, uri: str) -> Request:
    address = listen.address if listen.address not in ANY else "[::1]" if ":" in listen.address else "127.0.0.1"
    return Request(method, "https" if listen.ssl else "http", address, listen.port, host.partition(":")[0] if listen.ssl else "", host, uri)
