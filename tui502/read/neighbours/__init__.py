"""The logs of programs that stand beside nginx and explain its failures, as typed events. Pure; lines are bytes as read and never trusted."""

from __future__ import annotations

import re

from tui502.read.error_log.wrapped import open_line
from tui502.read.error_log.wrapped_object import Line
from tui502.read.neighbours import apparmor, gunicorn, ingress, kernel, node, php_fpm, selinux, systemd, uwsgi
from tui502.read.neighbours.event import Event, Program, Rule
from tui502.read.neighbours.when import epoch_of
from tui502.text import neutral

__all__ = ["PROGRAMS", "Event", "event_of", "read_event"]

PROGRAMS: tuple[Program, ...] = tuple(module.PROGRAM for module in (php_fpm, gunicorn, uwsgi, systemd, selinux, apparmor, kernel, ingress, node))

LINE_CAP = 8192
"""Bytes of a line that are looked at."""

_OF_SYSTEM = tuple(tag for program in PROGRAMS if program.strict for tag in program.tags)
_NAMED = re.compile(r"\(\?P<\w+>")
_ANY = {program.name: re.compile("|".join(_NAMED.sub("(?:", rule.pattern.pattern) for rule in program.rules)) for program in PROGRAMS}
"""Matches whatever one of a program's rules matches: most lines are none of all."""

_FIELDS = frozenset({"pid", "name", "detail"})


def read_event(raw: bytes, utc_offset: int = 0, newest: float | None = None) -> Event | None:
    """What a line says, None when it is none of the known messages. `utc_offset` and `newest` as in `epoch_of`."""
    return event_of(open_line(raw[:LINE_CAP]), utc_offset, newest)


def event_of(line: Line, utc_offset: int = 0, newest: float | None = None) -> Event | None:
    """`read_event` of a line whose wrapping is off already."""
    text = neutral(line.text.rstrip(b"\r\n"))
    of_system = line.tag.startswith(_OF_SYSTEM)
    for program in PROGRAMS:
        named = line.tag.startswith(program.tags)
        if line.tag and not named and (program.strict or of_system):
            continue
        stamp = program.stamp.match(text)
        if stamp is None or not _ANY[program.name].match(text, stamp.end()):
            continue
        for rule in program.rules:
            found = rule.pattern.match(text, stamp.end())
            if found and (named or stamp.end() or not rule.vouched):
                return _event(program, rule, stamp, found, line, text, utc_offset, newest)
    return None


def _event(program: Program, rule: Rule, stamp: re.Match[str], found: re.Match[str], line: Line, text: str, utc_offset: int, newest: float | None) -> Event:
    own = stamp.groupdict()
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    time = own.get("time") or line.time
    return Event(
        program=program.name,
        what=rule.what,
        at=epoch_of(time, utc_offset, newest),
        time=neutral(time),
        level=(own.get("level") or "").lower(),
        pid=int(part.get("pid", "0")[:9]),
        name=part.get("name", "").strip() or line.unit,
        detail=part.get("detail", "").strip(),
        numbers=tuple((name, number) for name, value in part.items() if name not in _FIELDS and (number := _number(value)) is not None),
        means=rule.means,
        check=rule.check,
        line=text,
    )


def _number(digits: str) -> float | None:
    try:
        return float(digits[:18])
    except ValueError:
        return None
