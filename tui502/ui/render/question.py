"""The question before a change: everything that will be done, nothing cut."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui502.report import outcome
from tui502.text import neutral
from tui502.ui.moment import Moment
from tui502.ui.render import diffs
from tui502.ui.render.spans import Row, cell, labelled, row, wrap
from tui502.ui.render.staged import METHODS, passed
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.changes import StagedChange
    from tui502.model.findings import Command

_AT = 11


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `foreign_at` is when the first yes (to load what is not ours) was given, None while it is open; 0 when it is not needed."""

    moment: Moment
    change: StagedChange
    foreign_at: float | None = 0.0

    @property
    def first(self) -> bool:
        """Whether the question about foreign files is the open one."""
        return self.foreign_at is None


def body(asked: Question, width: int) -> list[Row]:
    """The rows that scroll: steps with the exact change and argv."""
    moment, change = asked.moment, asked.change
    out: list[Row] = []
    n = 0
    if change.undoes:
        out += labelled("  undoes", neutral(f"{change.undoes}: {outcome.taken_back(change)}; the site will fail again"), width, _AT)
    for file, lines in zip(change.files, diffs.by_file(moment.diff, len(change.files)), strict=True):
        n += 1
        out += _numbered(n, file.verb, neutral(file.path), width)
        for folder in file.made:
            out += _under(neutral(f"{'and, once it is empty,' if file.after is None else 'a new file, in a new directory:'} {folder}"), width)
        out += diffs.changed(lines, width, _AT - 2)
    for one in change.steps:
        if one.kind == "test":
            n += 1
            out += _numbered(n, "test", neutral(shlex.join(one.command.argv if one.command else (change.exe, *change.test_argv))), width)
            out += _under(_tested(moment), width)
    for command in [command for fix in change.fixes for command in fix.commands]:
        n += 1
        out += _command(n, command, width)
    if change.reload:
        n += 1
        pid = change.view.pid if change.view else 0
        out += _numbered(n, "reload", f"SIGHUP to nginx master {pid}; open connections are kept", width)
        if not change.files:
            out += diffs.whole(moment.diff, width, _AT - 2)
        out += _foreign(change, width)
    if change.undoes:
        return out + _after_undo(change, n, width)
    out += _numbered(n + 1, "verify", _verify(change), width)
    out += _numbered(n + 2, "decide", f"{change.keep_after:.0f} s at most: kept, or put back; also without this screen", width)
    return out + labelled("  undo", "u, or later: tui502 undo" if outcome.can_be_undone(change) else "cannot be undone", width, _AT)


def asks(asked: Question, read: bool) -> list[Row]:
    """The rows that do not scroll: the open question and its default. `read` says that the end of the body has been on the screen."""
    out: list[Row] = []
    if asked.change.foreign:
        given = asked.foreign_at
        if given is None:
            return [row(cell("Load what is not ours too?", 28), ("[ no ]", "no"), "   ", *_yes("load it", read))]
        out.append(row(cell("Load what is not ours too?", 28), f"yes, {clock(given, asked.moment.utc_offset)}"))
    word, yes = ("Take it back?", "take it back") if asked.change.undoes else ("Apply?", "apply")
    return [*out, row(cell(word, 22), ("[ no ]", "no"), "   ", *_yes(yes, read))]


def _yes(what: str, read: bool) -> Row:
    if not read:
        return row(("pgdn", "key"), "  the rest must be seen before a yes")
    return row(("y", "key"), f"  yes, {what}   any other key  no")


def _numbered(n: int, label: str, text: str, width: int) -> list[Row]:
    return labelled(f"{n} {label}", text, width, _AT)


def _under(text: str, width: int) -> list[Row]:
    return labelled("", text, width, _AT)


def _tested(moment: Moment) -> str:
    tested = moment.tested
    if tested is None:
        return "not tested yet"
    if tested.method not in METHODS:
        return passed(tested)
    new = f"new: {'; '.join(tested.new_warnings)}" if tested.new_warnings else "no new warning"
    unproven = f"; not proven: {'; '.join(tested.unproven)}" if tested.unproven else ""
    return neutral(f"{passed(tested)} at {clock(moment.tested_at, moment.utc_offset)}, {new}{unproven}")


def _command(n: int, command: Command, width: int) -> list[Row]:
    out = _numbered(n, "run", neutral(shlex.join(command.argv)), width)
    texts = [command.changes, command.interrupts and f"interrupts: {command.interrupts}"]
    for text in texts:
        if text:
            out += _under(neutral(text), width)
    undo = f"undone by: {shlex.join(command.undo)}, never by itself" if command.undo else "cannot be undone"
    return out + _under(neutral(undo), width)


def _foreign(change: StagedChange, width: int) -> list[Row]:
    if not change.foreign:
        return [] if change.exact else labelled("  also", "what nginx runs now is not known exactly: no outcome can be called PUT BACK", width, _AT)
    out = labelled("  also", "loads what is not ours; a put back does not unload it:", width, _AT)
    for path, what in change.foreign.items():
        lines = wrap(neutral(f"{path}: {what}"), width - _AT)
        out += [row(" " * (_AT - 2), (" " if n else "+", "added"), " ", line) for n, line in enumerate(lines)]
    return out


def _after_undo(change: StagedChange, n: int, width: int) -> list[Row]:
    out = _numbered(n + 1, "decide", "at once: taken back" + (", or as now where nginx no longer answers" if change.files else ""), width)
    return out + labelled("  undo", "an undo has none: the repair is offered anew while it fails", width, _AT)


def _verify(change: StagedChange) -> str:
    request = change.baseline.request
    if request is None:
        return "no request can be replayed: a person decides"
    return neutral(f"{request.method} {request.uri} through nginx, in a row; failures before and after")
