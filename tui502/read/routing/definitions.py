"""Where the variables of the configuration come from: `map`, `set`, groups with names in regular expressions, and what only nginx can compute."""

from __future__ import annotations

from tui502.model.config import Config, Directive, walk
from tui502.read.memo import Memo
from tui502.read.routing.index import index
from tui502.read.routing.pcre import names_in

_SETS = ("set", "auth_request_set")
_FOREIGN = {"geo": 1, "split_clients": 1, "perl_set": 0, "js_set": 0, "geoip2": 0, "set_by_lua": 0, "set_by_lua_block": 0, "keyval": 1, "uuid4": 0, "js_var": 0}
"""Directives that make a variable in a way that is not followed here, and which of their arguments names it."""


class Definitions:
    """`maps`: variable → its map block. `sets`: variables that are empty until a `set` or a regular expression gives them a value.
    `foreign`: variable → the directive that makes it."""

    def __init__(self, config: Config) -> None:
        self.maps: dict[str, Directive] = {}
        self.sets: set[str] = set()
        self.foreign: dict[str, Directive] = {}
        for http in index(config).https:
            for one in walk(http.children):
                self._add(one)

    def _add(self, one: Directive) -> None:
        if one.data:
            self._named(one.words[0].value)
        elif one.name == "map" and len(one.args) == 2:
            self.maps[one.args[1].lstrip("$").lower()] = one
        elif one.name in _SETS and one.args:
            self.sets.add(one.args[0].lstrip("$").lower())
        elif one.name in _FOREIGN and one.args:
            self.foreign[one.args[min(_FOREIGN[one.name], len(one.args) - 1)].lstrip("$").lower()] = one
        elif one.name in ("location", "rewrite", "if", "server_name"):
            for arg in one.args:
                self._named(arg)

    def _named(self, pattern: str) -> None:
        self.sets.update(name.lower() for name in names_in(pattern))


_known: Memo[Definitions] = Memo(4)


def definitions(config: Config) -> Definitions:
    """The variables that a configuration defines."""
    return _known((config,), lambda: Definitions(config))
