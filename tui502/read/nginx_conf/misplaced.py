"""Which brace is one too few or too many, told by what may stand in what, where the indentation tells nothing: a `server` in a `server` means that the outer
one was to end before it."""

from __future__ import annotations

from typing import NamedTuple

from tui502.read.nginx_conf.indentation import braces

_INSIDE = {
    b"http": (), b"events": (), b"stream": (), b"mail": (), b"server": (b"http", b"stream", b"mail"), b"upstream": (b"http", b"stream"),
    b"map": (b"http", b"stream"), b"geo": (b"http", b"stream"), b"split_clients": (b"http", b"stream"), b"location": (b"server", b"location"),
    b"if": (b"server", b"location"), b"limit_except": (b"location",),
}  # fmt: skip
"""Blocks, and the blocks that they may stand in; those of modules are not judged."""


class Misplaced(NamedTuple):
    """The first block that stands where it may not: its offset, and the innermost block around it (offset of its name and of its `{`) or, where it is too far
    outside, -1 and the last `}` before it."""

    at: int
    start: int
    brace: int


def misplaced(data: bytes) -> Misplaced | None:
    """The first block of a file in a wrong one. What stands in no block of a file is judged only behind an `http` of the same file."""
    stack: list[tuple[bytes, int, int]] = []
    closed, is_main = -1, False
    for brace in braces(data):
        if not brace.opens:
            closed = brace.at
            if stack:
                stack.pop()
            continue
        name = data[brace.start : brace.at].split(None, 1)[0] if brace.start < brace.at else b""
        if name in _INSIDE:
            if stack and stack[-1][0] in _INSIDE and stack[-1][0] not in _INSIDE[name]:
                return Misplaced(brace.start, stack[-1][1], stack[-1][2])
            if not stack and is_main and _INSIDE[name] and closed >= 0:
                return Misplaced(brace.start, -1, closed)
        is_main = is_main or name == b"http"
        stack.append((name, brace.start, brace.at))
    return None
