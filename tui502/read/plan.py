"""What to look at next: a pure function of what is known.

First nginx and the kernel's tables; then the files of its configuration; then the peers that routing names, the units behind them and
the request that fails. The collector asks again after every answer, until nothing new is wanted.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from tui502.model.evidence import Evidence, Look, Seen
from tui502.model.facts import Facts, Outage, Pass, PeerState
from tui502.read import keys, units
from tui502.read.facts import read_facts
from tui502.read.nginx import master_arguments

KERNEL_EVERY = 1.0
"""Seconds between two looks at the kernel's tables: they cost a read and disturb nobody."""

SLOW_EVERY = 15.0
"""Seconds between two looks at files and service managers: each costs a process or many reads."""

SYSTEMD_PROPERTIES = (
    "Id,Names,LoadState,ActiveState,SubState,Result,UnitFileState,FragmentPath,MainPID,ExecStart,Environment,EnvironmentFiles,"
    "WorkingDirectory,User,NRestarts,NeedDaemonReload,InactiveEnterTimestamp,ActiveEnterTimestamp,StateChangeTimestamp,Listen,Triggers,ControlGroup"
)
_PLACES = {
    "file": "files", "dir": "dirs", "command": "commands", "test": "commands", "exchange": "exchanges", "replay": "exchanges",
    "name": "names", "log": "logs", "access_log": "logs",
}  # fmt: skip
"""The mapping of Evidence in which the answer to a look of that kind stands."""

MOST_REPLAYS = 4
"""Requests replayed at once: the failing ones, most damaging first."""


def plan(evidence: Evidence) -> tuple[Look, ...]:
    """All looks that are wanted, given what is known; those already answered are among them."""
    found = {look.key: look for look in _looks(evidence)}
    return tuple(found.values())


def unanswered(evidence: Evidence) -> tuple[Look, ...]:
    """The looks that are wanted and have no answer yet: what is still awaited."""
    return tuple(look for look in plan(evidence) if not _answered(evidence, look))


def _answered(evidence: Evidence, look: Look) -> bool:
    if look.kind in ("nginx", "processes", "listeners", "running"):
        seen: Seen[Any] = getattr(evidence, "view" if look.kind == "nginx" else look.kind)
        return seen.at > 0
    mapping: Mapping[str, Seen[Any]] = getattr(evidence, _PLACES[look.kind])
    return look.key in mapping


def _looks(evidence: Evidence) -> Iterator[Look]:
    yield Look("nginx", "nginx", (), 0, 3.0, 2.0, "is nginx running")
    yield Look("processes", "processes", (), 0, 3.0, 5.0, "who runs")
    yield Look("listeners", "listeners", (), 0, 2.0, KERNEL_EVERY, "who listens")
    if not evidence.view.at:
        return
    yield from _service_managers(evidence)
    yield from _binary(evidence)
    if keys.NGINX_V not in evidence.commands:
        return
    facts = read_facts(evidence)
    yield from _configuration(evidence, facts)
    if facts.config.wanted_files or facts.config.wanted_dirs:
        return
    yield from _test(evidence, facts)
    yield from _logs(evidence, facts)
    yield from _peers(evidence, facts)
    yield from _requests(evidence, facts)


def _pid(evidence: Evidence) -> int:
    return evidence.view.value.pid if evidence.view.value else 0


def _binary(evidence: Evidence) -> Iterator[Look]:
    view = evidence.view.value
    exe = view.exe if view else "nginx"
    yield Look(keys.NGINX_V, "command", (exe, "-V"), _pid(evidence), 3.0, None, "which nginx")
    if view:
        yield Look("running", "running", (), view.pid, 3.0, SLOW_EVERY, "the configuration that nginx runs")


def _configuration(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    pid = _pid(evidence)
    for path in (*facts.config.files, *facts.config.wanted_files):
        yield Look(path, "file", (path,), pid, 3.0, SLOW_EVERY, "the configuration")
    for problem in facts.config.problems:
        if problem.kind in ("missing", "unreadable") and problem.file in evidence.files:
            yield Look(problem.file, "file", (problem.file,), pid, 3.0, SLOW_EVERY, "the configuration")
    for path in dict.fromkeys((*evidence.dirs, *facts.config.wanted_dirs)):
        yield Look(path, "dir", (path,), pid, 3.0, SLOW_EVERY, "the configuration")


def _test(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """`nginx -t` in the sandbox, once per state of the configuration. The directories that it would write to follow behind "--"."""
    view = evidence.view.value
    exe = view.exe if view else "nginx"
    argv = (exe, "-t", *(master_arguments(view) if view else ()))
    if not view and evidence.conf:
        argv = (exe, "-t", "-c", evidence.conf)
    state = facts.config.fingerprint
    yield Look(keys.NGINX_T, "test", (*argv, "--", *written_dirs(facts)), _pid(evidence), 20.0, None, f"does nginx accept the configuration {state}")


def written_dirs(facts: Facts) -> tuple[str, ...]:
    """The directories in which `nginx -t` would make files: those of the configuration, the logs, the pid file and the temporary files."""
    dirs = {posixpath.dirname(facts.nginx.conf), posixpath.dirname(facts.nginx.pid_file), posixpath.dirname(facts.nginx.error_log)}
    dirs |= {posixpath.dirname(target.path) for target in facts.logs if target.path.startswith("/")}
    for directive in facts.config.walk():
        if directive.name.endswith(("_temp_path", "_cache_path")) and directive.args:
            dirs.add(posixpath.join(facts.nginx.prefix, directive.args[0]))
        elif directive.name in ("pid", "lock_file") and directive.args:
            dirs.add(posixpath.dirname(posixpath.join(facts.nginx.prefix, directive.args[0])))
    return tuple(sorted(path for path in dirs if path.startswith("/") and path != "/dev"))


def _logs(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    for target in facts.logs:
        if target.path.startswith("/"):
            kind: keys.LogKind = "log" if target.kind == "error" else "access_log"
            yield Look(target.path, kind, (target.path,), _pid(evidence), 5.0, KERNEL_EVERY, "what was logged")


def _service_managers(evidence: Evidence) -> Iterator[Look]:
    listed = ("systemctl", "list-unit-files", "--type=service,socket", "--no-legend", "--no-pager", "--plain")
    yield Look(keys.SYSTEMD_UNITS, "command", listed, 0, 5.0, None, "which units are there")
    if names := keys.unit_names(evidence):
        shown = ("systemctl", "show", "--no-pager", "-p", SYSTEMD_PROPERTIES, "--", *names)
        yield Look(keys.SYSTEMD_SHOW, "command", shown, 0, 5.0, SLOW_EVERY, "what state are they in")
    for conf, ctl in keys.supervisors(evidence):
        yield Look(conf, "file", (conf,), 0, 3.0, SLOW_EVERY, "what supervisord runs")
        yield Look(keys.supervisor_key(conf), "command", (*ctl, "-c", conf, "status"), 0, 5.0, SLOW_EVERY, "what state its programs are in")
    files, dirs = units.wanted(evidence)
    for path in files:
        yield Look(path, "file", (path,), 0, 3.0, SLOW_EVERY, "what the services are told")
    for path in dirs:
        yield Look(path, "dir", (path,), 0, 3.0, SLOW_EVERY, "what the services are told")


def _peers(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """A connect to every peer, and for plain HTTP one request, as nginx would send it; the same to what may have taken a dead peer's place."""
    pid = _pid(evidence)
    asked = {peer.address: route for route in facts.routes.passes for peer in route.peers if not peer.down}
    for address, route in asked.items():
        yield Look(keys.connect_key(address), "exchange", (address, "connect", "", "", ""), pid, 3.0, None, "does anybody answer there")
        if route.family == "http":
            yield _direct(address, route, facts, pid)
    for state in facts.peers:
        for candidate in state.candidates:
            former = asked.get(state.peer)
            if candidate.ties and former and former.family == "http":
                yield _direct(candidate.address, former, facts, pid, state)


def _direct(address: str, route: Pass, facts: Facts, pid: int, dead: PeerState | None = None) -> Look:
    method, host, uri = _question(route, facts, dead.peer if dead else address)
    key = keys.http_key(address, method, host, uri)
    return Look(key, "exchange", (address, "http", method, host, uri), pid, 5.0, None, "what does it answer")


def _question(route: Pass, facts: Facts, peer: str) -> tuple[str, str, str]:
    """The request to ask a backend: the one that fails there, else the front page."""
    for outage in facts.outages:
        if outage.request and outage.target.peer == peer:
            return outage.request.method, outage.request.host, outage.request.uri
    host = next((name for name in route.names if name and not name.startswith(("~", "*", ".")) and name != "_"), "localhost")
    return "GET", host, "/"


def _requests(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    for outage in _worst(facts.outages):
        if request := outage.request:
            args = (f"{request.address}:{request.port}", request.scheme, request.method, request.host, request.uri)
            yield Look(keys.replay_key(request), "replay", args, _pid(evidence), 10.0, None, "does the request fail now")


def _worst(outages: tuple[Outage, ...]) -> tuple[Outage, ...]:
    asked = [outage for outage in outages if outage.request]
    return tuple(sorted(asked, key=lambda outage: (not outage.now, -outage.client_visible))[:MOST_REPLAYS])
