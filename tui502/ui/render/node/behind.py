"""What stands behind a node of the tree, found again by the tree itself: the peer, what was found in its place, the process, the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.choose import ancestry

if TYPE_CHECKING:
    from tui502.model.evidence import Exchange, Listener, Look, Process, Seen
    from tui502.model.facts import Candidate, Node, Pass, Peer, PeerState, Unit
    from tui502.model.findings import Incident


@dataclass(frozen=True)
class Behind:
    """`line` is the node and all above it, nearest first. `found` is what listens in the place of a dead peer, where the node belongs to that."""

    incident: Incident
    line: tuple[Node, ...]
    peer: Peer | None
    state: PeerState | None
    found: Candidate | None
    process: Process | None
    unit: Unit | None
    passes: tuple[Pass, ...]

    @property
    def node(self) -> Node:
        return self.line[0]

    @property
    def address(self) -> str:
        """The address that is spoken to: that of what was found, else the peer's."""
        return self.found.address if self.found else self.state.peer if self.state else ""

    def asked(self) -> list[Seen[Exchange]]:
        """What was said with that address directly, the newest first."""
        from tui502.read import access

        names = access.aliases(self.incident.evidence, self.peer) if self.peer and not self.found else (self.address,)
        seen = [item for item in self.incident.evidence.exchanges.values() if item.value and item.value.peer in names and item.value.speak != "replay"]
        return sorted(seen, key=lambda item: -item.at)

    def listeners(self) -> list[Listener]:
        """The sockets of the kernel's table that take connections to that address."""
        from tui502.read import access, addresses

        names = access.aliases(self.incident.evidence, self.peer) if self.peer and not self.found else (self.address,)
        return [item for item in self.incident.evidence.listeners.value or () if any(addresses.answers(item, name) for name in names)]


def behind(incident: Incident, key: str) -> Behind | None:
    """What stands behind a node; None where it is not there any more."""
    line = tuple(ancestry(incident, key))
    if not line:
        return None
    facts = incident.facts
    label = next((node.label for node in line if node.kind == "peer"), "")
    states = (*facts.peers, *(facts.loaded.peers if facts.loaded else ()))
    state = next((each for each in states if label and neutral(each.peer) == label), None)
    here = next((node.label for node in line if node.kind == "found"), "")
    found = next((each for each in (state.candidates if state else ()) if each.address == here), None)
    pid, name = (found.pid, found.unit) if found else (state.pid, state.unit) if state else (0, "")
    name = line[0].label if line[0].kind == "unit" else name
    running = facts.loaded.routes.passes if facts.loaded else ()
    passes = tuple(route for route in (*facts.routes.passes, *running) if state and any(peer.address == state.peer for peer in route.peers))
    return Behind(
        incident,
        line,
        next((peer for route in passes for peer in route.peers if state and peer.address == state.peer), None),
        state,
        found,
        next((each for each in incident.evidence.processes.value or () if pid and each.pid == pid), None),
        next((unit for unit in facts.units if name and neutral(unit.name) == neutral(name)), None),
        passes,
    )


def wished(incident: Incident, key: str) -> Look | str:
    """What "probe now" means at a node: the last words of a service, the peer above or here, else everything ('')."""
    from tui502.read.units import own_words

    found = behind(incident, key)
    if found is None:
        return ""
    look = own_words(found.unit) if found.node.kind == "unit" and found.unit else None
    return look or (found.address if found.node.kind in ("peer", "listener", "found", "process") else "")
