"""Every `*_pass` of the configuration with its way: names, listens, location, group, peers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tui502.model.config import Config, Directive, Where
from tui502.model.facts import Listen, Pass, Routes
from tui502.read.families import PASSES
from tui502.read.routing.listens import http_blocks, listens, names
from tui502.read.routing.locations import written
from tui502.read.routing.targets import target


def routes(config: Config) -> Routes:
    """All passes of http, in file order. Those inside `if` and `limit_except` count to the location around them."""
    groups: dict[str, Directive] = {}
    for block in http_blocks(config, "upstream"):
        if block.args:
            groups.setdefault(block.args[0].lower(), block)
    found: list[Pass] = []
    for server in http_blocks(config, "server"):
        own = list(_in_block(server, None))
        if own:
            found += _passes(server, own, groups)
    return Routes(tuple(_distinct(found)))


def passes_in(server: Directive) -> Iterator[Directive]:
    """The `*_pass` directives of a server, in file order."""
    yield from (directive for directive, _ in _in_block(server, None))


def _in_block(block: Directive, location: Directive | None) -> Iterator[tuple[Directive, Directive | None]]:
    """The passes of a block with the location each stands in."""
    for child in block.children:
        if child.name in PASSES and child.opens < 0:
            yield child, location
        elif child.name == "location":
            yield from _in_block(child, child)
        elif child.name in ("if", "limit_except"):
            yield from _in_block(child, location)


def _passes(server: Directive, own: list[tuple[Directive, Directive | None]], groups: Mapping[str, Directive]) -> Iterator[Pass]:
    server_names, server_listens, server_where = names(server), listens(server), server.where
    shown: dict[int, tuple[str, Where]] = {}
    for directive, location in own:
        if location is not None and id(location) not in shown:
            shown[id(location)] = written(location), location.where
        text, where = shown[id(location)] if location is not None else ("", None)
        what = target(directive, groups)
        argument = directive.args[0] if directive.args else ""
        key = f"{_first(server_listens)}|{server_names[0] if server_names else ''}|{text}|{argument}"
        yield Pass(
            key, server_names, server_listens, text, what.family, argument, what.group, what.peers, server_where, where, directive.where, what.undecided
        )  # fmt: skip


def _first(found: tuple[Listen, ...]) -> str:
    if not found:
        return ""
    return f"{found[0].address}:{found[0].port}" if found[0].port else found[0].address


def _distinct(found: list[Pass]) -> Iterator[Pass]:
    """The passes with keys made different where several would have the same (an `if` with the same target, a server twice)."""
    seen: dict[str, int] = {}
    for one in found:
        seen[one.key] = count = seen.get(one.key, 0) + 1
        yield one if count == 1 else replace(one, key=f"{one.key}#{count}")
