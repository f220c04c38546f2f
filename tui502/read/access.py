"""May a user walk this way to a socket and connect to it? By owner, group, mode and access list, as the kernel decides."""

from __future__ import annotations

import functools
import hashlib
import posixpath
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tui502.model.evidence import AccessSeen, Evidence, Look, PathPart, PathSeen, Process
from tui502.model.facts import Peer
from tui502.read import addresses, keys
from tui502.read.nginx import worker_processes

Need = Literal["x", "w"]
As = Literal["owner", "group", "others", "named user", "named group"]
_BITS: dict[Need, int] = {"x": 1, "w": 2}
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK = 1, 2, 4, 8, 16
"""Tags of the entries of a POSIX access list."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What refuses: the directory that cannot be entered (`need` "x") or the socket that cannot be written ("w"), and as what the user stands to it."""

    part: PathPart
    need: Need
    stands: As


def refusals(seen: PathSeen, uid: int, gids: tuple[int, ...]) -> Iterator[Refusal]:
    """All that refuses this user on the way, in the order in which the kernel meets it. root is refused nothing. Links have no rights of their own."""
    if uid == 0:
        return
    for part in seen.parts:
        need: Need | None = "x" if part.kind == "dir" else "w" if part is seen.parts[-1] and seen.end == "found" and part.kind == "socket" else None
        if need:
            stands, bits = rights(part, uid, gids)
            if not bits & _BITS[need]:
                yield Refusal(part, need, stands)


def rights(part: PathPart, uid: int, gids: tuple[int, ...]) -> tuple[As, int]:
    """As what a user stands to a file, and the bits (4 read, 2 write, 1 execute) that he has there: only one class counts, the first that is his."""
    if uid == part.uid:
        return "owner", part.mode >> 6 & 7
    listed = _entries(part.acl)
    mask = next((bits for tag, bits, _ in listed if tag == _MASK), 7)
    for tag, bits, who in listed:
        if tag == _USER and who == uid:
            return "named user", bits & mask
    own = next((bits for tag, bits, _ in listed if tag == _GROUP_OBJ), part.mode >> 3 & 7) & mask
    groups: list[tuple[As, int]] = [("group", own)] if part.gid in gids else []
    groups += [("named group", bits & mask) for tag, bits, who in listed if tag == _GROUP and who in gids]
    if groups:
        return groups[0][0], functools.reduce(int.__or__, (bits for _, bits in groups))
    return "others", part.mode & 7


def _entries(acl: bytes) -> list[tuple[int, int, int]]:
    """(tag, bits, id) of each entry of a raw access list; none where it is no list of version 2."""
    if len(acl) < 4 or (len(acl) - 4) % 8 or struct.unpack_from("<I", acl)[0] != 2:
        return []
    return [struct.unpack_from("<HHI", acl, at) for at in range(4, len(acl), 8)]


def state_of(seen: PathSeen | None) -> str:
    """A name for the rights along a path: another one as soon as any of them changes."""
    shown = "" if seen is None else "\0".join(f"{p.path} {p.kind} {p.mode:o} {p.uid} {p.gid} {p.target} {p.acl.hex()}" for p in seen.parts) + seen.end
    return hashlib.sha256(shown.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def worker(evidence: Evidence) -> Process | None:
    """The process whose rights count when nginx connects."""
    return next(iter(worker_processes(evidence)), None)


def way(evidence: Evidence, peer: Peer) -> PathSeen | None:
    """The way to the socket of a peer, as it was seen; None for what has no path."""
    seen = evidence.paths.get(keys.path_key(peer.path))
    return seen.value if seen and peer.path.startswith("/") else None


def real(evidence: Evidence, peer: Peer) -> str:
    """The address of a peer with the links of its path resolved: "unix:/run/a.sock" for "unix:/var/run/a.sock"; itself where that is not known."""
    seen = way(evidence, peer)
    if seen is None or not seen.parts:
        return peer.address
    path = seen.parts[-1].path if seen.end == "found" else seen.stopped
    same_name = posixpath.basename(path) == posixpath.basename(peer.path)
    return f"unix:{path}" if seen.end == "found" or (seen.end == "absent" and same_name) else peer.address


def aliases(evidence: Evidence, peer: Peer) -> tuple[str, ...]:
    """All ways in which this peer can stand in a log or in the kernel's table: as it is dialled, and with links resolved."""
    return tuple(dict.fromkeys((*addresses.aliases(peer), *((real(evidence, peer),) if peer.path else ()))))


def look(evidence: Evidence, peer: Peer, process: Process) -> Look:
    """The connect to a socket with the rights of a worker of nginx; another look as soon as any right along the path changes."""
    args = (peer.address, str(process.uid), ",".join(map(str, process.gids)), state_of(way(evidence, peer)))
    view = evidence.view.value
    return Look(keys.access_key(peer.address), "access", args, view.pid if view else 0, 5.0, None, "may nginx connect to it")


def tried(evidence: Evidence, peer: Peer) -> AccessSeen | None:
    """The connect tried as the worker, while the rights along the path are still those under which it was tried."""
    seen = evidence.access.get(keys.access_key(peer.address))
    found = seen.value if seen else None
    return found if found and found.state == state_of(way(evidence, peer)) and _is_worker(evidence, found) else None


def _is_worker(evidence: Evidence, found: AccessSeen) -> bool:
    process = worker(evidence)
    return process is None or (process.uid, process.gids) == (found.uid, found.gids)


def refusal(evidence: Evidence, peer: Peer) -> Refusal | None:
    """What keeps nginx's worker from this socket by the rights that were seen, None where nothing does or one of both is not known."""
    process, seen = worker(evidence), way(evidence, peer)
    return next(refusals(seen, process.uid, process.gids), None) if process and seen else None


def denied(evidence: Evidence, peer: Peer) -> bool | None:
    """Is nginx's worker refused? As it was tried, else by the rights that were seen; None where neither tells."""
    attempt = tried(evidence, peer)
    if attempt and attempt.end != "error":
        return attempt.end == "denied"
    if refusal(evidence, peer):
        return True
    seen = way(evidence, peer)
    return False if seen and seen.end == "found" and worker(evidence) else None
