"""Which of several nginx masters takes the request that a person named."""

from __future__ import annotations

from tui502.host.masters import find_masters
from tui502.host.sockets import listeners
from tui502.model.evidence import Gap, View
from tui502.read import asked_url

_PORTS = {"http": 80, "https": 443}


def master_of(url: str, masters: tuple[View, ...] | None = None) -> int:
    """The pid of the one master that listens on the port of `url` (as it was typed); 0 where several do, or none, where only one runs at all, or where the
    URL names no port. Raises ValueError for what is no URL."""
    asked = asked_url.parse(url) if url else None
    port = (asked.port or _PORTS.get(asked.scheme, 0)) if asked else 0
    found = find_masters() if masters is None else masters
    if not port or len(found) < 2:
        return 0
    there = [view.pid for view in found if _listens(view, port)]
    return there[0] if len(there) == 1 else 0


def _listens(view: View, port: int) -> bool:
    sockets = listeners(view)
    return not isinstance(sockets, Gap) and any(one.port == port and view.pid in one.pids and one.net_ns == view.net_ns for one in sockets)
