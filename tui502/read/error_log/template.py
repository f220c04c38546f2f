"""Message templates and how a message is matched against one.

A template is nginx's own text with placeholders, `%name` in lower case. `%n`, `%errno` and `%pid` stand for a number, `%hex` for a hexadecimal one,
`%urlerr` for one of nginx's complaints about an address, every other one for any text. Matching is linear: free text ends at the first place
where the following literal stands. A message may go on after the template, and may be cut in its last closing punctuation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"%[a-z_]+(?<!_)")
_NUMBER = re.compile(r"-?\d[\d.]*")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_URL_ERROR = re.compile(
    r"no host|invalid host|invalid port range|invalid port|no path in the unix domain socket|too long path in the unix domain socket|invalid IPv6 address"
)
_NARROW = {"%n": _NUMBER, "%errno": _NUMBER, "%pid": _NUMBER, "%hex": _HEX, "%urlerr": _URL_ERROR}
_CUTTABLE = re.compile(r"[^A-Za-z0-9]*\Z")


@dataclass(frozen=True, slots=True)
class Template:
    """One message. `phases` are the `while` phrases it comes with, "" for none and "*" for any. `status` is what the client gets when no retry helps:
    a status, "none" (not this request), "truncated" (its response was begun), "dropped" (no answer at all), "no start", or "" (not decided by this);
    "502|truncated" is the first before the response header and the second after. `literal` and `steps` are `text` taken apart."""

    text: str
    symptom: str
    status: str
    phases: tuple[str, ...]
    literal: str
    steps: tuple[tuple[str, str], ...]


def rows(symptom: str, status: str, phases: str, *texts: str) -> tuple[Template, ...]:
    """Templates that share symptom, status and phases (joined by "|")."""
    return tuple(_template(text, symptom, status, tuple(phases.split("|"))) for text in texts)


def _template(text: str, symptom: str, status: str, phases: tuple[str, ...]) -> Template:
    literals = _PLACEHOLDER.split(text)
    names = _PLACEHOLDER.findall(text)
    return Template(text, symptom, status, phases, literals[0], tuple(zip(names, literals[1:], strict=True)))


def matched(template: Template, message: str) -> int:
    """How many literal characters of `template` stand in `message`, from its start; -1 when it is another message."""
    if not message.startswith(template.literal):
        return -1
    at = score = len(template.literal)
    for number, (name, literal) in enumerate(template.steps, 1):
        end = _step(message, at, name, literal)
        if end < 0:
            whole = number == len(template.steps) and name not in _NARROW and _CUTTABLE.match(literal)
            return score if whole else -1
        at, score = end, score + len(literal)
    return score


def _step(message: str, at: int, name: str, literal: str) -> int:
    """The place after the placeholder at `at` and the literal that follows it, -1 when they are not there."""
    narrow = _NARROW.get(name)
    if narrow is None:
        found = message.find(literal, at)
        return found + len(literal) if found >= 0 else -1
    value = narrow.match(message, at)
    return value.end() + len(literal) if value and message.startswith(literal, value.end()) else -1
