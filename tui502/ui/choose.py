"""The shared selection: pure steps from one choice to the next. It follows identities; a new incident moves it only when its thing is gone."""

from __future__ import annotations

from tui502.model.config import Where
from tui502.model.facts import Node, Target
from tui502.model.findings import Clue, Finding, Fix, Incident
from tui502.model.session import LogLine
from tui502.report.site import outage_of
from tui502.text import neutral
from tui502.ui.moment import Chosen
from tui502.ui.render.node_index import index, names_of


def first(incident: Incident) -> Chosen:
    """The first finding and its first fix; no fix when it has equal alternatives: a person must choose. Without a finding what the head speaks of."""
    if not incident.findings:
        found = Chosen(node=incident.facts.nodes[0].key if incident.facts.nodes else "", where=main_file(incident))
        outage = outage_of(incident)
        where = outage.target.where if outage else None
        return by_place(incident, where, found) if where and where.file in incident.facts.config.files else found
    finding = incident.findings[0]
    fix = finding.fixes[0] if finding.fixes and not finding.fixes[0].alternative_to else None
    return by_finding(incident, finding, fix)


def kept(incident: Incident, chosen: Chosen, by_person: bool) -> Chosen:
    """The same selection on a new incident. What the person chose stays as long as it is there, what the program chose gives way to a better first."""
    fixes = {fix.id for finding in incident.findings for fix in finding.fixes}
    about = {finding.id for finding in incident.findings}
    node = chosen.node if index(incident.facts.nodes).get(chosen.node) else ""
    if not by_person or (chosen.fix not in fixes if chosen.fix else chosen.finding not in about):
        found = first(incident)
        if not by_person:
            return _stay(incident, found, chosen)
        return found._replace(node=node or found.node, where=chosen.where or found.where)
    return chosen._replace(node=node or first(incident).node)


def _stay(incident: Incident, found: Chosen, chosen: Chosen) -> Chosen:
    """`found`, but where nothing is to be mended any more the eye stays where it was: on what has just been repaired."""
    target = next((finding.target for finding in incident.findings if finding.id == found.finding), None)
    if (target and (target.where or target.peer)) or chosen.where is None or chosen.where.file not in incident.facts.config.files:
        return found
    node = chosen.node if index(incident.facts.nodes).get(chosen.node) else found.node
    return by_place(incident, chosen.where, found._replace(node=node))


def by_finding(incident: Incident, finding: Finding, fix: Fix | None) -> Chosen:
    node = node_of(incident, finding.target)
    where = finding.target.where or (node.where if node else None) or main_file(incident)
    return Chosen(finding.id, fix.id if fix else "", node.key if node else "", where)


def by_fix(incident: Incident, fix_id: str) -> Chosen:
    for finding in incident.findings:
        for fix in finding.fixes:
            if fix.id == fix_id:
                return by_finding(incident, finding, fix)
    return first(incident)


def by_node(incident: Incident, key: str, chosen: Chosen) -> Chosen:
    """The node, the place it or the nearest hop above it stands at, and the finding that is about it."""
    above = ancestry(incident, key)
    where = next((node.where for node in above if node.where), chosen.where)
    return _about(incident, Chosen(chosen.finding, chosen.fix, key, where), {node.key for node in above})


def by_clue(incident: Incident, finding: Finding, clue: Clue | None, chosen: Chosen) -> tuple[int, Chosen]:
    """The pane in which a clue was seen, and the selection there; of no clue, what the finding is about."""
    about = by_finding(incident, finding, None)
    chosen = chosen._replace(finding=finding.id, node=about.node, where=about.where)
    if clue is not None and clue.where is not None:
        return 3, by_place(incident, clue.where, chosen)
    if clue is not None and clue.source in ("error_log", "access_log"):
        return 1, chosen
    if clue is not None and clue.source in ("config", "test"):
        return 3, chosen
    node = _node_of_clue(incident, clue, about.node) if clue is not None else None
    return 2, chosen._replace(node=node.key) if node else chosen


def _node_of_clue(incident: Incident, clue: Clue, near: str) -> Node | None:
    """The node of the service, listener or peer that a clue names, below that of the finding first."""
    seen = incident.evidence.exchanges.get(clue.key)
    peer = neutral(seen.value.peer) if seen and seen.value else neutral(clue.key)
    kinds = ("unit",) if clue.source == "unit" else ("found", "peer", "process")
    fits = [node for node in incident.facts.nodes if node.kind in kinds and (node.label in (peer, *clue.text.split()[:1]) or node.label.split()[-1:] == [peer])]
    below = [node for node in fits if any(each.key == near for each in ancestry(incident, node.key))]
    return next(iter(below or fits), None)


def by_place(incident: Incident, where: Where, chosen: Chosen) -> Chosen:
    """A place in the configuration, and the node that stands for it; where there is none, the fix that would edit it."""
    node = next(iter(index(incident.facts.nodes).at(where.file, where.line)), None)
    if node is None:
        return _edited(incident, where, chosen._replace(where=where))
    return _about(incident, Chosen(chosen.finding, chosen.fix, node.key, where), {found.key for found in ancestry(incident, node.key)})


def _edited(incident: Incident, where: Where, chosen: Chosen) -> Chosen:
    """`chosen` with the finding of which a fix edits that line, and that fix."""
    data = incident.facts.config.files.get(where.file, b"")
    for finding in incident.findings:
        for fix in finding.fixes:
            if any(edit.file == where.file and data.count(b"\n", 0, edit.start) + 1 == where.line for edit in fix.edits):
                return chosen._replace(finding=finding.id, fix="" if fix.alternative_to else fix.id)
    return chosen


def by_record(incident: Incident, line: LogLine, chosen: Chosen) -> Chosen:
    """The peer of a log record."""
    node = peer_node(incident, line.peer, line.server) if line.peer else None
    return by_node(incident, node.key, chosen) if node else chosen


def _about(incident: Incident, chosen: Chosen, keys: set[str]) -> Chosen:
    """`chosen` with the finding (and its fix) whose target is one of the nodes `keys`; the old ones when there is none or they fit already."""
    about = [finding for finding in incident.findings if (node := node_of(incident, finding.target)) and node.key in keys]
    if not about or any(finding.id == chosen.finding for finding in about):
        return chosen
    finding = about[0]
    fix = finding.fixes[0].id if finding.fixes and not finding.fixes[0].alternative_to else ""
    return chosen._replace(finding=finding.id, fix=fix)


def node_of(incident: Incident, target: Target) -> Node | None:
    """The node a finding is about: its peer, else what stands at its place."""
    node = peer_node(incident, target.peer, target.server) if target.peer else None
    if node is not None or target.where is None:
        return node
    return next(iter(index(incident.facts.nodes).at(target.where.file, target.where.line)), None)


def peer_node(incident: Incident, peer: str, server: str = "") -> Node | None:
    """The node of a peer, below the server when that name is known."""
    found = index(incident.facts.nodes).peers(peer)
    near = [node for node in found if server and any(above.kind == "server" and server in above.label for above in ancestry(incident, node.key))]
    return next(iter(near or found), None)


def peer_names(incident: Incident, chosen: Chosen) -> frozenset[str]:
    """What a log may call the peer that is chosen: that of the node, else that of the finding."""
    node = next((each for each in ancestry(incident, chosen.node) if each.kind == "peer"), None)
    if node is not None:
        return frozenset(names_of(node))
    return frozenset(each.target.peer for each in incident.findings if each.id == chosen.finding and each.target.peer)


def ancestry(incident: Incident, key: str) -> list[Node]:
    """The node and all above it, nearest first."""
    nodes = index(incident.facts.nodes)
    out: list[Node] = []
    while (node := nodes.get(key)) is not None and node not in out:
        out.append(node)
        key = node.parent
    return out


def main_file(incident: Incident) -> Where | None:
    config = incident.facts.config
    return Where(config.main, 1, 0, 0) if config.main in config.files else None
