"""Programs of supervisord, from its configuration and `supervisorctl status`."""

from __future__ import annotations

import configparser
import posixpath
import re
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase

from tui502.model.evidence import FileSeen, Seen
from tui502.model.facts import Unit
from tui502.read import serves
from tui502.read.times import from_local

_STATUS = re.compile(r"^(\S+)\s+(STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)\s*(.*)$")
_RUNNING = re.compile(r"pid (\d+), uptime (?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")
_EXPANSION = re.compile(r"%\((\w+)\)0?\d*[sd]")
_PAIR = re.compile(r"""(\w+)=("[^"]*"|'[^']*'|[^,]*)""")


def units(conf: str, texts: tuple[bytes, ...], status: bytes, ctl: tuple[str, ...], at: float, utc_offset: int) -> tuple[Unit, ...]:
    """The programs that `supervisorctl status` lists. `texts` are the configuration file `conf` and those it includes; `ctl` is the argv of supervisorctl;
    `at` is when the status was asked (its times have no year)."""
    programs = _programs(conf, texts)
    found = (_STATUS.match(line) for line in status.decode("utf-8", "replace").splitlines())
    return tuple(_unit(m[1], m[2], m[3], programs, (*ctl, "-c", conf), at, utc_offset) for m in found if m)


def included(conf: str, data: bytes, files: Mapping[str, Seen[FileSeen]], dirs: Mapping[str, Seen[tuple[str, ...]]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(files, directories) that the [include] section of `conf` names; patterns are matched against the directories that were listed."""
    here = posixpath.dirname(conf)
    patterns = " ".join(section.get("files", "") for name, section in _sections(data).items() if name == "include").replace("%(here)s", here).split()
    paths: list[str] = []
    wanted: list[str] = []
    for pattern in (posixpath.join(here, pattern) for pattern in patterns):
        folder, name = posixpath.split(pattern)
        if not any(char in name for char in "*?["):
            paths.append(pattern)
            continue
        wanted.append(folder)
        seen = dirs.get(folder)
        paths += [posixpath.join(folder, entry) for entry in sorted((seen.value if seen else None) or ()) if fnmatchcase(entry, name)]
    return tuple(dict.fromkeys(paths)), tuple(dict.fromkeys(wanted))


def _sections(data: bytes) -> dict[str, dict[str, str]]:
    """The sections of a configuration file; what stands before a line that cannot be read still counts."""
    parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(" ;", "\t;"), allow_no_value=True)
    text = data.decode("utf-8", "replace")
    try:
        parser.read_string(text)
    except configparser.Error:
        clean = [line for line in text.splitlines() if line.startswith("[") or re.match(r"[\w.]+\s*[=:]", line)]
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        parser.read_string("\n".join(["[-]", *clean]))
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}


def _programs(conf: str, texts: tuple[bytes, ...]) -> dict[str, dict[str, str]]:
    """Process name as in the status, group left out → the settings of its program, expansions filled in."""
    found: dict[str, dict[str, str]] = {}
    for data in texts:
        for title, section in _sections(data).items():
            kind, _, program = title.partition(":")
            if kind not in ("program", "fcgi-program"):
                continue
            count, first = _number(section.get("numprocs", "1"), 1), _number(section.get("numprocs_start", "0"), 0)
            for n in range(first, first + min(count, 256)):
                values = {"program_name": program, "process_num": n, "group_name": program, "here": posixpath.dirname(conf)}
                settings = {key: _expanded(value, values).replace("%%", "%") for key, value in section.items()}
                found[settings.get("process_name") or program] = settings
    return found


def _expanded(text: str, values: Mapping[str, object]) -> str:
    def fill(match: re.Match[str]) -> str:
        return match[0] % values if match[1] in values else match[0]

    return _EXPANSION.sub(fill, text)


def _number(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default


def _unit(name: str, state: str, rest: str, programs: Mapping[str, Mapping[str, str]], ctl: tuple[str, ...], at: float, utc_offset: int) -> Unit:
    settings = programs.get(name.rpartition(":")[2], {})
    running = _RUNNING.search(rest)
    command, environment = settings.get("command", ""), settings.get("environment", "")
    variables = {key: value.strip("\"'") for key, value in _PAIR.findall(environment)}
    own = tuple(serves.of_text(settings.get("socket", "").replace("tcp://", "")))
    return Unit(
        name=name,
        manager="supervisord",
        state=state,
        sub="",
        result=rest if state in ("FATAL", "BACKOFF") else "",
        masked=False,
        restarts=0,
        since=_since(rest, running, at, utc_offset),
        main_pid=int(running[1]) if running else 0,
        user=settings.get("user", ""),
        directory=settings.get("directory", ""),
        exec_start=command,
        environment=environment,
        path=ctl[-1],
        serves=tuple(dict.fromkeys((*serves.of_command(tuple(serves.words(command))), *serves.of_environment(variables), *own))),
        start=(*ctl, "start", name),
        stop=(*ctl, "stop", name),
        restart=(*ctl, "restart", name),
        enabled="disabled" if settings.get("autostart", "true").lower() in ("false", "no", "off", "0") else "enabled" if settings else "",
    )


def _since(rest: str, running: re.Match[str] | None, at: float, utc_offset: int) -> float:
    """From "pid 1872, uptime 0:12:00" or "Nov 22 03:02 AM" (local time without a year)."""
    if running:
        days, hours, minutes, seconds = (int(part or 0) for part in running.groups()[1:])
        return at - (days * 86400 + hours * 3600 + minutes * 60 + seconds)
    year = time.gmtime(at - utc_offset).tm_year
    try:
        since = from_local(f"{year} {rest.strip()}", "%Y %b %d %I:%M %p", utc_offset)
        return since if since <= at + 86400 else from_local(f"{year - 1} {rest.strip()}", "%Y %b %d %I:%M %p", utc_offset)
    except ValueError:
        return 0.0
