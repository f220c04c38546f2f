"""`tui502 route --json`: the public contract, schema 1. Additions are allowed, `schema` is raised on a break."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tui502.model.config import Directive, Where
from tui502.model.facts import Facts
from tui502.model.route import Branch, Group, Header, InEffect, Jump, Member, Sent, Way
from tui502.read.routing.listens import names
from tui502.read.routing.locations import written
from tui502.read.way_asked import WayAsked
from tui502.report.clean import clean
from tui502.text import neutral

SCHEMA = 1


def document_text(url: str, facts: Facts, asked: WayAsked) -> str:
    """The document as indented ASCII JSON; nothing in it can steer a terminal."""
    return json.dumps(document(url, facts, asked), indent=1)


def document(url: str, facts: Facts, asked: WayAsked) -> dict[str, Any]:
    """The document; every text of the host is neutral, and secrets in it are masked."""
    found = asked.way
    return {
        "schema": SCHEMA,
        "url": clean(url),
        "nginx": {
            "version": facts.nginx.version, "conf": neutral(facts.nginx.conf), "running_config": facts.drift.outright(facts.drift.state),
            "running_config_why": clean(facts.drift.why), "told_by": _told_by(asked),
        },
        **way_of(found),
        "handshake": _server(found.handshake),
        "effective": {one.name: _in_effect(one) for one in asked.effective},
        "failing": way_of(found.failing) if found.failing else None,
        "instead": {str(status): way_of(way) for status, way in found.instead},
        "branches": [_branch(each) for each in found.branches],
        "elsewhere": asked.elsewhere or None,
    }  # fmt: skip


def _told_by(asked: WayAsked) -> str:
    return "running" if asked.running else "files"


def way_of(found: Way) -> dict[str, Any]:
    """Server, location, jumps and what answers."""
    return {
        "listen": neutral(found.listen),
        "server": _server(found.server),
        "location": {**_place(found.location.where), "match": clean(written(found.location))} if found.location else None,
        "jumps": [_jump(each) for each in found.jumps],
        "guards": [_jump(each) for each in found.guards],
        "answer": found.answer,
        "status": found.status,
        "text": clean(found.text) or None,
        "pass": clean(found.pass_.args[0]) if found.pass_ and found.pass_.args else None,
        "pass_at": {"directive": found.pass_.name, "target": clean(found.target), **_place(found.pass_.where)} if found.pass_ else None,
        "upstream": _group(found.group) if found.group else None,
        "request": _sent(found.sent) if found.sent else None,
        "assumed": [neutral(each) for each in (*found.assumed, *(found.sent.assumed if found.sent else ()))],
        "undecided": clean(found.undecided) or None,
    }


def _branch(branch: Branch) -> dict[str, Any]:
    refused = way_of(branch.refused) if branch.refused else None
    return {"kind": branch.kind, "uri": clean(branch.way.request.uri), **_place(branch.where), "way": way_of(branch.way), "refused": refused}


def _place(where: Where | None) -> dict[str, Any]:
    return {"file": neutral(where.file) if where else None, "line": where.line if where else None}


def _server(server: Directive | None) -> dict[str, Any] | None:
    return {**_place(server.where), "names": [neutral(name) for name in names(server)]} if server else None


def _jump(jump: Jump) -> dict[str, Any]:
    return {"kind": jump.kind, "to": clean(jump.to), **_place(jump.where)}


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": neutral(group.name),
        **_place(group.where),
        "peers": [_member(each) for each in group.members],
        "settings": {one.name: _in_effect(one) for one in group.settings},
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "address": neutral(member.peer.address if member.peer else member.written),
        "weight": member.weight,
        "max_fails": member.max_fails,
        "fail_timeout": neutral(member.fail_timeout),
        "max_conns": member.max_conns,
        "backup": "backup" in member.parameters,
        "down": "down" in member.parameters,
        "parameters": [clean(each) for each in member.parameters],
        **_place(member.where),
    }


def _sent(sent: Sent) -> dict[str, Any]:
    headers = [_header(each) for each in sent.headers]
    return {"line": clean(sent.line) or None, "host": clean(sent.host), "headers": headers, "undecided": clean(sent.undecided) or None}


def _header(header: Header) -> dict[str, Any]:
    value = _after_name(header.name, header.value) if header.value is not None else None
    return {"name": neutral(header.name), "value": value, "written": _after_name(header.name, header.written), **_place(header.where)}


def _after_name(name: str, value: str) -> str:
    """A value masked as what it is: the name says whether it is a secret."""
    return clean(f"{name}: {value}").partition(":")[2].strip()


def _in_effect(one: InEffect) -> dict[str, Any]:
    """All settings that count stand in `each` where there are several; `value`, `file` and `line` are the last one."""
    each = [{"value": value, **_place(where)} for value, where in zip(_values(one), one.places or (None,) * len(one.values), strict=True)]
    return {**each[-1], "level": one.level, **({"each": each} if len(each) > 1 else {})}


def _values(one: InEffect) -> Iterable[str]:
    return (clean(f"{one.name} {value}").partition(" ")[2] for value in one.values)
