"""A mere connect to peers, as the tests want it."""

from __future__ import annotations

from collections.abc import Iterable

from tui502.host.connect import converse
from tui502.host.talk import Ask
from tui502.model.evidence import Exchange, View


def connect_all(peers: Iterable[str], deadline: float, view: View | None = None) -> dict[str, Exchange]:
    """How a connect to every peer at once ended; each has `deadline` seconds."""
    found: dict[str, Exchange] = {}
    converse({peer: Ask(peer, "connect", "", b"", deadline) for peer in peers}, found.__setitem__, view)
    return found
