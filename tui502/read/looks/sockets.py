"""The way to unix sockets, and whether nginx may go it."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts, Peer
from tui502.read import access, accounts, keys, socket_units, whom
from tui502.read.looks.ground import SLOW_EVERY, master
from tui502.text import neutral

PATHS_EVERY = 5.0
"""Seconds between two looks at the rights along a path."""

SETFACL = ("/usr/bin/setfacl", "/bin/setfacl")
"""Where the program lies that lets one user into a directory; where it is not, only a mode can."""


def sockets(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The way to every unix socket that is dialled, or may take a dead one's place; where nginx seems to be denied, the connect tried with its rights,
    and how those are called that count there."""
    pid = master(evidence)
    many, asked = whom.are_many(facts.routes), frozenset(whom.asked_of(evidence, facts))
    paths = [peer.path for route in facts.routes.passes for peer in route.peers if not many or peer.address in asked]
    paths += [each.address.removeprefix("unix:") for state in facts.peers for each in state.candidates if each.ties and each.address.startswith("unix:")]
    for path in dict.fromkeys(path for path in paths if path.startswith("/")):
        yield Look(keys.path_key(path), "path", (path,), pid, 2.0, PATHS_EVERY, "may nginx go there")
    told = {outage.target.peer for outage in facts.outages if "socket_permission" in outage.symptoms}
    for peer in {peer.address: peer for route in facts.routes.passes for peer in route.peers if peer.path.startswith("/") and not peer.down}.values():
        if keys.path_key(peer.path) in evidence.paths and (neutral(peer.address) in told or _is_denied(evidence, peer)):
            if (process := access.worker(evidence)) and process.gids:
                yield access.look(evidence, peer, process)
            for file in unit.files if (unit := socket_units.maker(evidence, peer.path)) else ():
                yield Look(file, "file", (file,), 0, 3.0, SLOW_EVERY, "what the unit of the socket is told")
            for tool in SETFACL:
                yield Look(keys.path_key(tool), "path", (tool,), 0, 2.0, None, "can one user alone be let in")
    users, groups = accounts.wanted(evidence, facts)
    for key, names in ((keys.GETENT_PASSWD, users), (keys.GETENT_GROUP, groups)):
        if names:
            yield Look(key, "command", (*key.split(), *names), pid, 3.0, None, "whose rights are these")


def _is_denied(evidence: Evidence, peer: Peer) -> bool:
    """Do we or the rights along the path say so?"""
    seen = evidence.exchanges.get(keys.connect_key(peer.address))
    return access.refusal(evidence, peer) is not None or bool(seen and seen.value and seen.value.end == "denied")
