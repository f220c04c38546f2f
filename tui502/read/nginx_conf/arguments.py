"""The first arguments of chosen directives, for what handles a text of nginx without its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui502.model.config import walk
from tui502.read.nginx_conf.lexer import value
from tui502.read.nginx_conf.tree import parse


def first_arguments(data: bytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, int, int, bytes]]:
    """(name, start and end of the first argument with its quotes, its value) of the directives whose names are wanted, as far as the text can be read."""
    for one in walk(parse("", data)[0]):
        if not one.data and wanted(one.name) and len(one.words) > 1:
            word = one.words[1]
            yield one.name, word.start, word.end, value(data[word.start : word.end])
