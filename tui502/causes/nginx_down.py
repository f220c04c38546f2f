"""nginx is not running.

**What happens.** No master process is there, so that nobody listens on the ports of the sites: clients are refused, they get no 502 from here.

**How it shows.** No process titled `nginx: master process`; its service is inactive or failed; the last `[emerg]` in the error log says why it did not start.

**What tells it from its neighbours.** Without the right to see all processes nothing is claimed for sure, nor while somebody who cannot be seen listens on
a port of the configuration: that may be nginx itself. An nginx in a container is one too, and is found as such. Where other masters run and none is the one
that was asked for, it is down only if its own service says so.

**What mends it.** First what keeps it from starting (`config_invalid`, a port that another process holds), then its service is started. Where it was stopped
without a failure, `nginx -t` passes and its ports are free, starting it is all; it may have been stopped on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui502.causes import doubts, failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence, Listener, Process
from tui502.model.facts import Facts, Target, Unit
from tui502.model.findings import Certainty, Clue, Command, Finding, Fix, RuledOut
from tui502.read import addresses, asking, keys, starter
from tui502.read import units as services
from tui502.read.outages import NOT_SERVED
from tui502.read.routing.listens import Socket, http_blocks, sockets
from tui502.text import neutral, shorten

ID = "nginx_down"
_EMERG = re.compile(rb"\[emerg\] \d+#\d+: ([^\n]*)")


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    nginx = facts.nginx
    if nginx.running:
        text = f"master {nginx.pid} runs with {len(nginx.workers)} worker{'' if len(nginx.workers) == 1 else 's'}"
        return Opinion(ruled_out=(RuledOut(ID, text, (Clue("process", str(nginx.pid), None, text, evidence.view.at),)),))
    if not evidence.view.at or (evidence.view.gap and evidence.view.gap.why != "absent"):
        return Opinion()
    unit = starter.service(facts.units, evidence.conf)
    if not nginx.version and unit is None and not facts.config.files:
        return Opinion()
    if evidence.other_masters and not _is_asked_for(evidence, unit):
        return Opinion(ruled_out=(RuledOut(ID, facts.nginx.why_not, ()),))
    return Opinion(findings=(_finding(evidence, facts, unit),))


def _is_asked_for(evidence: Evidence, unit: Unit | None) -> bool:
    """Is this the service of just the configuration that was asked for, and does it not run? Then other masters do not matter."""
    own = starter.argv(unit)
    named = any(evidence.conf in (word, word.removeprefix("-c")) for word in own)
    return bool(evidence.conf and named and unit and unit.state in (*services.STOPPED, *services.FAILED))


def unseen(evidence: Evidence, facts: Facts) -> Listener | None:
    """Somebody who listens where nginx would, and cannot be seen: another user's process, or one of another namespace. It may be nginx."""
    listener = taken(evidence, facts)
    return listener if listener and not _process_of(evidence, listener) else None


def _certainty(evidence: Evidence, facts: Facts) -> Certainty:
    """Proven: all processes and listening sockets were seen, and nobody unknown holds its ports. A host that hides processes shows not even the first."""
    processes = evidence.processes.value
    if unseen(evidence, facts):
        return "possible"
    return "proven" if processes is not None and evidence.listeners.value is not None and not _hides(evidence) else "likely"


def _hides(evidence: Evidence) -> bool:
    """Does this host hide the processes of others?"""
    return bool(evidence.euid) and not any(each.pid == 1 for each in evidence.processes.value or ())


def _against(evidence: Evidence, facts: Facts) -> Iterator[Clue]:
    """What keeps it from being proven."""
    if listener := unseen(evidence, facts):
        yield doubts.against("listener", addresses.join(listener.address, listener.port), f"somebody who is not seen listens on port {listener.port}")
    if evidence.processes.value is None or _hides(evidence):
        yield doubts.against("process", "", "this host shows only processes of our own user: one of nginx may run unseen")
    if evidence.listeners.value is None:
        yield doubts.against("listener", "", "who listens was not seen")


def _finding(evidence: Evidence, facts: Facts, unit: Unit | None) -> Finding:
    why, clue = _why(evidence, facts, unit)
    seen = evidence.processes.value is not None
    clues = [Clue("process", "nginx", None, "no master process of nginx runs", evidence.processes.at if seen else evidence.view.at), *([clue] if clue else [])]
    return Finding(
        id=failing.finding_id(ID, facts.nginx.conf),
        cause=ID,
        certainty=_certainty(evidence, facts),
        target=Target("", "", "", "", "", "", None),
        summary=words.fitted(f"nginx does not run{words.unit_since(evidence, unit) if unit else ''}: {why}"),
        clues=(*clues, *_against(evidence, facts)),
        outages=tuple(outage.key for outage in facts.outages if outage.now),
        explains=(),
        fixes=_fixes(evidence, facts, unit),
        decider=None,
    )


def _why(evidence: Evidence, facts: Facts, unit: Unit | None) -> tuple[str, Clue | None]:
    nginx = facts.nginx
    if nginx.refuses:
        place = f" at {words.place(nginx.test_where)}" if nginx.test_where else ""
        fails = f"it would {nginx.trap} on its configuration" if nginx.trap else "nginx -t fails"
        return f"{fails}{place}", Clue("test", keys.NGINX_T, nginx.test_where, nginx.test_said, None)
    if listener := unseen(evidence, facts):
        text = f"a process that cannot be seen holds port {listener.port}, perhaps nginx itself"
        return text, Clue("listener", addresses.join(listener.address, listener.port), None, text, evidence.listeners.at)
    if listener := taken(evidence, facts):
        text = f"{_holder(evidence, listener)} holds port {listener.port}"
        return text, Clue("listener", addresses.join(listener.address, listener.port), None, text, evidence.listeners.at)
    if unit and unit.masked:
        return f"{neutral(unit.name)} is masked", _state(unit)
    if unit and unit.state in services.FAILED:
        said = _emerg(evidence, facts)
        return said or f"{neutral(unit.name)} has failed ({neutral(unit.result)})", _state(unit)
    if unit and unit.state in services.STARTS:
        return f"{neutral(unit.name)} is starting", _state(unit)
    if unit and unit.state in services.STOPPED:
        return f"{neutral(unit.name)} is stopped", _state(unit)
    return "no process of it was found", None


def _state(unit: Unit) -> Clue:
    key = keys.SYSTEMD_SHOW if unit.manager == "systemd" else keys.supervisor_key(unit.path)
    return Clue("unit", key, None, f"{neutral(unit.name)} is {words.state(unit)}" + (f", {neutral(unit.result)}" if unit.result else ""), unit.since or None)


def _emerg(evidence: Evidence, facts: Facts) -> str:
    """The newest [emerg] of the error log, shortened, '' where there is none."""
    for target in facts.logs:
        seen = evidence.logs.get(target.path) if target.kind == "error" else None
        for raw in reversed(seen.value.newest if seen and seen.value else ()):
            if found := _EMERG.search(raw):
                return shorten(neutral(found[1]), 80)
    return ""


def _fixes(evidence: Evidence, facts: Facts, unit: Unit | None) -> tuple[Fix, ...]:
    """Start it, where nothing is known that keeps it from starting; where its port is taken, that is said."""
    if unseen(evidence, facts):
        return ()
    if listener := taken(evidence, facts):
        return (_free_the_port(listener, _holder(evidence, listener)),)
    found = start(evidence, facts, unit) if facts.nginx.test == "ok" else None
    return (found,) if found else ()


def start(evidence: Evidence, facts: Facts, unit: Unit | None) -> Fix | None:
    """Start its service, where that can be done and nobody holds its ports; whether the configuration can be loaded is not looked at here."""
    if unit is None or unit.masked or not unit.start or unit.state not in (*services.STOPPED, *services.FAILED) or taken(evidence, facts):
        return None
    name = neutral(unit.name)
    asked = next((outage.request for outage in facts.outages if outage.request and NOT_SERVED in outage.symptoms), None)
    listen = f"{asked.address}:{asked.port}" if asked else ""
    ready = asking.connect_look(facts, listen, "does nginx listen") if listen else None
    command = Command(unit.start, f"starts {name}", f"{name} does not run now, nginx -t is ok, and its ports are free", "nothing", None, ready)
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"start {name}",
            why=f"no master process of nginx runs, and {name} is {unit.state}",
            risk="it may have been stopped on purpose: ask before",
            kind="command",
            edits=(),
            commands=(command,),
            alternative_to=(),
        )
    )


def _free_the_port(listener: Listener, holder: str) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"free port {listener.port}, which {holder} holds, or let nginx listen elsewhere; then start nginx",
            why=f"nginx cannot bind port {listener.port} while {holder} listens on it",
            risk=f"what {holder} serves there ends with it",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


def taken(evidence: Evidence, facts: Facts) -> Listener | None:
    """A listening socket of somebody else that keeps nginx from binding one of its own."""
    wanted = [socket for server in http_blocks(facts.config, "server") for socket in sockets(server) if socket.first]
    tcp = [item for item in evidence.listeners.value or () if item.family != "unix"]
    return next((item for item in tcp if any(_clash(item, socket) for socket in wanted)), None)


def _clash(item: Listener, socket: Socket) -> bool:
    """One wildcard on a port excludes every other address of its family there."""
    if not socket.first <= item.port <= socket.last:
        return False
    six = ":" in socket.host
    if six != (item.family == "inet6") and not (item.family == "inet6" and item.address in addresses.ANY and not item.v6only):
        return False
    return socket.host in ("*", "[::]") or item.address in addresses.ANY or item.address.strip("[]") == socket.host.strip("[]")


def _process_of(evidence: Evidence, listener: Listener) -> Process | None:
    return next((each for each in evidence.processes.value or () if each.pid in listener.pids), None)


def _holder(evidence: Evidence, listener: Listener) -> str:
    """The process that holds a socket, as far as it is seen."""
    process = _process_of(evidence, listener)
    return f"{neutral(process.name)} (pid {process.pid})" if process else "another process"


CAUSE = Cause(ID, judge, __doc__ or "")
