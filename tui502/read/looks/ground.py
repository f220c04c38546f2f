"""The ground of all else: which nginx there is, who runs and listens here, and what the service managers know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tui502.model.evidence import Evidence, Look, Seen
from tui502.read import keys, starter, units

KERNEL_EVERY = 1.0
"""Seconds between two looks at the kernel's tables: they cost a read and disturb nobody."""

SLOW_EVERY = 15.0
"""Seconds between two looks at files and service managers: each costs a process or many reads."""

SYSTEMD_PROPERTIES = (
    "Id,Names,LoadState,ActiveState,SubState,Result,UnitFileState,FragmentPath,MainPID,ExecStart,Environment,EnvironmentFiles,"
    "WorkingDirectory,User,NRestarts,NeedDaemonReload,InactiveEnterTimestamp,ActiveEnterTimestamp,StateChangeTimestamp,Listen,Triggers,ControlGroup,"
    "SocketMode,SocketUser,SocketGroup,Accept,DropInPaths"
)


def ground(evidence: Evidence) -> Iterator[Look]:
    """What is looked at whatever is known."""
    yield Look("nginx", "nginx", (), 0, 3.0, 2.0, "is nginx running")
    yield Look("processes", "processes", (), 0, 3.0, 5.0, "who runs")
    yield Look("listeners", "listeners", (), 0, 2.0, KERNEL_EVERY, "who listens")
    if not evidence.view.at:
        return
    yield Look("addresses", "addresses", (), master(evidence), 2.0, SLOW_EVERY, "which addresses are this host's own")
    yield from service_managers(evidence)
    yield from _binary(evidence)


def is_answered(evidence: Evidence, look: Look) -> bool:
    """Has this look an answer, be it a gap?"""
    if look.kind in ("nginx", "processes", "listeners", "running", "addresses", "open_files"):
        seen: Seen[Any] = getattr(evidence, "view" if look.kind == "nginx" else look.kind)
        return seen.at > 0
    mapping: Mapping[str, Seen[Any]] = getattr(evidence, keys.MAPPINGS[look.kind])
    return look.key in mapping


def master(evidence: Evidence) -> int:
    """The pid of the nginx that this is about, 0 while there is none."""
    return evidence.view.value.pid if evidence.view.value else 0


def _binary(evidence: Evidence) -> Iterator[Look]:
    view = evidence.view.value
    if not view and not (evidence.processes.at and all(is_answered(evidence, look) for look in service_managers(evidence))):
        return
    exe = view.exe if view else next(iter(starts_with(evidence)), "nginx")
    yield Look(keys.NGINX_V, "command", (exe, "-V"), master(evidence), 3.0, None, "which nginx")
    if view:
        yield Look("running", "running", (), view.pid, 3.0, SLOW_EVERY, "the configuration that nginx runs")


def starts_with(evidence: Evidence) -> tuple[str, ...]:
    """The command line with which a service starts the nginx that this is about."""
    return starter.argv(starter.service(units.units(evidence), evidence.conf))


def service_managers(evidence: Evidence) -> Iterator[Look]:
    """The units of systemd and the programs of supervisord, with the files that say how they are started."""
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
