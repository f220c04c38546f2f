"""Which of the exchanges with a peer tells how it serves nginx, and which protocol they prove together."""

from __future__ import annotations

from collections.abc import Iterable

from tui502.model.evidence import Exchange, Seen
from tui502.model.facts import Family
from tui502.read.exchanges import protocol

TOGETHER = 10.0
"""Exchanges within so many seconds belong together: the one that asked more tells more."""


def telling(seen: list[Seen[Exchange]], families: Iterable[Family]) -> Seen[Exchange] | None:
    """The newest exchange in nginx's own protocol, or mere connect; of those within ten seconds of it the one that asked more. What was asked in another
    protocol tells only where nothing else was asked."""
    own = {protocol.ASKED[family] for family in families if family in protocol.ASKED}
    fitting = [item for item in seen if item.value is None or item.value.speak in (*own, "connect")] or seen
    newest = max(fitting, key=lambda item: item.at, default=None)
    if newest is None:
        return None
    together = (item for item in fitting if item.at > newest.at - TOGETHER)
    return max(together, key=lambda item: (item.value is not None and item.value.speak in own, item.at))


def proven(exchanges: Iterable[Exchange]) -> str:
    """The protocol that a peer was seen to speak, '' when none was: TLS before what it says to those who do not speak TLS, a good answer before a bad one."""
    known = [(exchange, protocol.found(exchange)) for exchange in exchanges]
    if any(name == protocol.TLS for _, name in known):
        return protocol.TLS
    return next((name for exchange, name in known if protocol.as_asked(exchange)), next((name for _, name in known if name), ""))


def another(seen: Iterable[Seen[Exchange]], families: Iterable[Family]) -> str:
    """The protocol that a peer speaks instead of nginx's, '' when it was not seen to speak another: none of its answers was as nginx needs it."""
    exchanges = [item.value for item in seen if item.value]
    wanted = {protocol.SPEAKS[family] for family in families}
    own = {protocol.ASKED[family] for family in families if family in protocol.ASKED}
    if any(exchange.speak in own and protocol.as_asked(exchange) for exchange in exchanges):
        return ""
    name = proven(exchanges)
    return name if name not in wanted else ""
