"""The ini files of PHP-FPM, with the span of every value: `[pool]`, `key = value`, `; comment`.

As PHP 8.2 reads them, a line at a time: `#` begins no comment, but mostly an error; names of settings and of pools mean the same in capitals; of two settings
of one name the last one counts, and a pool may go on under a second title. Unquoted, `no` and its like are empty and `yes` is 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TITLE = re.compile(rb"\[(\"?)([^\]\"]*)\1\][ \t]*(?:;.*)?\Z", re.S)
_KEY = re.compile(rb"[^=;\[\s#][^=;\[]*(?:\[[^\]]*\])?\Z")
_QUOTED = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|'[^']*'", re.S)
_ESCAPED = re.compile(rb"\\([\"\\])")
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:[;#][^\n]*)?\n)*[ \t]*\[")
_WORDS = {"none": "", "null": "", "no": "", "off": "", "false": "", "yes": "1", "on": "1", "true": "1"}
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line `key = value`: `value` as it is meant, [start, end) the span of the value as written, `line_end` the offset of the end of its (last) line
    (before CR and LF), `line` counts from 1. A line `[section]` is one with the key '', its span the title's."""

    section: str
    key: str
    value: str
    line: int
    start: int
    end: int
    line_end: int


def entries(data: bytes) -> tuple[Entry, ...]:
    """Every setting in the order of the file; what is none is passed over."""
    return tuple(entry for entry in lines(data) if entry.key)


def lines(data: bytes) -> tuple[Entry, ...]:
    """Every title and setting in the order of the file."""
    found: list[Entry] = []
    section, at, known = "", 0, dict[str, str]()
    for number, line in enumerate(data.split(b"\n"), 1):
        start = at + (len(BOM) if number == 1 and line.startswith(BOM) else 0)
        whole = line[start - at :].removesuffix(b"\r")
        title, end = _TITLE.match(whole), start + len(whole)
        if title:
            section = known.setdefault(_text(title[2]).lower(), _text(title[2]))
            found.append(Entry(section, "", "", number, start, end, end))
        elif span := _setting(whole):
            raw = whole[span[0] : span[1]]
            found.append(Entry(section, _name(whole), value(raw), number, start + span[0], start + span[1], end))
        at += len(line) + 1
    return tuple(found)


def value(raw: bytes) -> str:
    """What PHP makes of a value as it is written."""
    if _QUOTED.fullmatch(raw):
        return _text(raw[1:-1] if raw[:1] == b"'" else _ESCAPED.sub(rb"\1", raw[1:-1]))
    return _WORDS.get(_text(raw).lower(), _text(raw))


def is_ini(data: bytes) -> bool:
    """Does the text begin with a section? No configuration of nginx does."""
    return _FIRST.match(data) is not None


def _setting(line: bytes) -> tuple[int, int] | None:
    """The span of the value in a line that is a setting."""
    equals = line.find(b"=")
    if equals < 0 or not _KEY.match(line[:equals].strip(b" \t")):
        return None
    start = len(line) - len(line[equals + 1 :].lstrip(b" \t"))
    quoted = _QUOTED.match(line, start)
    if quoted and line[quoted.end() :].lstrip(b" \t")[:1] in (b"", b";"):
        return quoted.span()
    semicolon = line.find(b";", start)
    return start, start + len(line[start : semicolon if semicolon >= 0 else len(line)].rstrip(b" \t"))


def _name(line: bytes) -> str:
    name, bracket, rest = _text(line[: line.find(b"=")].strip(b" \t")).partition("[")
    return name.lower() + bracket + rest


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
