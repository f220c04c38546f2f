"""What a `map` block makes of a value (ngx_http_map_module)."""

from __future__ import annotations

from functools import lru_cache

from tui502.model.config import Directive
from tui502.read.routing.pcre import match
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_text

_SPECIAL = ("include", "hostnames", "volatile")


class _Table:
    """The entries of a map: by text (lower case), by wildcard name, by regular expression in file order."""

    def __init__(self, block: Directive) -> None:
        self.hostnames = any(one.words[0].value == "hostnames" and len(one.words) == 1 for one in block.children)
        self.default = ""
        self.plain: dict[str, str] = {}
        self.regexes: list[tuple[str, bool, str]] = []
        for one in block.children:
            if len(one.words) == 2 and one.words[0].value not in _SPECIAL:
                self._add(one.words[0].value, one.words[1].value)

    def _add(self, key: str, value: str) -> None:
        if key == "default":
            self.default = value
        elif key.startswith("~"):
            insensitive = key.startswith("~*")
            self.regexes.append((key[2 if insensitive else 1 :], insensitive, value))
        else:
            self.plain.setdefault(key.removeprefix("\\").lower(), value)

    def by_text(self, text: str) -> str | None:
        if text in self.plain and not (self.hostnames and text.startswith(("*", "."))):
            return self.plain[text]
        if not self.hostnames:
            return None
        if "." + text in self.plain:
            return self.plain["." + text]
        dots = [n for n, char in enumerate(text) if char == "."]
        for n in dots:
            tail = next((key for key in ("*" + text[n:], text[n:]) if key in self.plain), None)
            if tail:
                return self.plain[tail]
        return next((self.plain[text[: n + 1] + "*"] for n in reversed(dots) if text[: n + 1] + "*" in self.plain), None)


@lru_cache(maxsize=64)
def _table(block: Directive) -> _Table:
    return _Table(block)


def mapped(state: State, block: Directive) -> bytes:
    """The value of the variable that a map block makes. Raises Undecided where it cannot be told."""
    from tui502.read.routing.variables import captured, filled

    table = _table(block)
    asked = filled(state, block.args[0])
    text = as_text(asked)
    found = table.by_text((text.removesuffix(".") if table.hostnames else text).lower())
    if found is None and asked:
        for pattern, insensitive, value in table.regexes:
            if groups := match(pattern, asked, insensitive):
                captured(state, groups)
                found = value
                break
    return filled(state, table.default if found is None else found)
