"""The services of this host: what systemd and every running supervisord know, in one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui502.model.evidence import Evidence, Look, Process
from tui502.model.facts import Unit
from tui502.read import keys, supervisor, systemd
from tui502.text import neutral

RUNS = ("active", "reloading", "RUNNING")
STARTS = ("activating", "STARTING")
STOPPED = ("inactive", "STOPPED", "EXITED")
FAILED = ("failed", "FATAL", "BACKOFF")
"""States of both managers, by what they mean. BACKOFF is supervisord's wait between two failed starts."""


def units(evidence: Evidence) -> tuple[Unit, ...]:
    """All services that are known, those of supervisord first (they are the nearer owner of a process). Programs of two supervisords that bear
    the same name are told apart by their configuration file: "app (/srv/a/supervisord.conf)"."""
    found = [unit for conf, ctl in keys.supervisors(evidence) for unit in _supervised(evidence, conf, ctl)]
    show = evidence.commands.get(keys.SYSTEMD_SHOW)
    if show and show.value:
        found += systemd.units(show.value.out, evidence.files, evidence.utc_offset)
    times = Counter(unit.name for unit in found)
    return tuple(replace(unit, name=f"{unit.name} ({unit.path})") if times[unit.name] > 1 else unit for unit in found)


def wanted(evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files, directories) that must be read to know the services: what supervisord's configurations include, the environment files of units."""
    show = evidence.commands.get(keys.SYSTEMD_SHOW)
    files = list(systemd.environment_files(show.value.out)) if show and show.value else []
    dirs: list[str] = []
    for conf, _ in keys.supervisors(evidence):
        seen = evidence.files.get(conf)
        if seen and seen.value:
            more, folders = supervisor.included(conf, seen.value.data, evidence.files, evidence.dirs)
            files += more
            dirs += folders
    return tuple(dict.fromkeys(files)), tuple(dict.fromkeys(dirs))


def owner(process: Process, processes: Mapping[int, Process], known: Mapping[str, Unit], mains: Mapping[int, Unit]) -> str:
    """The name of the service a process belongs to, or ''. `known` are units by name, `mains` by main pid.

    supervisord's child is found by walking up the parents; a unit of systemd is the last service in the control group.
    """
    current: Process | None = process
    for _ in range(64):
        if current is None:
            break
        unit = mains.get(current.pid)
        if unit and unit.manager == "supervisord":
            return unit.name
        current = processes.get(current.ppid)
    services = [part for part in process.cgroup.split("/") if part.endswith(".service")]
    if services:
        return services[-1]
    unit = mains.get(process.pid)
    return unit.name if unit and unit.name in known else ""


def own_words(unit: Unit) -> Look | None:
    """The look at what a service itself wrote last; None where it is not known how to ask for it."""
    if unit.manager == "systemd":
        argv: tuple[str, ...] = ("journalctl", "--no-pager", "-n", "30", "-u", unit.name)
    else:
        argv = (*unit.start[:-2], "tail", unit.start[-1]) if len(unit.start) > 2 else ()
    return Look(" ".join(argv), "command", argv, 0, 5.0, None, f"what did {neutral(unit.name)} say last") if argv else None


def by_main_pid(all_units: Iterable[Unit]) -> dict[int, Unit]:
    return {unit.main_pid: unit for unit in all_units if unit.main_pid}


def _supervised(evidence: Evidence, conf: str, ctl: tuple[str, ...]) -> tuple[Unit, ...]:
    status, text = evidence.commands.get(keys.supervisor_key(conf)), evidence.files.get(conf)
    if not status or not status.value:
        return ()
    texts = [text.value.data] if text and text.value else []
    for path in supervisor.included(conf, texts[0], evidence.files, evidence.dirs)[0] if texts else ():
        more = evidence.files.get(path)
        if more and more.value:
            texts.append(more.value.data)
    return supervisor.units(conf, tuple(texts), status.value.out, ctl, status.at, evidence.utc_offset)
