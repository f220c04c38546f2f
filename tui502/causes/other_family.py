"""A pass of another protocol in the place of one: what belongs to it changes together with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tui502.causes import mending
from tui502.fix.edits import EditRefused, insert_after, set_word, written
from tui502.model.config import Directive, walk
from tui502.model.facts import Facts, Family, Pass
from tui502.model.findings import Edit
from tui502.read.effective import chain
from tui502.read.families import PASSES, PREFIXES

_EVERY = ("connect_timeout", "send_timeout", "read_timeout", "buffer_size", "next_upstream", "next_upstream_timeout", "next_upstream_tries")
_STREAMED = ("intercept_errors", "socket_keepalive")
_BUFFERED = (
    "buffers", "busy_buffers_size", "buffering", "request_buffering", "ignore_client_abort", "max_temp_file_size", "temp_file_write_size", "limit_rate",
)  # fmt: skip
SHARED = {
    "proxy": (*_EVERY, *_STREAMED, *_BUFFERED), "fastcgi": (*_EVERY, *_STREAMED, *_BUFFERED), "uwsgi": (*_EVERY, *_STREAMED, *_BUFFERED),
    "scgi": (*_EVERY, *_STREAMED, *_BUFFERED), "grpc": (*_EVERY, *_STREAMED), "memcached": _EVERY,
}  # fmt: skip
"""Directives that mean the same in several families, behind the prefix of each: they say how long to wait and how much to keep, not how to speak."""

_LOST = ("cache", "cache_valid", "cache_bypass", "store", "hide_header", "pass_header", "ignore_headers", "bind", "force_ranges", "pass_request_body")
"""Directives that change what a client gets and must be said anew, by a person, where they are meant to hold on."""

_RETRIES = {"http_502", "http_504"}
"""Words of proxy_next_upstream that the other families do not know."""


class _Set(NamedTuple):
    directive: Directive
    in_location: bool


def rewritten(facts: Facts, route: Pass, family: Family, target: str, lines: Sequence[str] = ()) -> list[Edit]:
    """The pass made one of `family` to `target`, `lines` (directives) behind it, and its time-outs, buffers and the like as they hold now. Those that the
    location sets for this pass alone get their new name, what comes from elsewhere is said anew. Raises EditRefused."""
    dialling, location = mending.pass_directive(facts, route), mending.location_of(facts, route)
    if dialling is None or location is None or len(dialling.words) != 2:
        raise EditRefused("the pass is not known")
    old, new = PREFIXES[route.family], PREFIXES[family]
    data = facts.config.files[dialling.file]
    edits = [set_word(data, dialling.where_of(0), f"{new}_pass"), set_word(data, dialling.where_of(1), target)]
    only = sum(1 for one in walk(location.children) if one.name in PASSES and not one.data) == 1
    more: list[str] = []
    for key, was, there in _settings(facts, route, old, new):
        if there.in_location and only and there.directive.file == location.file:
            edits.append(set_word(facts.config.files[location.file], there.directive.where_of(0), f"{new}_{key}"))
        else:
            more.append(written(f"{new}_{key}", *was))
    text = "\n".join((*lines, *more))
    return [*edits, insert_after(data, dialling, text)] if text else edits


def lost(facts: Facts, route: Pass) -> str:
    """The directives of the family that hold for this pass and end with it ("fastcgi_cache, fastcgi_hide_header"); '' when nothing does."""
    names = (f"{PREFIXES[route.family]}_{key}" for key in _LOST)
    return ", ".join(name for name in names if (found := _nearest(facts, route, name)) and found.directive.args != ("off",))


def _settings(facts: Facts, route: Pass, old: str, new: str) -> Iterator[tuple[str, tuple[str, ...], _Set]]:
    """(name without prefix, value, where it is set) of what holds for the pass and the new family has no word of its own on, at this level or where the old
    one has none nearer."""
    for key in SHARED[old] if old != new else ():
        there, other = _nearest(facts, route, f"{old}_{key}"), _nearest(facts, route, f"{new}_{key}")
        if key not in SHARED[new] or there is None or (other is not None and (other.in_location or not there.in_location)):
            continue
        if not (key == "next_upstream" and new != "proxy" and _RETRIES.intersection(there.directive.args)):
            yield key, there.directive.args, there


def _nearest(facts: Facts, route: Pass, name: str) -> _Set | None:
    location = mending.location_of(facts, route)
    for block in (*reversed(chain(facts.config, route.where)), None):
        found = [one for one in (block.children if block else facts.config.root) if one.name == name and one.opens < 0]
        if found:
            return _Set(found[-1], block is not None and block == location)
    return None
