"""Requests that nginx makes beside the one that it was asked: `auth_request` before it is let in, `mirror` of it (ngx_http_subrequest)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui502.model.config import Directive
from tui502.read.routing.endings import CLOSED, End
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_bytes
from tui502.read.routing.variables import filled

Served = Callable[[State], End]
"""What takes a request from the server's own rewrites on."""

UNAUTHORIZED, FORBIDDEN, ERROR = 401, 403, 500


class Branching(NamedTuple):
    """Such a request: by which directive, how far it came, how it ends there (`why`: or why that cannot be told). `asking` is the request that waits for its
    answer, None where none does."""

    directive: Directive
    state: State
    end: End
    why: str
    asking: State | None


def refusal(status: int) -> int:
    """What `auth_request` makes of the status that the other location answers: 0 lets the request in."""
    if 200 <= status < 300:
        return 0
    return status if status in (UNAUTHORIZED, FORBIDDEN, *CLOSED) else ERROR


def asked_first(state: State, one: Directive, served: Served) -> int | None:
    """The refusal of `auth_request`, 0 where it lets the request in, None where a backend decides it, or it cannot be told."""
    found = _made(state, one, state.branched(as_bytes(one.args[0]), b"", "GET"), served, state.copied())
    status = None if found.why or found.end.answer == "handler" else found.end.status or found.state.err_status or None
    for each in state.nearest("auth_request_set"):
        if len(each.args) == 2:
            state.variables[each.args[0].lstrip("$").lower()] = _set(found, each.args[1])
    return None if status is None else refusal(status)


def mirrored(state: State, served: Served) -> None:
    """The copies that `mirror` makes of a request; what becomes of them changes nothing."""
    for one in state.nearest("mirror"):
        if one.args and one.args[0] != "off":
            _made(state, one, state.branched(as_bytes(one.args[0]), state.args, state.method), served, None)


def _made(state: State, one: Directive, made: State, served: Served, asking: State | None) -> Branching:
    try:
        end, why = served(made), ""
    except Undecided as error:
        end, why = End(0, None, "none"), str(error)
    found = Branching(one, made, end, why or "; ".join(made.doubts), asking)
    state.branches.append(found)
    return found


def _set(found: Branching, value: str) -> bytes | Undecided:
    """What `auth_request_set` makes of the answer."""
    if found.end.answer == "pass" or found.why:
        return Undecided(f"what is answered to {found.directive.args[0]} is not known")
    try:
        return filled(found.state, value)
    except Undecided as error:
        return error
