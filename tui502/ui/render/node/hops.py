"""What is known of the hops themselves: passes, the way to a socket, listeners, the process, the service."""

from __future__ import annotations

import posixpath
import shlex
import stat
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.node.lines import AT, fact, harmless
from tui502.ui.render.node_index import index
from tui502.ui.render.spans import Row, cell, middle, row
from tui502.ui.render.times import age, clock

if TYPE_CHECKING:
    from tui502.model.evidence import PathPart
    from tui502.ui.moment import Moment
    from tui502.ui.render.node.behind import Behind


def rows(found: Behind, width: int) -> list[Row]:
    """A server, location, pass or group: whom it dials, and how many requests fail there."""
    facts = found.incident.facts
    out: list[Row] = []
    for node in index(facts.nodes).below(found.node.key):
        if node.kind == "peer":
            glyph, role = STATES[node.state]
            label = " " * AT if out else f" {'peers':<{AT - 1}}"
            name = cell(middle(neutral(node.label), 24), 24)
            out.append(row(label, (glyph, role), f" {name} ", (cell(node.state, 9), f"{role} state"), f" {neutral(node.why)}"))
    names = {name for node in found.line if node.kind == "server" for name in (node.label.rpartition(":")[0] or node.label,)}
    for outage in facts.outages:
        if outage.target.server in names and (found.node.kind == "server" or neutral(outage.target.location) == _location(found)):
            rate = f", {outage.rate:.0f} a minute" if outage.now else ", over"
            symptoms = ", ".join(outage.symptoms).replace("_", " ")
            out += fact("fails", f"{outage.client_visible} times {symptoms} at {outage.target.peer}{rate}", width)
    return out


def _location(found: Behind) -> str:
    label = next((node.label for node in found.line if node.kind == "location"), "")
    return label.removeprefix("location ")


def access(found: Behind, width: int) -> list[Row]:
    """The way to a unix socket, a step a row, as nginx's worker goes it."""
    from tui502.read import access as rights
    from tui502.read.accounts import accounts

    evidence = found.incident.evidence
    seen = rights.way(evidence, found.peer) if found.peer and found.peer.path else None
    worker = rights.worker(evidence)
    if seen is None or worker is None:
        return []
    names = accounts(evidence)
    refused = {refusal.part.path: refusal.need for refusal in rights.refusals(seen, worker.uid, worker.gids)}
    groups = " ".join(map(str, worker.gids))
    user = names.user(worker.uid)
    out = [row(f" as nginx's worker: uid {worker.uid}{'' if user == str(worker.uid) else ' ' + user}, groups {groups}")]
    for part in seen.parts:
        last = part is seen.parts[-1] and seen.end == "found"
        need = refused.get(part.path, "")
        stands, _ = rights.rights(part, worker.uid, worker.gids)
        why = f"needs {need}" if need else f"{'w' if last else 'x'} for {stands}"
        mark = ("×", "failing") if need else (" ", "")
        verb = "connect" if last and part.kind == "socket" else "enter" if part.kind == "dir" else "follow" if part.kind == "link" else part.kind
        who, room = (10, 17) if width >= 78 else (8, 12)
        owner = f"{cell(names.user(part.uid), who - 1)} {cell(names.group(part.gid), who - 1)} "
        name = cell(middle(neutral(posixpath.basename(part.path) or "/"), room - 1), room)
        answer = (cell("NO" if need else "yes", 6 if width >= 78 else 4), "key" if need else "")
        does = f"{verb:<10}" if width >= 78 else ""
        out.append(row(" ", mark, f" {cell(_mode(part), 12)}{owner}{name}{does}", answer, why if worker.uid else "root may"))
    end = {"found": "", "absent": f"{seen.stopped} is not there", "denied": f"we may not look at {seen.stopped}"}.get(seen.end, f"{seen.end} at {seen.stopped}")
    tried = rights.tried(evidence, found.peer) if found.peer else None
    return out + fact("the way", neutral(end), width) + (fact("tried", f"a connect as uid {tried.uid} came to: {tried.end}", width) if tried else [])


def _mode(part: PathPart) -> str:
    kinds = {"dir": stat.S_IFDIR, "socket": stat.S_IFSOCK, "link": stat.S_IFLNK, "fifo": stat.S_IFIFO}
    return stat.filemode(kinds.get(part.kind, stat.S_IFREG) | part.mode) + ("+" if part.acl else "")


def listens(found: Behind, width: int) -> list[Row]:
    """Who listens on the address, by the kernel's table."""
    if found.incident.evidence.listeners.value is None:
        return fact("listens", "not seen: the kernel's table could not be read", width)
    out: list[Row] = []
    for item in found.listeners():
        name = item.path or f"{f'[{item.address}]' if item.family == 'inet6' else item.address}:{item.port}"
        pids = f"pid {' '.join(map(str, item.pids))}" if item.pids else "by whom is not seen"
        out += fact("listens", neutral(f"{name}, {pids}, {item.queue} of {item.backlog} wait in its queue"), width)
    if out or found.found is not None or found.state is None:
        return out
    said = {False: f"nobody on {neutral(found.address)}", True: "somebody, of whom the kernel's table says nothing here", None: "not seen: on another host"}
    return fact("listens", said[found.state.listening], width)


def instead(found: Behind, width: int) -> list[Row]:
    """For a dead peer: what should listen there, and what was found in its place."""
    if found.state is None:
        return []
    known = {unit.name: unit for unit in found.incident.facts.units}
    out: list[Row] = []
    for name in found.state.expected_units[:3]:
        unit = known.get(name)
        state = "not seen" if unit is None else f"{unit.state} ({unit.sub})" if unit.sub else unit.state
        out += fact("expected" if not out else "", neutral(f"{name}, {state}"), width)
    tied = [each for each in found.state.candidates if each.ties]
    for n, each in enumerate(tied[:3]):
        who = ", ".join(part for part in (each.process, each.unit) if part)
        out += fact("found" if not n else "", neutral(f"{each.address}  {who}: {'; '.join(each.ties)}"), width)
    return out


def tied(found: Behind, width: int) -> list[Row]:
    """Why this listener is taken for the backend, and what it answers."""
    each = found.found
    if each is None:
        return []
    words = [f"answers {each.status}" if each.status else "", f'"{each.title}"' if each.title else "", f"Server: {each.server}" if each.server else ""]
    return fact("tie", neutral("; ".join(each.ties)), width) + fact("there", neutral(", ".join(word for word in words if word)), width)


def process(found: Behind, moment: Moment, width: int) -> list[Row]:
    """Pid, user, age, command line, directory, control group."""
    from tui502.read.accounts import accounts

    each = found.process
    if each is None:
        pid = found.found.pid if found.found else found.state.pid if found.state else 0
        return fact("process", f"{pid}, of which nothing more is seen", width) if pid else []
    evidence = found.incident.evidence
    user = accounts(evidence).user(each.uid)
    named = f"uid {each.uid}" if user == str(each.uid) else f"user {user} ({each.uid})"
    started = f"since {clock(each.started, moment.utc_offset)}, {age(moment.now - each.started)}"
    return [
        *fact("process", neutral(f"{each.name} {each.pid}, {named}, {started}, child of {each.ppid}"), width),
        *fact("command", harmless(shlex.join(each.argv)), width),
        *fact("program", harmless(each.exe) if each.exe else "not readable without more rights", width),
        *fact("directory", harmless(each.cwd) if each.cwd else "not readable without more rights", width),
        *fact("cgroup", neutral(each.cgroup), width),
    ]


def unit(found: Behind, moment: Moment, width: int) -> list[Row]:
    """The service: its state, where it is written, how it is started; its own last words where they were read."""
    from tui502.read.units import own_words

    each = found.unit
    if each is None:
        return []
    since = f" since {clock(each.since, moment.utc_offset)}, {age(moment.now - each.since)}" if each.since else ""
    state = f"{each.state} ({each.sub})" if each.sub else each.state
    extra = [f"result {each.result}" if each.result not in ("", "success") else "", f"{each.restarts} restarts" if each.restarts else "", each.enabled]
    out = [
        *fact("service", neutral(f"{each.name} {state}{since}" + "".join(f", {word}" for word in extra if word)), width),
        *fact("unit file", harmless(each.path), width),
        *fact("starts", harmless(each.exec_start), width),
        *fact("says", neutral(f"its address is {', '.join(each.serves)}") if each.serves else "", width),
    ]
    look = own_words(each)
    seen = found.incident.evidence.commands.get(look.key) if look else None
    if seen is None:
        return out + (fact("its log", "r reads its last lines", width) if look and found.node.kind == "unit" and moment.live else [])
    if seen.value is None:
        return out + fact("its log", neutral(f"not read: {seen.gap.why if seen.gap else ''}"), width)
    lines = [line for line in (seen.value.out or seen.value.err).splitlines() if line.strip()]
    out.append(row(f" its log, {len(lines)} last lines, read {clock(seen.at, moment.utc_offset)}"))
    return out + [row("   ", cell(harmless(line), width - 4)) for line in lines]
