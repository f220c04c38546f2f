"""PCRE patterns of the configuration tried with Python's `re`, where that gives the same answer in bounded time."""

from __future__ import annotations

import re
from functools import lru_cache

_STEPS = 4_000_000
"""Upper bound of the steps that one trial may take (about a fifth of a second)."""

_FOREIGN = re.compile(r"\\[HVvRKXNGQECpPgk]|\(\?(?:[RP&>|C+\d-]|[a-zA-Z]+-|[a-wyz]*x)|\(\*|\[:\^|\[\[[.=]|[*+?}]\+|\{,|\ufffd")
"""Syntax that Python lacks or reads otherwise, and text that was no UTF-8."""

_LATE_FLAGS = re.compile(r".\(\?[a-zA-Z]+\)", re.S)
"""Flags behind the beginning: they hold from there on in PCRE."""

_PIECES = re.compile(r"\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|(\()|(\))|(\*|\+|\{\d+,\}|\{\d+(?:,\d+)?\})|.", re.S)
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\t-\r ", "xdigit": "0-9A-Fa-f", "word": r"\w",
    "blank": r"\t ", "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f", "print": r"\x20-\x7e", "graph": r"\x21-\x7e",
}  # fmt: skip
_ESCAPES = {r"\h": r"[\t ]", r"\z": r"\Z", r"\Z": r"(?=\n?\Z)"}
_QUOTED_NAME = re.compile(r"\(\?'([A-Za-z_]\w*)'")


class Undecided(Exception):
    """Something on a request's way that cannot be told from here; the text says what."""


def search(pattern: str, subject: bytes, ignore_case: bool) -> bool:
    """Whether a pattern matches somewhere in the subject. Raises Undecided where that cannot be told."""
    return match(pattern, subject, ignore_case) is not None


def match(pattern: str, subject: bytes, ignore_case: bool) -> re.Match[bytes] | None:
    """The first match of a pattern in the subject. Raises Undecided where it cannot be told."""
    compiled, degree, deep = _compiled(pattern, ignore_case)
    if degree and (len(subject) + 1) ** degree * (deep + 1) ** min(len(subject) * bool(deep), 64) > _STEPS:
        raise Undecided("a regular expression would take too long to try")
    return compiled.search(subject)


def names_in(pattern: str) -> tuple[str, ...]:
    """The names of its groups."""
    return tuple(re.findall(r"\(\?P?[<'](\w+)[>']", pattern)) if "(?" in pattern else ()


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> tuple[re.Pattern[bytes], int, int]:
    """The pattern for Python, the power of the subject's length that bounds its steps, and how deep it repeats repetitions."""
    if _FOREIGN.search(pattern.replace("(?P<", "(?<").replace("\\\\", "")) or _LATE_FLAGS.search(pattern):
        raise Undecided("a regular expression is written in a way only PCRE can judge")
    translated = "".join(_translated(piece.group()) for piece in _PIECES.finditer(re.sub(_QUOTED_NAME, r"(?<\1>", pattern)))
    translated = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", translated)
    try:
        compiled = re.compile(translated.encode("utf-8", "replace"), re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise Undecided("a regular expression cannot be judged here") from error
    return compiled, *_degree(pattern)


def _translated(piece: str) -> str:
    """A piece of a pattern in Python's words."""
    if piece in _ESCAPES:
        return _ESCAPES[piece]
    if len(piece) < 2 or piece[0] != "[":
        return piece
    inside = re.sub(r"\[:(\w+):\]", _class, piece[1:-1]).replace(r"\h", r"\t ")
    return "[" + re.sub(r"(?<!\\)\[|(?<=[&|~-])(?=[&|~-])", lambda found: "\\" + found.group(), inside) + "]"


def _class(found: re.Match[str]) -> str:
    return _CLASSES.get(found[1], found[0])


def _degree(pattern: str) -> tuple[int, int]:
    """How many repetitions can run against each other, and how deep repeated groups with repetitions inside are nested: those can take exponential time."""
    count, deep = (0 if pattern.startswith("^") else 1), 0
    last: tuple[int, int] | None = None
    stack: list[tuple[int, int]] = []
    for piece in _PIECES.finditer(pattern):
        opens, closes, repeat = piece.groups()
        if opens:
            stack.append((count, deep))
            last = None
        elif closes:
            before = stack.pop() if stack else (count, deep)
            last = (count - before[0], deep - before[1]) if count > before[0] else None
            continue
        elif repeat:
            deep += 1 if last else 0
            count += 1
        last = None
    return count, deep
