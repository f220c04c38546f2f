"""Exchanges wanted by looks, held together on one epoll."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable

from tui502.host import fastcgi, http
from tui502.host.connect import converse
from tui502.host.paths import gap_of
from tui502.host.talk import Ask
from tui502.model.evidence import Exchange, Gap, Look, Seen, View

_SERVER_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\Z")

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
    """What a look of kind "exchange" asks. Raises ValueError for a request that is never sent, and for a server name that is none."""
    peer, speak, method, host, uri, *more = look.args
    if speak in ("http", "https"):
        return Ask(peer, speak, method, http.request(method, host, uri), look.deadline, _name(more[0]) if more else "")
    if speak == "fastcgi":
        named = dict(pair.split("=", 1) for pair in more)
        return Ask(peer, speak, method, fastcgi.request(method, host, uri, named), look.deadline)
    return Ask(peer, speak, method, b"", look.deadline, _name(host) if speak == "tls" else "")


def _name(name: str) -> str:
    """A name as TLS can ask for it."""
    if name and not _SERVER_NAME.match(name):
        raise ValueError("no server name")
    return name
