"""PCRE patterns of the configuration tried with Python's `re`, where that gives the same answer in bounded time."""

from __future__ import annotations

import re
from functools import lru_cache

_STEPS = 20_000_000
"""Upper bound of the steps that one trial may take (about a second)."""

_FOREIGN = re.compile(r"\\[hHvVRKXNGQECpPgkzZ]|\(\?(?:[RP&>|C+\d-]|<[=!]|#)|\(\*|\[\[:|[*+?}]\+")
"""Syntax that Python lacks or reads otherwise."""

_PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\()|(\))|(\*|\+|\{\d+,\}|\{\d+(?:,\d+)?\})|.", re.S)


class Undecided(Exception):
    """A pattern that Python may judge otherwise than PCRE, or not in time."""


def search(pattern: str, subject: bytes, ignore_case: bool) -> bool:
    """Whether a pattern matches somewhere in the subject. Raises Undecided where that cannot be told."""
    compiled, degree = _compiled(pattern, ignore_case)
    if degree and (len(subject) + 1) ** degree > _STEPS:
        raise Undecided("a regular expression would take too long to try")
    return compiled.search(subject) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> tuple[re.Pattern[bytes], int]:
    """The pattern for Python, and the power of the subject's length that bounds its steps."""
    if _FOREIGN.search(pattern):
        raise Undecided("a regular expression is written in a way only PCRE can judge")
    translated = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern)
    translated = re.sub(r"\(\?'([A-Za-z_]\w*)'", r"(?P<\1>", translated)
    try:
        compiled = re.compile(translated.encode("utf-8", "replace"), re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise Undecided("a regular expression cannot be judged here") from error
    return compiled, _degree(pattern)


def _degree(pattern: str) -> int:
    """How many repetitions can run against each other. Repeated groups with repetitions inside can take exponential time: Undecided."""
    count, last_group = (0 if pattern.startswith("^") else 1), 0
    stack: list[int] = []
    for piece in _PIECES.finditer(pattern):
        opens, closes, repeat = piece.groups()
        if opens:
            stack.append(count)
            last_group = 0
        elif closes:
            last_group = count - stack.pop() if stack else 0
            continue
        elif repeat:
            if last_group:
                raise Undecided("a regular expression repeats a repetition: trying it could take for ever")
            count += 1
        last_group = 0
    return count
