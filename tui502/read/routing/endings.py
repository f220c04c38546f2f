"""How a step of a request's way ends."""

from __future__ import annotations

from typing import NamedTuple

from tui502.model.config import Directive
from tui502.model.route import Answer

CLOSED = (408, 444, 499)
"""Statuses with which nginx closes the connection without an answer."""


class End(NamedTuple):
    """The request is answered with `status` by `directive` (None: by nginx itself). `sent`: the answer is given as it is, no `error_page` sees it."""

    status: int
    directive: Directive | None
    answer: Answer = "status"
    text: str = ""
    sent: bool = False


class Jumped(NamedTuple):
    """The request goes on at another URI, or at a named location ("@name"). `keeps_args`: with the arguments that it has; else with those in `to`."""

    directive: Directive | None
    to: bytes
    keeps_args: bool = False


def own_page(status: int, why: str = "", directive: Directive | None = None) -> End:
    """nginx's own page, and why it comes to that."""
    return End(status, directive, "status", why)
