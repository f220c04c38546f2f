"""Every directive about a backend that holds where a request ends, with the place it comes from or the default of that version of nginx."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui502.model.config import Config, Directive
from tui502.model.facts import Family
from tui502.model.route import InEffect
from tui502.read.defaults import GENERAL, default, names
from tui502.read.families import PREFIXES
from tui502.read.routing.index import index
from tui502.read.values import size, written

_COMPUTED = ("busy_buffers_size", "temp_file_write_size")
"""Twice the larger of buffer_size and one of buffers, unless they are set."""


def in_effect(config: Config, blocks: tuple[Directive, ...], family: Family | None, version: str) -> tuple[InEffect, ...]:
    """What holds inside `blocks` (outermost first) for a family of backends, in alphabetical order; directives without a value are left out.
    Without a family only what concerns every request. Where a level sets a directive, it replaces what the levels above have."""
    found = {one.name: one for one in _all(config, blocks, family, version)}
    if family is not None:
        found |= {one.name: one for one in _computed(found, PREFIXES[family])}
    return tuple(found[name] for name in sorted(found) if found[name].values)


def _all(config: Config, blocks: tuple[Directive, ...], family: Family | None, version: str) -> Iterator[InEffect]:
    prefix = PREFIXES[family] if family else ""
    for name in names(prefix, version) if prefix else ():
        yield _one(config, blocks, f"{prefix}_{name}", _fitting(name, default(name, version), prefix))
    for name, value in GENERAL.items():
        yield _one(config, blocks, name, value)


def _fitting(name: str, value: str, prefix: str) -> str:
    """A default that is another one for this prefix."""
    if prefix == "proxy":
        return {"cache_key": "$scheme$proxy_host$request_uri"}.get(name, value)
    return f"the host in {prefix}_pass" if name == "ssl_name" else value


def _one(config: Config, blocks: tuple[Directive, ...], name: str, value: str) -> InEffect:
    servers = index(config)
    for block in reversed(blocks):
        set_here = servers.named(block, name)
        if set_here:
            return InEffect(name, tuple(_written(one) for one in set_here), tuple(one.where for one in set_here), block.name)
    return InEffect(name, (value,) if value else (), (), "default")


def _written(one: Directive) -> str:
    """Its arguments as they are written: without their quotes a secret in them would not be known for one."""
    return " ".join(one.source.data[word.start : word.end].decode("utf-8", "replace") for word in one.words[1:])


def _computed(found: dict[str, InEffect], prefix: str) -> Iterator[InEffect]:
    buffer, buffers = found.get(f"{prefix}_buffer_size"), found.get(f"{prefix}_buffers")
    if buffer is None or buffers is None or not buffers.values:
        return
    largest = max(size(buffer.values[-1]), size(buffers.values[-1].rpartition(" ")[2]))
    for name in _COMPUTED:
        known = found.get(f"{prefix}_{name}")
        if known is not None and not known.values and largest:
            yield replace(known, values=(written(2 * largest),))
