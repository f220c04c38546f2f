"""Exchanges wanted by looks, held together on one epoll."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tui502.host.connect import Ask, converse
from tui502.host.http import request
from tui502.host.paths import gap_of
from tui502.model.evidence import Exchange, Gap, Look, Seen, View

OnSeen = Callable[[Look, Seen[Exchange]], None]


def exchanges(looks: Iterable[Look], view: View | None, on_seen: OnSeen) -> None:
    """Hold the exchange of every look at once, one at a time with each peer; `on_seen` as each ends. What we never send is a gap "not_asked"."""
    wanted = {look.key: look for look in looks}
    asks: dict[str, Ask] = {}
    for key, look in wanted.items():
        try:
            asks[key] = ask_of(look)
        except ValueError:
            on_seen(look, Seen(time.time(), 0.0, gap=Gap(key, "not_asked", "")))
    started = time.monotonic()

    def ended(key: str, exchange: Exchange) -> None:
        on_seen(wanted.pop(key), Seen(time.time(), time.monotonic() - started, exchange))

    try:
        converse(asks, ended, view)
    except OSError as error:
        for key in asks:
            if key in wanted:
                on_seen(wanted[key], Seen(time.time(), time.monotonic() - started, gap=gap_of(key, error, "sudo tui502")))


def ask_of(look: Look) -> Ask:
    """What a look of kind "exchange" asks. Raises ValueError for a request that is never sent."""
    peer, speak, method, host, uri = look.args
    send = request(method, host, uri) if speak == "http" else b""
    return Ask(peer, speak, method, send, look.deadline)
