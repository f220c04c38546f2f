"""`tui502 route`: the way of a request for a person, from the listen to the peer and back."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tui502.model.config import Where
from tui502.model.facts import Facts
from tui502.model.route import Branch, InEffect, Jump, Member, Way
from tui502.read.routing.listens import names
from tui502.read.routing.locations import written
from tui502.read.way_asked import WayAsked
from tui502.report.clean import clean
from tui502.text import neutral

_AT = 10
_PLACE_AT = 58
_ALWAYS = ("connect_timeout", "read_timeout", "send_timeout", "buffer_size", "buffers", "next_upstream")
"""Settings that are shown although they are nginx's own defaults: they decide most often."""


def text(url: str, facts: Facts, asked: WayAsked) -> str:
    """The way in lines: what, and at the right where it stands. Secrets are masked."""
    found = asked.way
    lines = [f"{clean(found.request.method)} {clean(url)}   nginx {facts.nginx.version or 'of unknown version'}, {neutral(facts.nginx.conf)}"]
    if asked.running:
        lines.append("told by the text that nginx runs; the files differ from it")
    elif facts.drift.state == "differs":
        lines.append("told by the files, which are newer than what nginx runs: perhaps it runs another text")
    lines += _way(found, facts.nginx.conf)
    lines += _row("UNDECIDED", found.undecided) if found.undecided else []
    lines += _row("ELSEWHERE", asked.elsewhere) if asked.elsewhere else []
    assumed = (*found.assumed, *(found.sent.assumed if found.sent else ()))
    lines += _row("TAKEN AS", "a request with " + ", ".join(assumed)) if assumed else []
    lines += _effective(asked.effective, facts.nginx.conf) if found.blocks else []
    return "\n".join(line.rstrip() for line in lines)


def _way(found: Way, conf: str) -> Iterator[str]:
    yield from _row("LISTEN", found.listen)
    if found.handshake is not None and found.handshake is not found.server:
        yield from _row("HANDSHAKE", "the certificate of " + (", ".join(names(found.handshake)) or "a server without a name"), found.handshake.where, conf)
    if found.server is not None:
        yield from _row("SERVER", ", ".join(names(found.server)) or "without a name", found.server.where, conf)
    if found.location is not None:
        yield from _row("LOCATION", written(found.location), found.location.where, conf)
    yield from _ending(found, conf)


def _ending(found: Way, conf: str) -> Iterator[str]:
    for n, jump in enumerate(found.jumps):
        yield from _row("" if n else "JUMPS", _jumped(jump), jump.where, conf)
    for n, guard in enumerate(found.guards):
        yield from _row("" if n else "GUARDS", f"{guard.kind}: {guard.to}", guard.where, conf)
    if found.pass_ is not None and found.answer == "pass":
        yield from _passed(found, conf)
    elif found.answer != "none":
        yield from _row("ANSWER", _answer(found))
    for branch in found.branches:
        yield from _beside(branch, conf)
    behind = [("502", found.failing)] if found.failing else []
    for status, way in (*behind, *((str(status), way) for status, way in found.instead)):
        yield from _row(f"IF {status}", "the way goes on:")
        yield from _inner(way, conf)


def _beside(branch: Branch, conf: str) -> Iterator[str]:
    """A request that nginx makes beside this one."""
    what = "asks {} first: 2xx lets the client in, 401 and 403 are handed on, all else is a 500" if branch.kind == "auth_request" else "copies it to {}"
    yield from _row("BESIDE", f"{branch.kind} {what.format(branch.way.request.uri)}", branch.where, conf)
    if branch.way.location is not None:
        yield from (f"  {line}" for line in _row("LOCATION", written(branch.way.location), branch.way.location.where, conf))
    yield from _inner(branch.way, conf)
    if branch.refused is not None:
        yield from _row("", "while its backend is down the client gets:")
        yield from _inner(branch.refused, conf)


def _inner(way: Way, conf: str) -> Iterator[str]:
    yield from (f"  {line}" for line in (*_ending(way, conf), *(_row("UNDECIDED", way.undecided) if way.undecided else [])))


def _jumped(jump: Jump) -> str:
    return f"{jump.kind} -> {jump.to}" if jump.to else f"{jump.kind} holds"


def _answer(found: Way) -> str:
    shown = {"file": f"the file {found.text}", "redirect": f"a redirect to {found.text}", "handler": f"{found.text}"}.get(found.answer, found.text)
    return f"{found.status or ''} {shown}".strip()


def _passed(found: Way, conf: str) -> Iterator[str]:
    assert found.pass_
    target = "" if found.pass_.args[:1] == (found.target,) or not found.target else f" = {found.target}"
    yield from _row("PASS", f"{found.pass_.name} {' '.join(found.pass_.args)}{target}", found.pass_.where, conf)
    if found.sent is not None:
        for n, line in enumerate(_request(found)):
            yield from _row("" if n else "SENDS", line)
    if found.group is not None:
        if found.group.name:
            yield from _row("GROUP", found.group.name, found.group.where, conf)
        for n, member in enumerate(found.group.members):
            yield from _row("" if n or found.group.name else "PEER", _member(member), member.where, conf)
        for one in found.group.settings:
            yield from _row("", f"{one.name} {' '.join(one.values)}", one.places[0] if one.places else None, conf, one.level == "default")
    if found.status:
        yield from _row("STATUS", f"the client gets {found.status}, whatever the backend says")


def _request(found: Way) -> Iterator[str]:
    assert found.sent
    yield found.sent.line or found.sent.undecided or f"{found.family} parameters"
    for header in found.sent.headers:
        value = header.value if header.value is not None else f"{header.written} (not known)"
        yield clean(f"{header.name}: {value}")


def _member(member: Member) -> str:
    address = member.peer.address if member.peer else member.written
    return " ".join((address, *member.parameters)) or f"max_fails={member.max_fails} fail_timeout={member.fail_timeout}"


def _effective(effective: tuple[InEffect, ...], conf: str) -> Iterator[str]:
    shown = [one for one in effective if one.places or one.name.partition("_")[2] in _ALWAYS]
    first = True
    for one in shown:
        for n, value in enumerate(one.values):
            where = one.places[n] if one.places else None
            yield from _row("EFFECTIVE" if first else "", f"{one.name} {value}", where, conf, not one.places)
            first = False
    if len(shown) < len(effective):
        yield from _row("", f"and {len(effective) - len(shown)} defaults of nginx: --json has all")


def _row(word: str, body: str, where: Where | None = None, conf: str = "", default: bool = False) -> list[str]:
    place = "nginx's default" if default else _shown(where, conf) if where else ""
    line = f"{word:<{_AT}}{clean(body)}"
    return [f"{line:<{_PLACE_AT}}  {place}" if place else line]


def _shown(where: Where, conf: str) -> str:
    """File and line, the file relative to the directory of the main one where it lies below."""
    base = posixpath.dirname(conf) + "/"
    return neutral(f"{where.file.removeprefix(base)}:{where.line}")
