"""How often the files of a configuration are included: what is changed in a shared snippet changes for every site that includes it."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.config import Config
from tui502.read.memo import Memo

_known: Memo[Mapping[str, int]] = Memo()


def inclusions(config: Config) -> Mapping[str, int]:
    """How often each file that holds directives is read, the main file once."""
    return _known((config,), lambda: _count(config))


def _count(config: Config) -> Mapping[str, int]:
    first: dict[str, int] = {}
    counts: dict[str, int] = {}
    for one in config.walk():
        if one.start == first.setdefault(one.file, one.start):
            counts[one.file] = counts.get(one.file, 0) + 1
    return counts
