"""An upstream group as nginx uses it: its servers with the parameters in effect, and the settings of its block."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.config import Directive
from tui502.model.facts import Peer
from tui502.model.route import Group, InEffect, Member
from tui502.read.routing.index import Index
from tui502.read.routing.targets import Target, member
from tui502.read.values import numbers

_CACHED_SINCE = (1, 29, 7)
"""Since then connections to a group are kept although `keepalive` is not written: 32 of them, not for other locations."""

_MANY_SINCE = (1, 19, 10)
"""Since then a kept connection serves 1000 requests (before 100), for an hour at most (before without limit)."""


def group(index: Index, target: Target, version: str) -> Group:
    """What a pass dials, for a version of nginx."""
    block = index.groups.get(target.group.lower()) if target.group else None
    if block is None:
        return Group("", None, tuple(_single(peer) for peer in target.peers), ())
    return Group(target.group, block.where, tuple(_members(block)), tuple(_settings(block, numbers(version))))


def _single(peer: Peer) -> Member:
    return Member(peer.address, peer, 1, 1, "10s", 0, (), peer.where)


def _members(block: Directive) -> Iterator[Member]:
    for one in block.children:
        if one.name == "server" and one.args:
            given = dict(word.partition("=")[::2] for word in one.args[1:])
            yield Member(
                one.args[0], member(block, one), _number(given.get("weight"), 1), _number(given.get("max_fails"), 1), given.get("fail_timeout") or "10s",
                _number(given.get("max_conns"), 0), one.args[1:], one.where,
            )  # fmt: skip


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _settings(block: Directive, version: tuple[int, ...]) -> Iterator[InEffect]:
    """What is written in the block beside its servers, and nginx's own defaults for kept connections."""
    written = {one.name: one for one in block.children if one.name != "server" and not one.data}
    for one in written.values():
        yield InEffect(one.name, (" ".join(one.args),), (one.where,), "upstream")
    kept = "keepalive" in written
    if not kept and version >= _CACHED_SINCE:
        yield InEffect("keepalive", ("32 local",), (), "default")
    if not kept and version < _CACHED_SINCE:
        return
    defaults = {"keepalive_requests": "1000" if version >= _MANY_SINCE or not version else "100", "keepalive_timeout": "60s", "keepalive_time": "1h"}
    for name, value in defaults.items():
        if name not in written and (name != "keepalive_time" or version >= _MANY_SINCE or not version):
            yield InEffect(name, (value,), (), "default")
