"""The pools of PHP-FPM: what each master on this host was told, from the configuration files that its process title, its service or the usual places name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from tui502.model.config import Where
from tui502.model.evidence import Evidence, Process
from tui502.model.facts import Pool, PoolSetting, Unit
from tui502.read import ini, serves

_TITLE = re.compile(r"php-fpm: master process \((.+)\)")
_BINARY = re.compile(r"php-fpm-?(\d+\.\d+)?\Z")
_VERSION = re.compile(r"\d+\.\d+\Z")
DEBIAN, RHEL = "/etc/php", "/etc/php-fpm.conf"
"""Where the distributions keep the configuration: /etc/php/VERSION/fpm/php-fpm.conf, /etc/php-fpm.conf."""


def pools(evidence: Evidence, units: Iterable[Unit]) -> tuple[Pool, ...]:
    """Every pool that a configuration file read so far holds, those of running masters first."""
    found: list[Pool] = []
    for conf, master in _confs(evidence, units).items():
        for file in _files(evidence, conf)[0]:
            found += _pools_in(evidence, conf, file, master)
    return tuple(found)


def wanted(evidence: Evidence, units: Iterable[Unit]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files, directories) that must be read to know the pools."""
    files: list[str] = []
    dirs = [DEBIAN]
    for conf in _confs(evidence, units):
        more, folders = _files(evidence, conf)
        files += more
        dirs += folders
    return tuple(dict.fromkeys(files)), tuple(dict.fromkeys(dirs))


def masters(evidence: Evidence) -> Iterator[tuple[str, Process]]:
    """(configuration file, process) of each running master."""
    for process in evidence.processes.value or ():
        title = _TITLE.match(" ".join(process.argv))
        if title:
            yield posixpath.normpath(posixpath.join(process.cwd or "/", title[1])), process


def conf_of(unit: Unit) -> str:
    """The configuration file that a service's start command gives to PHP-FPM, or that its binary reads by itself; '' for another service."""
    words = serves.words(unit.exec_start)
    binary = _BINARY.match(posixpath.basename(words[0])) if words else None
    if not binary:
        return ""
    for n, word in enumerate(words):
        if word in ("-y", "--fpm-config") and n + 1 < len(words):
            return words[n + 1]
        if word.startswith("--fpm-config="):
            return word.partition("=")[2]
    return f"{DEBIAN}/{binary[1]}/fpm/php-fpm.conf" if binary[1] else RHEL


def runs(unit: Unit, pool: Pool) -> bool:
    """Is this the service whose master runs the pool, or would?"""
    return (pool.master != 0 and unit.main_pid == pool.master) or conf_of(unit) == pool.conf


def serving(units: tuple[Unit, ...], found: tuple[Pool, ...]) -> tuple[Unit, ...]:
    """The services, those of PHP-FPM with the addresses of their pools among what they serve."""

    def of(unit: Unit) -> tuple[str, ...]:
        return tuple(pool.listen for pool in found if pool.listen and runs(unit, pool))

    return tuple(replace(unit, serves=tuple(dict.fromkeys((*unit.serves, *more)))) if (more := of(unit)) else unit for unit in units)


def _confs(evidence: Evidence, units: Iterable[Unit]) -> dict[str, Process | None]:
    found: dict[str, Process | None] = dict(masters(evidence))
    for conf in filter(None, map(conf_of, units)):
        found.setdefault(conf, None)
    versions = evidence.dirs.get(DEBIAN)
    for name in sorted((versions.value if versions else None) or (), reverse=True):
        if _VERSION.match(name):
            found.setdefault(f"{DEBIAN}/{name}/fpm/php-fpm.conf", None)
    found.setdefault(RHEL, None)
    return found


def _files(evidence: Evidence, conf: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the main file and those it includes, directories to list for them)."""
    files, dirs = [conf], list[str]()
    for entry in ini.entries(_data(evidence, conf)):
        if entry.key != "include" or not entry.value.startswith("/"):
            continue
        folder, pattern = posixpath.split(entry.value)
        if not any(char in pattern for char in "*?["):
            files.append(entry.value)
            continue
        dirs.append(folder)
        seen = evidence.dirs.get(folder)
        files += [posixpath.join(folder, name) for name in (seen.value if seen else None) or () if fnmatchcase(name, pattern) and not name.startswith(".")]
    return tuple(dict.fromkeys(files)), tuple(dict.fromkeys(dirs))


def _data(evidence: Evidence, path: str) -> bytes:
    seen = evidence.files.get(path)
    return seen.value.data if seen and seen.value and not seen.value.cut else b""


def _pools_in(evidence: Evidence, conf: str, file: str, master: Process | None) -> Iterator[Pool]:
    sections: dict[str, list[PoolSetting]] = {}
    for entry in ini.entries(_data(evidence, file)):
        if entry.section not in ("", "global"):
            setting = PoolSetting(entry.key, entry.value.replace("$pool", entry.section), Where(file, entry.line, entry.start, entry.end))
            sections.setdefault(entry.section, []).append(setting)
    for name, settings in sections.items():
        pool = Pool(name, conf, file, master.pid if master else 0, master.exe if master else "", "", tuple(settings))
        yield replace(pool, listen=_address(pool.get("listen"), pool.get("prefix")))


def _address(listen: str, prefix: str) -> str:
    """A value of `listen` as nginx dials it; '' for a relative path below a prefix that was compiled in."""
    if listen.isdigit():
        return f":{listen}"
    if listen.startswith("/"):
        return f"unix:{posixpath.normpath(listen)}"
    if re.fullmatch(r"\[?[\w.:*-]*\]?:\d+", listen):
        return listen
    return f"unix:{posixpath.normpath(posixpath.join(prefix, listen))}" if listen and prefix.startswith("/") else ""
