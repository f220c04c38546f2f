"""The condition of an `if`."""

from __future__ import annotations

from tui502.model.config import Directive
from tui502.read.routing.pcre import Undecided, match
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes
from tui502.read.routing.variables import captured, filled

_OPERATORS = ("=", "!=", "~", "~*", "!~", "!~*")
_TESTS = {"-f": ("file",), "-d": ("dir",), "-e": ("file", "dir", "other")}


def condition(state: State, one: Directive, quote: bool) -> bool:
    """Whether the condition of an `if` holds; `quote`: groups in its words are escaped. Raises Undecided where that cannot be told."""
    words = _words(one)
    if not 0 < len(words) < 4:
        raise Undecided("the condition is none that nginx knows")
    if len(words) == 2:
        return _file(state, words[0].removeprefix("!"), filled(state, words[1], quote)) is not words[0].startswith("!")
    value = filled(state, words[0])
    if len(words) == 1:
        return value not in (b"", b"0")
    operator = words[1]
    if operator not in _OPERATORS:
        raise Undecided("the condition is none that nginx knows")
    if operator in ("=", "!="):
        return (value == filled(state, words[2], quote)) is (operator == "=")
    found = match(words[2], value, operator.endswith("*"))
    if found is None:
        state.groups = None
    captured(state, found)
    return (found is not None) is not operator.startswith("!")


def _file(state: State, test: str, path: bytes) -> bool:
    if test not in _TESTS:
        raise Undecided(f'"{test}" asks for the rights of a file')
    return state.exists(path if path.startswith(b"/") else as_bytes(state.known.prefix) + b"/" + path) in _TESTS[test]


def _words(one: Directive) -> tuple[str, ...]:
    """The words between the parentheses of an `if`."""
    words = list(one.args)
    words[0] = words[0].removeprefix("(")
    words[-1] = words[-1].removesuffix(")")
    return tuple(word for n, word in enumerate(words) if word or 0 < n < len(words) - 1)
