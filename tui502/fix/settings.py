"""Edits of files of titles and settings (`[section]`, `key = value`): the bytes of one value, or whole lines; everything else untouched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui502.fix.words import EditRefused
from tui502.model.findings import Edit
from tui502.read.ini import Entry

Read = Callable[[bytes], Sequence[Entry]]
"""Gives the titles and settings of a file in their order."""

Clean = Callable[[bytes], bool]
"""Whether a value as it is written means just what it says, to all who read such files."""


def replaced(file: str, data: bytes, entry: Entry, raw: bytes) -> Edit:
    """Give a setting another value."""
    return Edit(file, entry.start, entry.end, data[entry.start : entry.end], raw)


def removed(file: str, data: bytes, entry: Entry) -> Edit:
    """Take a setting out with its lines."""
    start = data.rfind(b"\n", 0, entry.start) + 1
    end = data.find(b"\n", entry.line_end)
    end = len(data) if end < 0 else end + 1
    return Edit(file, start, end, data[start:end], b"")


def added(file: str, data: bytes, behind: Entry, texts: Sequence[bytes]) -> Edit:
    """Put lines behind a title or setting, indented as it is."""
    line = data[data.rfind(b"\n", 0, behind.start) + 1 : behind.start].removeprefix(b"\xef\xbb\xbf")
    indent = line[: len(line) - len(line.lstrip(b" \t"))]
    at = behind.line_end
    eol = b"\r\n" if data[at : at + 2] == b"\r\n" or (at == len(data) and b"\r\n" in data) else b"\n"
    return Edit(file, at, at, b"", b"".join(eol + indent + text for text in texts))


def compare(before: bytes, after: bytes, edits: Sequence[Edit], read: Read, clean: Clean) -> None:
    """Raise EditRefused unless every edit gives one setting another clean value, takes out the lines of settings, or puts in lines that are settings, and
    the result reads as that and nothing else. Edits are sorted by place."""
    old, new = list(read(before)), list(read(after))
    there = {(entry.start, entry.end): entry for entry in new if entry.key}
    intended: list[_Said] = []
    at = moved = 0
    for edit in edits:
        span, adds = (edit.start, edit.end), edit.start == edit.end and (not before or edit.new[:1] in (b"\r", b"\n"))
        while at < len(old) and old[at].line_end <= edit.start and (adds or (old[at].start, old[at].end) != span):
            intended.append(_said(old[at]))
            at += 1
        was = [entry for entry in old[at:] if entry.start < edit.end or ((entry.start, entry.end) == span and not adds)]
        if adds:
            intended += _put_in(before, edit, intended[-1][0] if intended else "", read)
            raws = [edit.new[entry.start : entry.end] for entry in read(edit.new) if entry.key]
        elif edit.new:
            intended.append(_set(was, edit, there.get((edit.start + moved, edit.start + moved + len(edit.new)))))
            raws = [edit.new]
        else:
            _take_out(edit, was)
            raws = []
        if not all(map(clean, raws)):
            raise EditRefused("the value cannot be written in such a file")
        at += len(was)
        moved += len(edit.new) - len(edit.old)
    if [*intended, *map(_said, old[at:])] != list(map(_said, new)):
        raise EditRefused("the edit would change its neighbours")


_Said = tuple[str, str, str]
"""Section, key, value."""


def _said(entry: Entry) -> _Said:
    return entry.section, entry.key, entry.value


def _set(was: Sequence[Entry], edit: Edit, now: Entry | None) -> _Said:
    if len(was) != 1 or (was[0].start, was[0].end) != (edit.start, edit.end) or now is None or (now.section, now.key) != (was[0].section, was[0].key):
        raise EditRefused("the edit would not set what it is meant to set")
    return _said(now)


def _put_in(data: bytes, edit: Edit, section: str, read: Read) -> list[_Said]:
    """What the new lines say: settings only, behind the end of a line; or all of a file that was empty."""
    found = list(read(edit.new))
    behind = data[edit.start : edit.start + 2]
    ends = not data or behind in (b"", b"\r\n") or behind[:1] == b"\n"
    if not ends or len(found) != edit.new.count(b"\n") or (data and not all(entry.key for entry in found)):
        raise EditRefused("the edit would put in what are no settings")
    return [(section if data else entry.section, entry.key, entry.value) for entry in found]


def _take_out(edit: Edit, was: Sequence[Entry]) -> None:
    lines = edit.old.removesuffix(b"\n").split(b"\n")
    if not was or not all(entry.key for entry in was) or was[0].start < edit.start or len(lines) != len(was):
        raise EditRefused("the edit would take out more than settings")
