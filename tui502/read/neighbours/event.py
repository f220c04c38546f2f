"""What another program's log line says, and how such lines are described: a program is a stamp and a list of rules."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a program that stands beside nginx.

    `what` is a fixed id within `program`. `at` is in epoch seconds, None where the line has no time or leaves out its year; `time` and `level` are as written.
    `pid` is the process that it is about, 0 for none; `name` its pool, unit, worker, process or socket; `detail` the script, port, label or error it names.
    `numbers` are limits, signals, counts and seconds by name. `means` says what nginx's side sees of it, `check` what to look at first; `line` is neutral.
    """

    program: str
    what: str
    at: float | None
    time: str
    level: str
    pid: int
    name: str
    detail: str
    numbers: tuple[tuple[str, float], ...]
    means: str
    check: str
    line: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A message. Its groups "pid", "name" and "detail" become those fields of the event, every other group a number. One that anybody could write counts
    only where the program's name or stamp stands before it (`vouched`)."""

    what: str
    pattern: re.Pattern[str]
    means: str
    check: str
    vouched: bool


@dataclass(frozen=True, slots=True)
class Program:
    """`tags` are what it is called by syslog and the journal, the first letters of it; `strict` programs are believed under such a name only, or without any.
    `stamp` matches what the program itself writes before a message, with groups "time" and "level" where it has them."""

    name: str
    tags: tuple[str, ...]
    stamp: re.Pattern[str]
    rules: tuple[Rule, ...]
    strict: bool = False


KERNEL = re.compile(r"(?:kernel: )?(?:\[ {0,9}\d+\.\d+\](?:\[[ \w]+\])? )?")
"""What dmesg and some pasted lines have before a message of the kernel."""

AUDIT = re.compile(
    KERNEL.pattern + r"(?:node=\S+ )?(?:audit: )?"
    r"(?:type=(?:AVC|USER_AVC|1400) (?:msg=)?audit\((?P<time>\d{9,12}\.\d{1,6}|[^)]{1,40}?):\d+\) ?: ?|AVC )?"
)
"""What auditd, the journal (AVC), ausearch and the kernel have before a security module's message."""


def rule(what: str, pattern: str, means: str, check: str, vouched: bool = False) -> Rule:
    """`pattern` is matched at the start of a message, after the stamp."""
    return Rule(what, re.compile(pattern), means, check, vouched)
