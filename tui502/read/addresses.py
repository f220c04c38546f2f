"""Addresses as nginx, the kernel and start commands write them, compared as a connection would."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

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


_LITERAL = re.compile(r"[\d.]+|[^:]*:.*", re.S)


def is_name(host: str) -> bool:
    """Is this host of a peer a name, which nginx resolves, and no address?"""
    return bool(host) and not _LITERAL.fullmatch(host)


def written(peer: Peer) -> str:
    """The address of a peer as the configuration has it, its port filled in: "localhost:3000" for a peer 127.0.0.1:3000 of that name."""
    return peer.address if peer.path else join(peer.host, peer.port)


def addresses_of(host: str, names: Mapping[str, Seen[tuple[str, ...]]]) -> tuple[str, ...]:
    """The addresses of a name, as far as they were looked up. () while they are not known."""
    seen = names.get(host)
    return (seen.value or ()) if seen else ()


def aliases(peer: Peer) -> tuple[str, ...]:
    """All ways in which this peer can stand in a log: nginx writes the address that it dialled. A "localhost" that was not looked up may be either."""
    if peer.host == "localhost" and peer.address == written(peer):
        return (peer.address, join("127.0.0.1", peer.port), join("::1", peer.port))
    return (peer.address,)


def is_loopback(host: str) -> bool:
    return host.startswith("127.") or host in ("::1", "localhost")


def is_local(peer: Peer, own: Collection[str]) -> bool:
    """Is this peer on the same host, of which `own` are the addresses that are known?"""
    host = split(peer.address)[0]
    return bool(peer.path) or is_loopback(host) or host in own


def answers(listener: Listener, address: str) -> bool:
    """Would the kernel hand a connection to `address` to this socket? A wildcard of IPv6 serves IPv4 too unless it is known to be for IPv6 only."""
    host, port, path = split(address)
    if path:
        return listener.family == "unix" and listener.path == path
    if listener.family == "unix" or listener.port != port:
        return False
    if listener.address in ANY:
        return ":" in host or host == "localhost" if listener.v6only else listener.family == "inet6" or ":" not in host
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
