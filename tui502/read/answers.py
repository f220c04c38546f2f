"""Requests as the access logs tell of them, each tally with its server where that is known: a variable of the format names it, or it alone writes that log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui502.model.config import Config, Directive
from tui502.model.evidence import Evidence, LogSeen, Tally
from tui502.model.facts import Loaded, LogTarget
from tui502.read.counts import STEP
from tui502.read.memo import Memo
from tui502.read.routing.index import Index, index
from tui502.read.routing.servers import find

_hosts: Memo[dict[str, str]] = Memo()
_writers: Memo[dict[str, set[str]]] = Memo()


class Answer(NamedTuple):
    """A tally of the access log at `path`. `server` is the name that error logs give its server, '' where it is not known or has none."""

    tally: Tally
    server: str
    path: str


_servers: Memo[dict[str, tuple[Answer, ...]]] = Memo()
_told: Memo[tuple[Answer, ...]] = Memo()


def logs_of(evidence: Evidence, logs: Iterable[LogTarget], kind: str) -> Iterator[LogSeen]:
    """What was seen of the logs of that kind, each once."""
    for key in dict.fromkeys(target.key for target in logs if target.kind == kind):
        seen = evidence.logs.get(key)
        if seen and seen.value:
            yield seen.value


def answers(evidence: Evidence, config: Config, logs: tuple[LogTarget, ...], loaded: Loaded | None = None) -> tuple[Answer, ...]:
    """All that access logs count."""
    seen = tuple(logs_of(evidence, logs, "access"))
    return _told((config, loaded, logs, *seen), lambda: _answers(seen, config, logs, loaded))


def _answers(logs_seen: tuple[LogSeen, ...], config: Config, logs: tuple[LogTarget, ...], loaded: Loaded | None) -> tuple[Answer, ...]:
    alone = {} if loaded else _writers((config, logs), lambda: _all_writers(index(config), logs))
    hosts = _hosts((config,), dict)
    found = []
    for seen in logs_seen:
        writers = alone.get(seen.source, set())
        own = next(iter(writers)) if len(writers) == 1 else ""
        for tally in seen.tallies:
            named = tally.server
            if named and seen.server_by == "host":
                if named not in hosts:
                    hosts[named] = _server_of(index(config), named)
                named = hosts[named]
            found.append(Answer(tally, named or own, seen.source))
    return tuple(found)


def _server_of(laid_out: Index, host: str) -> str:
    """The server that takes requests for `host`, by its first name; '' where it cannot be told, or where that depends on the address that is asked."""
    found = {_name_of(laid_out, chosen.server) if (chosen := find(laid_out.at(*place), host)).server else "" for place in laid_out.places()}
    return found.pop() if len(found) == 1 else ""


def _name_of(laid_out: Index, server: Directive) -> str:
    return next((one.args[0] for one in laid_out.named(server, "server_name") if one.args), "")


def _all_writers(laid_out: Index, logs: tuple[LogTarget, ...]) -> dict[str, set[str]]:
    """The servers that write each access log, by their first names. Of a path with variables nobody knows."""
    at = {where: target.path for target in logs if target.kind == "access" for where in (target.where, *target.also) if where}
    fallback = {target.path for target in logs if target.kind == "access" and not target.where}
    found: dict[str, set[str]] = {}
    for server in laid_out.servers:
        http = laid_out.http_of.get(id(server))
        paths = {at[one.where] for one in _settings(server) if one.where in at}
        if not laid_out.named(server, "access_log"):
            paths |= {at[one.where] for one in laid_out.named(http, "access_log") if one.where in at} if http else set()
            paths |= fallback
        for path in paths:
            found.setdefault(path, set()).add(_name_of(laid_out, server))
    return found


def _settings(block: Directive) -> Iterator[Directive]:
    for one in block.children:
        if one.name == "access_log" and not one.data:
            yield one
        elif one.children:
            yield from _settings(one)


def since(tally: Tally, first: float) -> int:
    """How many of the tally came at `first` or later, to ten seconds, as far back as the steps go."""
    if tally.first >= first:
        return tally.count
    steps = int(tally.last // STEP) - int(first // STEP) + 1
    return sum(tally.per_10s[-steps:]) if steps > 0 else 0


def by_step(tally: Tally) -> Iterator[tuple[int, int]]:
    """(number of the step of ten seconds, how many came in it), the newest first."""
    last = int(tally.last // STEP)
    yield from ((last - n, count) for n, count in enumerate(reversed(tally.per_10s)) if count)


def of_server(told: tuple[Answer, ...], server: str, begin: float) -> tuple[Answer, ...]:
    """The answers of a server, where its logs tell them apart since `begin`; else all."""
    servers = _servers((told,), lambda: _by_server(told))
    own = servers.get(server, ()) if server else ()
    paths = {each.path for each in own}
    mixed = any(each.path in paths and since(each.tally, begin) for each in servers.get("", ()))
    return told if mixed or not own else own


def _by_server(told: tuple[Answer, ...]) -> dict[str, tuple[Answer, ...]]:
    found: dict[str, list[Answer]] = {}
    for each in told:
        found.setdefault(each.server, []).append(each)
    return {server: tuple(own) for server, own in found.items()}
