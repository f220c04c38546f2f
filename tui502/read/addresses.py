"""Addresses as nginx, the kernel and start commands write them, compared as a connection would."""

from __future__ import annotations

from collections.abc import Mapping

from tui502.model.evidence import Listener, Seen
from tui502.model.facts import Peer

ANY = ("", "*", "0.0.0.0", "::", "[::]")  # noqa: S104
"""Ways to write "every address of this host"."""


def split(address: str) -> tuple[str, int, str]:
    """(host without brackets, port, socket path) of "127.0.0.1:3000", "[::1]:80", ":3000" or "unix:/run/app.sock"; port 0 where there is none."""
    if address.startswith("unix:"):
        return "", 0, address[5:]
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return address.strip("[]"), 0, ""
    return host.strip("[]"), int(port), ""


def join(host: str, port: int) -> str:
    """ "127.0.0.1:3000", "[::1]:3000"."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def aliases(peer: Peer, names: Mapping[str, Seen[tuple[str, ...]]]) -> tuple[str, ...]:
    """All ways in which this peer can stand in a log: as configured, and at each address that its host name has."""
    if peer.path:
        return (peer.address,)
    seen = names.get(peer.host)
    found = seen.value if seen and seen.value else ()
    if not found and peer.host == "localhost":
        found = ("127.0.0.1", "::1")
    return tuple(dict.fromkeys((peer.address, *(join(host, peer.port) for host in found))))


def is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in ("::1", "localhost")


def answers(listener: Listener, address: str) -> bool:
    """Would the kernel hand a connection to `address` to this socket? A wildcard of IPv6 is taken to serve IPv4 too (its usual setting)."""
    host, port, path = split(address)
    if path:
        return listener.family == "unix" and listener.path == path
    if listener.family == "unix" or listener.port != port:
        return False
    if listener.address in ANY:
        return listener.family == "inet6" or ":" not in host
    return listener.address.strip("[]") == host or (host == "localhost" and is_loopback(listener.address.strip("[]")))


def reached_at(listener: Listener, host: str) -> str:
    """The address at which to dial this socket: `host` stays where the socket serves it, a wildcard becomes the loopback of its family."""
    if listener.family == "unix":
        return f"unix:{listener.path}"
    if answers(listener, join(host, listener.port)):
        return join(host, listener.port)
    if listener.address in ANY:
        return join("::1" if listener.family == "inet6" else "127.0.0.1", listener.port)
    return join(listener.address.strip("[]"), listener.port)


def names_it(served: str, address: str) -> bool:
    """Does an address written in a start command or socket unit (`served`, host may be missing or a wildcard) mean `address`?"""
    host, port, path = split(served)
    wanted, wanted_port, wanted_path = split(address)
    if path or wanted_path:
        return path == wanted_path
    if not port or port != wanted_port:
        return False
    return host in ANY or wanted in ANY or host == wanted or (is_loopback(host) and is_loopback(wanted) and "localhost" in (host, wanted))
