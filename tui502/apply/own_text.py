"""A person's own text in place of a staged one: the same change otherwise, checked like every other. Nothing is touched."""

from __future__ import annotations

import posixpath
import time
from dataclasses import replace

from tui502.apply.journal import new_id
from tui502.apply.stage import Read, assemble, reader
from tui502.fix.forbidden import forbidden
from tui502.fix.identity import with_id
from tui502.model.changes import FileChange, StagedChange
from tui502.model.findings import Edit, Fix, Incident
from tui502.model.session import Refused
from tui502.read.ini import is_ini
from tui502.read.nginx_conf import parse
from tui502.text import neutral

LARGEST = 4 * 1024 * 1024
"""Bytes of the longest text that is taken."""


def stage_text(change: StagedChange, number: int, text: bytes, incident: Incident, read: Read | None = None, now: float | None = None) -> StagedChange:
    """The change with `text` as what file `number` of it is to hold. `read` gives a file's bytes now (default: this host).

    Raises Refused, with the reason: it cannot be read by nginx's rules, it does what is never done, or the file has changed meanwhile.
    """
    file = change.files[number]
    name = neutral(posixpath.basename(file.path))
    if change.undoes or file.link or file.before is None or file.after is None:
        raise Refused("a text can be edited only where a file is changed by a repair")
    if (read or reader(incident))(file.real) != file.before:
        raise Refused(f"{name} has changed on disk since it was staged; look again (r), then stage")
    if text == file.before:
        raise Refused(f"your text of {name} is the one on disk: nothing would be changed")
    if reason := unreadable(file.before, text):
        raise Refused(f"your text of {name} was not staged: {reason}")
    fixes = _with_text(change, file, text)
    for fix in fixes:
        if reason := forbidden(fix, {each.path: each.before or b"" for each in change.files}):
            raise Refused(f"your text of {name} was not staged: {reason}")
    files = tuple(replace(each, after=text) if n == number else each for n, each in enumerate(change.files))
    outages = tuple(outage for outage in incident.facts.outages if outage.key in change.mends)
    moment = time.time() if now is None else now
    while new_id(moment) == change.id:
        moment += 1
    made = assemble(fixes, files, incident, outages, moment)
    return replace(made, peers=tuple(peer for peer in made.peers if not _gone(peer, file, text)))


def unreadable(before: bytes, text: bytes) -> str:
    """Why a text cannot be taken in place of `before`, or ''. A text that could not be read before may break later than it did, not earlier."""
    if len(text) > LARGEST:
        return "it is longer than 4 MB"
    if is_ini(before):
        return "" if is_ini(text) else "it has no section"
    broken, problems = parse("", before)[1], parse("", text)[1]
    if not problems or not problems[0].where:
        return ""
    at = problems[0].where
    if broken and broken[0].where and broken[0].where.start <= at.start:
        return ""
    return f"line {at.line}: {problems[0].text}"


def _with_text(change: StagedChange, file: FileChange, text: bytes) -> tuple[Fix, ...]:
    """The fixes of a change, those of this file with the person's text instead of their edits."""
    edit = _edit(file, text)
    name = neutral(posixpath.basename(file.path))
    out: list[Fix] = []
    for fix in change.fixes:
        if not any(each.file == file.path for each in fix.edits):
            out.append(fix)
            continue
        others = tuple(each for each in fix.edits if each.file != file.path)
        own = (edit,) if edit not in (each for done in out for each in done.edits) else ()
        told = replace(
            fix,
            title=f"your own text of {name}",
            why="written by hand in the editor, in place of what was offered",
            risk="nobody but you has judged this text",
            edits=(*others, *own),
            alternative_to=(),
            tie="",
            there="",
            peer="" if _gone(fix.peer, file, text) else fix.peer,
            diff="",
            waits=0.0,
        )
        out.append(with_id(told))
    return tuple(out)


def _gone(peer: str, file: FileChange, text: bytes) -> bool:
    """Whether an address that the offered text had is not in the person's: then it is not this one that must answer."""
    return bool(peer) and peer.encode() in (file.after or b"") and peer.encode() not in text


def _edit(file: FileChange, text: bytes) -> Edit:
    """From the first line that differs to the last one."""
    before = file.before or b""
    old, new = before.splitlines(keepends=True), text.splitlines(keepends=True)
    same = min(len(old), len(new))
    head = next((n for n in range(same) if old[n] != new[n]), same)
    tail = next((n for n in range(same - head) if old[-1 - n] != new[-1 - n]), same - head)
    start = sum(map(len, old[:head]))
    end = len(before) - sum(map(len, old[len(old) - tail :]))
    return Edit(file.path, start, end, before[start:end], text[start : len(text) - sum(map(len, new[len(new) - tail :]))])
