"""Edits of the pool files of PHP-FPM: the bytes of one value, or one new line; everything else untouched."""

from __future__ import annotations

import re

from tui502.fix.words import EditRefused
from tui502.model.changes import FileChange
from tui502.model.findings import Edit
from tui502.read.ini import Entry, entries, is_ini

_PLAIN = re.compile(r"[\w.@+-]+(?:,[\w.@+-]+)*\Z", re.ASCII)
"""Values that need no quotes and mean nothing else to the reader of ini files: names, lists of names, modes."""


def set_key(file: str, data: bytes, section: str, key: str, value: str, after: str) -> Edit:
    """Give `key` in `[section]` the value `value`: in its place where it is written (the last one counts), else on a new line behind `after`, indented as
    that is. Raises EditRefused."""
    if not _PLAIN.match(value) or value.lower() in ("none", "null", "yes", "no", "on", "off", "true", "false"):
        raise EditRefused("the value would need quotes")
    own = [entry for entry in entries(data) if entry.section == section]
    there = [entry for entry in own if entry.key == key]
    if there:
        return Edit(file, there[-1].start, there[-1].end, data[there[-1].start : there[-1].end], value.encode())
    behind = [entry for entry in own if entry.key == after]
    if not behind:
        raise EditRefused(f"{after} is not written in that section")
    at = behind[-1].line_end
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    indent = line[: len(line) - len(line.lstrip(b" \t"))]
    eol = b"\r\n" if data[at : at + 2] == b"\r\n" else b"\n"
    return Edit(file, at, at, b"", eol + indent + f"{key} = {value}".encode())


def compare(before: bytes, after: bytes, edits: tuple[Edit, ...]) -> None:
    """Raise EditRefused unless both texts read the same but for the values edited and the lines added. Edits are sorted by place."""
    spans, moved = [], 0
    for edit in edits:
        spans.append((edit.start + moved, edit.start + moved + len(edit.new)))
        moved += len(edit.new) - (edit.end - edit.start)
    old_rest, old = _parts(before, [(edit.start, edit.end) for edit in edits])
    new_rest, new = _parts(after, spans)
    if old_rest != new_rest:
        raise EditRefused("the edit would change its neighbours")
    names = [(section, key) for section, key, _ in new]
    if len(new) != len(edits) or any((section, key) not in names for section, key, _ in old) or not all(_PLAIN.match(value) for _, _, value in new):
        raise EditRefused("the edit would not set what it is meant to set")


_Said = tuple[str, str, str]
"""A setting: section, key, value."""


def _parts(data: bytes, spans: list[tuple[int, int]]) -> tuple[list[_Said], list[_Said]]:
    """(settings that no span touches, those that one does)."""
    rest: list[_Said] = []
    touched: list[_Said] = []
    for entry in entries(data):
        into = touched if any(_touches(entry, span) for span in spans) else rest
        into.append((entry.section, entry.key, entry.value))
    return rest, touched


def _touches(entry: Entry, span: tuple[int, int]) -> bool:
    return span[0] < span[1] and span[0] < entry.end and entry.start < span[1]


def of_backend(file: FileChange) -> bool:
    """Is it a file of the backend's, of which nginx reads nothing?"""
    return not file.link and file.before is not None and is_ini(file.before)
