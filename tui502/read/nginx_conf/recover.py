"""Reading on behind a break: where a person would, so that one mistake hides no more than itself. nginx reads nothing behind it."""

from __future__ import annotations

from typing import NamedTuple

from tui502.read.nginx_conf.broken import unfinished
from tui502.read.nginx_conf.faults import Fault
from tui502.read.nginx_conf.indentation import contradiction

STOP = -1


class Resume(NamedTuple):
    """Where to read on (STOP for nowhere), and the span of the directive that is unfinished, or None."""

    at: int
    directive: tuple[int, int] | None = None


class Mend(NamedTuple):
    """A `}` that is to be read as if another stood before it (`extra` False), or as if it were not there."""

    at: int
    extra: bool


def resume(data: bytes, fault: Fault) -> Resume:
    """How to read on behind a break."""
    if fault.kind in ("semicolon", "close"):
        return Resume(fault.at + 1)
    if fault.kind == "entry":
        return Resume(_behind(data, b";", fault.nginx))
    if data[fault.cause : fault.cause + 1] in (b'"', b"'") and fault.kind in ("quote", "end"):
        line_end = _behind(data, b"\n", fault.cause)
        opens_block = data[fault.cause : line_end].rstrip().endswith(b"{")
        return Resume(STOP if opens_block else line_end)
    if fault.kind in ("missing", "end"):
        first, last = unfinished(data, fault)
        return Resume(last, (first, last)) if first < last else Resume(STOP)
    return Resume(STOP)


def _behind(data: bytes, what: bytes, at: int) -> int:
    found = data.find(what, at)
    return found + 1 if found >= 0 else STOP


def mend(data: bytes, fault: Fault) -> Mend | None:
    """The brace that is one too few or too many, where the indentation of everything else agrees with that."""
    if fault.kind not in ("unclosed", "close"):
        return None
    odd = contradiction(data)
    return Mend(odd.closes, odd.extra) if odd and odd.sure and odd.extra == (fault.kind == "close") else None
