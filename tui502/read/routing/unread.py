"""Included text that could not be read: what stands there may lead a request elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tui502.model.config import Config, Directive, Problem, Where
from tui502.read.memo import Memo

_KINDS = ("unreadable", "too_big")
"""Kinds of problems where nginx may well read what was not read here."""

_Place = tuple[str, tuple[str, ...], int]
_known: Memo[Mapping[int, list[Problem]]] = Memo(4)


def at_servers(config: Config) -> str:
    """Why another server may take a request than those that were read; '' where all was read. An include outside of http counts where no http was read."""
    https = [one for one in config.root if one.name == "http"]
    return _doubt(config, https or [None], "and a server in it may take the request")


def inside(config: Config, blocks: Iterable[Directive]) -> Iterator[str]:
    """What of these blocks (servers, locations, groups) was not read, a clause for each."""
    found = (_doubt(config, [block], f'and what it says inside "{block.name}" in line {block.line} is not known') for block in blocks)
    return filter(None, found)


def _doubt(config: Config, blocks: Iterable[Directive | None], so_what: str) -> str:
    unread = _known((config,), lambda: _by_block(config))
    found = [problem for block in blocks for problem in unread.get(id(block), ())]
    return f"{found[0].text}{f' (and {len(found) - 1} more were not read)' if found[1:] else ''}, {so_what}" if found else ""


def _by_block(config: Config) -> Mapping[int, list[Problem]]:
    """Problems by the block in which the include stands that names the file; those of no block under that of None."""
    places: dict[_Place | None, list[Problem]] = {}
    for problem in config.problems:
        if problem.kind in _KINDS:
            places.setdefault(_place(problem.where) if problem.where else None, []).append(problem)
    found = {id(None): places.pop(None, [])}
    for block in (None, *config.walk()) if places else ():
        for one in config.root if block is None else block.children:
            if len(one.words) == 2 and one.words[0].value == "include":
                found.setdefault(id(block), []).extend(places.get(_place(one.where_of(1)), ()))
    return found


def _place(where: Where) -> _Place:
    return where.file, where.via, where.start
