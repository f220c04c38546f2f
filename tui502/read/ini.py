"""The ini files of PHP-FPM, with the span of every value: `[section]`, `key = value`, `; comment`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECTION = re.compile(rb"[ \t]*\[([^\]\r\n]*)\]")
_SETTING = re.compile(rb"[ \t]*([^=;\[\s][^=;\[\r\n]*?(?:\[[^\]\r\n]*\])?)[ \t]*=[ \t]*(\"[^\"\r\n]*\"|'[^'\r\n]*'|[^;\r\n]*?)[ \t]*(?:;[^\r\n]*)?\r?\Z")
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:[;#][^\n]*)?\n)*[ \t]*\[")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line `key = value`: `value` without quotes, [start, end) the span of the value as written, `line_end` the offset of the end of its line
    (before CR and LF), `line` counts from 1."""

    section: str
    key: str
    value: str
    line: int
    start: int
    end: int
    line_end: int


def entries(data: bytes) -> tuple[Entry, ...]:
    """Every setting in the order of the file; what is none is passed over."""
    found: list[Entry] = []
    section, at = "", 0
    for number, line in enumerate(data.split(b"\n"), 1):
        title, setting = _SECTION.match(line), _SETTING.match(line)
        if title:
            section = _text(title[1]).strip()
        elif setting:
            start, end = setting.span(2)
            value = setting[2][1:-1] if setting[2][:1] in (b'"', b"'") and len(setting[2]) > 1 else setting[2]
            found.append(Entry(section, _text(setting[1]), _text(value), number, at + start, at + end, at + len(line.removesuffix(b"\r"))))
        at += len(line) + 1
    return tuple(found)


def is_ini(data: bytes) -> bool:
    """Does the text begin with a section? No configuration of nginx does."""
    return _FIRST.match(data) is not None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
