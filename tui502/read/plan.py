"""What to look at next: a pure function of what is known.

First nginx and the kernel's tables; then the files of its configuration; then the peers that routing names, the units behind them and
the request that fails. The collector asks again after every answer, until nothing new is wanted.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from tui502.model.config import Config
from tui502.model.evidence import Evidence, Look, Seen
from tui502.model.facts import Facts, Outage, Peer, Request
from tui502.read import access, accounts, addresses, asked, asking, editing, keys, layout, log_looks, php_fpm, resolved, starter, units
from tui502.read.facts import read_config, read_facts
from tui502.read.nginx import options_of_test
from tui502.read.symptoms import TIMEOUTS
from tui502.text import neutral

KERNEL_EVERY = 1.0
"""Seconds between two looks at the kernel's tables: they cost a read and disturb nobody."""

SLOW_EVERY = 15.0
"""Seconds between two looks at files and service managers: each costs a process or many reads."""

MOST_FILES = 1000
"""Files of the configuration that are looked at in SLOW_EVERY seconds; where there are more, each is looked at less often. "Look again" looks at all."""

SYSTEMD_PROPERTIES = (
    "Id,Names,LoadState,ActiveState,SubState,Result,UnitFileState,FragmentPath,MainPID,ExecStart,Environment,EnvironmentFiles,"
    "WorkingDirectory,User,NRestarts,NeedDaemonReload,InactiveEnterTimestamp,ActiveEnterTimestamp,StateChangeTimestamp,Listen,Triggers,ControlGroup"
)
_PLACES = {
    "file": "files", "dir": "dirs", "command": "commands", "test": "commands", "exchange": "exchanges", "replay": "exchanges",
    "name": "names", "log": "logs", "access_log": "logs", "path": "paths", "access": "access", "process": "details",
    "excerpt": "excerpts",
}  # fmt: skip
"""The mapping of Evidence in which the answer to a look of that kind stands."""

PATHS_EVERY = 5.0
"""Seconds between two looks at the rights along a path."""

NAME_PATIENCE = 5.0
"""Seconds for the addresses of a name: what a dead resolver may take keeps nothing else waiting."""

SETFACL = ("/usr/bin/setfacl", "/bin/setfacl")
"""Where the program lies that lets one user into a directory; where it is not, only a mode can."""

MOST_SERVING = 8
"""Processes behind failing peers that are looked at closely."""

REPLAY_EVERY = 15.0
"""Seconds between two replays of a request that fails: whoever mends it, without a word to us, is seen to have done so."""

SLOW_REPLAY_EVERY = 60.0
"""The same where each replay keeps the backend busy until nginx gives up."""

MOST_REPLAYS = 4
"""Requests replayed at once: the failing ones, most damaging first."""


def plan(evidence: Evidence) -> tuple[Look, ...]:
    """All looks that are wanted, given what is known; those already answered are among them."""
    found = {(look.kind, look.key): look for look in _looks(evidence)}
    return tuple(found.values())


def unanswered(evidence: Evidence) -> tuple[Look, ...]:
    """The looks that are wanted and have no answer yet: what is still awaited."""
    return tuple(look for look in plan(evidence) if not _answered(evidence, look))


def _answered(evidence: Evidence, look: Look) -> bool:
    if look.kind in ("nginx", "processes", "listeners", "running", "addresses", "open_files"):
        seen: Seen[Any] = getattr(evidence, "view" if look.kind == "nginx" else look.kind)
        return seen.at > 0
    mapping: Mapping[str, Seen[Any]] = getattr(evidence, _PLACES[look.kind])
    return look.key in mapping


def of_configuration(evidence: Evidence) -> tuple[Look, ...]:
    """The looks that tell which nginx it is and how it is configured, without any at its backends and logs; at services only to find one that is stopped."""
    services = {*_service_managers(evidence)} if evidence.view.value else set()
    found = [look for look in _ground(evidence) if look not in services]
    if evidence.view.at and keys.NGINX_V in evidence.commands:
        facts = read_facts(evidence)
        found += [*_configuration(evidence, facts.config), *_layout(evidence, facts)]
    return tuple({(look.kind, look.key): look for look in found}.values())


def _ground(evidence: Evidence) -> Iterator[Look]:
    yield Look("nginx", "nginx", (), 0, 3.0, 2.0, "is nginx running")
    yield Look("processes", "processes", (), 0, 3.0, 5.0, "who runs")
    yield Look("listeners", "listeners", (), 0, 2.0, KERNEL_EVERY, "who listens")
    if not evidence.view.at:
        return
    yield Look("addresses", "addresses", (), _pid(evidence), 2.0, SLOW_EVERY, "which addresses are this host's own")
    yield from _service_managers(evidence)
    yield from _binary(evidence)


def _looks(evidence: Evidence) -> Iterator[Look]:
    yield from _ground(evidence)
    if not evidence.view.at or keys.NGINX_V not in evidence.commands:
        return
    config = read_config(evidence)
    yield from _configuration(evidence, config)
    if config.wanted_files or config.wanted_dirs:
        return
    facts = read_facts(evidence)
    yield from _layout(evidence, facts)
    yield from _test(evidence, facts)
    yield from log_looks.looks(evidence, facts, _pid(evidence))
    yield from _names(evidence, facts)
    yield from _peers(evidence, facts)
    yield from _sockets(evidence, facts)
    yield from _pools(evidence, facts)
    yield from _asked(evidence, facts)
    yield from _requests(evidence, facts)
    yield from _closer(evidence, facts)


def _pid(evidence: Evidence) -> int:
    return evidence.view.value.pid if evidence.view.value else 0


def _binary(evidence: Evidence) -> Iterator[Look]:
    view = evidence.view.value
    if not view and not (evidence.processes.at and all(_answered(evidence, look) for look in _service_managers(evidence))):
        return
    exe = view.exe if view else next(iter(_starts(evidence)), "nginx")
    yield Look(keys.NGINX_V, "command", (exe, "-V"), _pid(evidence), 3.0, None, "which nginx")
    if view:
        yield Look("running", "running", (), view.pid, 3.0, SLOW_EVERY, "the configuration that nginx runs")


def _starts(evidence: Evidence) -> tuple[str, ...]:
    """The command line with which a service starts the nginx that this is about."""
    return starter.argv(starter.service(units.units(evidence), evidence.conf))


def _configuration(evidence: Evidence, config: Config) -> Iterator[Look]:
    pid, every = _pid(evidence), SLOW_EVERY * max(1.0, len(config.files) / MOST_FILES)
    for path in (*config.files, *config.wanted_files):
        yield Look(path, "file", (path,), pid, 3.0, every, "the configuration")
    for problem in config.problems:
        if problem.file in evidence.files:
            yield Look(problem.file, "file", (problem.file,), pid, 3.0, SLOW_EVERY, "the configuration")
    for path in dict.fromkeys((*evidence.dirs, *config.wanted_dirs)):
        yield Look(path, "dir", (path,), pid, 3.0, SLOW_EVERY, "the configuration")
    if evidence.view.value and evidence.running.gap and evidence.running.at:
        for path in config.dirs:
            yield Look(path, "file", (path,), pid, 3.0, SLOW_EVERY, "whether files came or went")


def _layout(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """Which sites are there and not enabled, and whether copies that stand in the place of links differ from their originals."""
    for path in layout.wanted_dirs(facts.layout):
        yield Look(path, "dir", (path,), _pid(evidence), 3.0, SLOW_EVERY, "which sites are there and not enabled")
    for path in layout.wanted_files(facts.layout, evidence.files, evidence.dirs):
        yield Look(path, "file", (path,), _pid(evidence), 3.0, SLOW_EVERY, "does a copy differ from its original")


def _test(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """`nginx -t` in the sandbox, once per state of the configuration. The directories that it would write to follow behind "--"."""
    view = evidence.view.value
    starts = () if view else _starts(evidence)
    exe = view.exe if view else next(iter(starts), "nginx")
    argv = (exe, "-t", *options_of_test(view, starts, facts.nginx.conf))
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


def _names(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """What nginx would dial for the names in passes and groups. It asks for them once when it starts, and so do we: an answer of later may be another."""
    for name in resolved.wanted(facts.routes):
        yield Look(name, "name", (name,), _pid(evidence), NAME_PATIENCE, None, "which addresses does nginx dial for it")


def _peers(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """A connect to every peer, and one request as nginx would send it; the same to what may have taken a dead peer's place."""
    asked = {peer.address: route for route in facts.routes.passes for peer in route.peers if not peer.down and not _is_unresolved(peer)}
    for address in asked:
        yield asking.connect_look(facts, address, "does anybody answer there")
        yield from asking.of_peer(evidence, facts, address)
    for address in _connected_only(facts):
        if address not in asked:
            yield asking.connect_look(facts, address, "does anybody answer there")
    for state in facts.peers:
        for candidate in state.candidates:
            if candidate.ties and (look := asking.elsewhere_look(facts, state.peer, candidate.address)):
                yield look
            elif candidate.ties and candidate.address.startswith("unix:"):
                yield asking.connect_look(facts, candidate.address, f"does it listen for {state.peer}")


def _is_unresolved(peer: Peer) -> bool:
    return peer.address == addresses.written(peer) and addresses.is_name(peer.host)


def _connected_only(facts: Facts) -> Iterator[str]:
    """Peers that are tried and asked nothing: those of a group in which none is left although its parameters set them aside, and those of the text
    that nginx runs which no file on disk names any more."""
    emptied = {outage.target.upstream for outage in facts.outages if outage.now and "no_live_upstream" in outage.symptoms}
    dialled = [peer for route in facts.routes.passes if neutral(route.upstream) in emptied for peer in route.peers if peer.down]
    only_loaded = {state.peer for state in (facts.loaded.peers if facts.loaded else ())}
    dialled += [peer for route in (facts.loaded.routes.passes if facts.loaded else ()) for peer in route.peers if peer.address in only_loaded]
    yield from dict.fromkeys(peer.address for peer in dialled if not _is_unresolved(peer))


def _sockets(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The way to every unix socket that is dialled, or may take a dead one's place; where nginx seems to be denied, the connect tried with its rights,
    and how those are called that count there."""
    pid = _pid(evidence)
    paths = [peer.path for route in facts.routes.passes for peer in route.peers]
    paths += [each.address.removeprefix("unix:") for state in facts.peers for each in state.candidates if each.ties and each.address.startswith("unix:")]
    for path in dict.fromkeys(path for path in paths if path.startswith("/")):
        yield Look(keys.path_key(path), "path", (path,), pid, 2.0, PATHS_EVERY, "may nginx go there")
    told = {outage.target.peer for outage in facts.outages if "socket_permission" in outage.symptoms}
    for peer in {peer.address: peer for route in facts.routes.passes for peer in route.peers if peer.path.startswith("/") and not peer.down}.values():
        if keys.path_key(peer.path) in evidence.paths and (neutral(peer.address) in told or _is_denied(evidence, peer)):
            if (process := access.worker(evidence)) and process.gids:
                yield access.look(evidence, peer, process)
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


def _pools(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The configuration of PHP-FPM, where nginx speaks to it."""
    if any(route.family == "fastcgi" for route in facts.routes.passes):
        files, dirs = php_fpm.wanted(evidence, facts.units)
        for path in dirs:
            yield Look(path, "dir", (path,), 0, 3.0, SLOW_EVERY, "which pools PHP-FPM has")
        for path in files:
            yield Look(path, "file", (path,), 0, 3.0, SLOW_EVERY, "which pools PHP-FPM has")


def _asked(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """The request that a person named, and where its host leads."""
    if (host := asked.host_of(evidence)) and evidence.probing:
        yield Look(host, "name", (host,), _pid(evidence), NAME_PATIENCE, None, "where does the named host lead")
    for each in asked.asked(evidence, facts.config, facts.routes, facts.outages):
        yield _replay(evidence, each.request)


def _replay(evidence: Evidence, request: Request, every: float | None = None) -> Look:
    args = (f"{request.address}:{request.port}", request.scheme, request.method, request.host, request.uri)
    return Look(keys.replay_key(request), "replay", args, _pid(evidence), 10.0, every, "does the request fail now")


def _requests(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    known: set[Request] = set()
    for outage in _worst(facts.outages):
        if outage.request and outage.request not in known:
            known.add(outage.request)
            every = SLOW_REPLAY_EVERY if TIMEOUTS & {*outage.symptoms} else REPLAY_EVERY
            yield _replay(evidence, outage.request, every if outage.now else None)


def _closer(evidence: Evidence, facts: Facts) -> Iterator[Look]:
    """Single processes: those behind the peers that fail, a worker of nginx, and the editors in which somebody may have a file of the configuration."""
    started = {process.pid: process.started for process in evidence.processes.value or ()}
    failing = {outage.target.peer for outage in facts.outages if outage.now}
    serving = [state.pid for state in facts.peers if neutral(state.peer) in failing][:MOST_SERVING]
    for pid in dict.fromkeys((*serving, *facts.nginx.workers[:1], *(process.pid for process in editing.editors(evidence)))):
        if pid in started:
            yield Look(keys.process_key(pid), "process", (str(pid), repr(started[pid])), 0, 3.0, SLOW_EVERY, "what does it use, and who works there")


def _worst(outages: tuple[Outage, ...]) -> tuple[Outage, ...]:
    asked = [outage for outage in outages if outage.request]
    return tuple(sorted(asked, key=lambda outage: (not outage.now, -outage.client_visible))[:MOST_REPLAYS])
