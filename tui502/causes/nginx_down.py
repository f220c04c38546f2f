"""nginx is not running.

**What happens.** No master process is there, so that nobody listens on the ports of the sites: clients are refused, they get no 502 from here.

**How it shows.** No process titled `nginx: master process`; its service is inactive or failed; the last `[emerg]` in the error log says why it did not start.

**What tells it from its neighbours.** Without the right to see all processes nothing is claimed. An nginx in a container is one too, and is found as such.

**What mends it.** First what keeps it from starting (`config_invalid`, a port that another process holds), then its service is started. Where it was stopped
without a failure, starting it is all; it may have been stopped on purpose.
"""

from __future__ import annotations

import re

from tui502.causes import failing, words
from tui502.causes.cause import Cause, Opinion
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence, Look
from tui502.model.facts import Facts, Nginx, Target, Unit
from tui502.model.findings import Clue, Command, Finding, Fix, RuledOut
from tui502.read import keys
from tui502.read import units as services
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
    unit = _unit(facts)
    if not nginx.version and unit is None and not facts.config.files:
        return Opinion()
    return Opinion(findings=(_finding(evidence, facts, unit),))


def _finding(evidence: Evidence, facts: Facts, unit: Unit | None) -> Finding:
    why, clue = _why(evidence, facts, unit)
    seen = evidence.processes.value is not None
    clues = [Clue("process", "nginx", None, "no master process of nginx runs", evidence.processes.at if seen else evidence.view.at), *([clue] if clue else [])]
    return Finding(
        id=failing.finding_id(ID, facts.nginx.conf),
        cause=ID,
        certainty="proven" if seen else "likely",
        target=Target("", "", "", "", "", "", None),
        summary=words.fitted(f"nginx does not run{words.unit_since(evidence, unit) if unit else ''}: {why}"),
        clues=tuple(clues),
        outages=tuple(outage.key for outage in facts.outages if outage.now),
        explains=(),
        fixes=_fixes(facts, unit),
        decider=None,
    )


def _unit(facts: Facts) -> Unit | None:
    """The service that runs nginx."""
    return next((unit for unit in facts.units if unit.name in ("nginx.service", "nginx", "openresty.service")), None)


def _why(evidence: Evidence, facts: Facts, unit: Unit | None) -> tuple[str, Clue | None]:
    nginx = facts.nginx
    if nginx.test == "failed":
        place = f" at {words.place(nginx.test_where)}" if nginx.test_where else ""
        return f"nginx -t fails{place}", Clue("test", keys.NGINX_T, nginx.test_where, nginx.test_said, None)
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


def _fixes(facts: Facts, unit: Unit | None) -> tuple[Fix, ...]:
    """Start it, where nothing is known that keeps it from starting."""
    if facts.nginx.test == "failed" or unit is None or unit.masked or not unit.start or unit.state not in (*services.STOPPED, *services.FAILED):
        return ()
    name = neutral(unit.name)
    listens = [each for route in facts.routes.passes for each in route.listens if each.port]
    listen = f"{'127.0.0.1' if listens[0].address == '*' else listens[0].address}:{listens[0].port}" if listens else ""
    ready = Look(keys.connect_key(listen), "exchange", (listen, "connect", "", "", ""), 0, 3.0, None, "does nginx listen") if listen else None
    command = Command(unit.start, f"starts {name}", _needs(facts.nginx, name), "nothing", unit.stop or None, ready)
    return (
        with_id(
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
        ),
    )


def _needs(nginx: Nginx, name: str) -> str:
    tested = "nginx -t is ok" if nginx.test == "ok" else "nginx -t was not run"
    return f"{name} does not run now; {tested}"


CAUSE = Cause(ID, judge, __doc__ or "")
