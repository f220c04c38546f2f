"""Rows of a unified diff and of commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui502.text import neutral, neutral_lines
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Part, Row, cell, middle, row, wrap

if TYPE_CHECKING:
    from tui502.model.findings import Command

_ROLES = {"+": "added", "-": "removed"}


def rows(diff: str, width: int, beside: bool = False) -> list[Row]:
    """A diff with a rule for each file; hunk headers are left out. `beside`: what goes at the left, what comes at the right."""
    out: list[Row] = []
    for path, lines in files(diff):
        plus = sum(line.startswith("+") for line in lines)
        minus = sum(line.startswith("-") for line in lines)
        out.append(rule(width, row("change  " + middle(path, max(10, width - 26))), f"+{plus} -{minus}"))
        out += side_by_side(lines, width) if beside else [line_row(line, width) for line in lines]
    return out


def side_by_side(lines: Sequence[str], width: int) -> list[Row]:
    """Lines of a diff in two columns: what is removed beside what is added in its place, all else on both sides. Long lines are wrapped, nothing is cut."""
    out: list[Row] = []
    old: list[str] = []
    new: list[str] = []
    for line in (*lines, " "):
        if line.startswith("-"):
            old.append(line)
        elif line.startswith("+"):
            new.append(line)
        else:
            for n in range(max(len(old), len(new))):
                out += _beside(old[n] if n < len(old) else "", new[n] if n < len(new) else "", width)
            old, new = [], []
            out += _beside(line, line, width)
    return out[:-1]


def _beside(left: str, right: str, width: int) -> list[Row]:
    half = (width - 2) // 2
    old, new = (_side(text, half) for text in (left, right))
    blank: tuple[Part, ...] = (" " * (half + 1),)
    return [row(*(old[n] if n < len(old) else blank), *(new[n] if n < len(new) else blank)) for n in range(max(1, len(old), len(new)))]


def _side(line: str, width: int) -> list[tuple[Part, ...]]:
    """A line of a diff, with its sign, in so many cells and a blank before them; in as many rows as it needs."""
    parts = _pieces(line[1:], width - 3) if line else []
    return [(" ", (line[0] if not n else " ", _ROLES.get(line[0], "")), cell(" " + part, width - 1)) for n, part in enumerate(parts)]


def files(diff: str) -> list[tuple[str, list[str]]]:
    """Path and changed lines (each with its sign) of every file of the diff."""
    out: list[tuple[str, list[str]]] = []
    lines = neutral_lines(diff)
    for n, line in enumerate(lines):
        if line.startswith("--- ") and n + 1 < len(lines) and lines[n + 1].startswith("+++ "):
            out.append((_path(line, lines[n + 1]), []))
        elif line.startswith("+++ ") and n and lines[n - 1].startswith("--- "):
            continue
        elif out and line[:1] in ("+", "-", " "):
            out[-1][1].append(line)
    return out


def _path(old: str, new: str) -> str:
    path = new[4:].split("\t")[0].strip()
    if path == "/dev/null":
        path = old[4:].split("\t")[0].strip()
    return path[1:] if path.startswith(("a//", "b//")) else path


def line_row(line: str, width: int) -> Row:
    sign, text = line[:1], line[1:]
    return row(" ", (sign, _ROLES.get(sign, "")), cell(" " + text, width - 2))


def whole(diff: str, width: int, indent: int) -> list[Row]:
    """The changed lines only, wrapped and never cut, for the question."""
    return [each for _, lines in files(diff) for each in changed(lines, width, indent)]


def changed(lines: Sequence[str], width: int, indent: int) -> list[Row]:
    """The same of one file."""
    out: list[Row] = []
    for line in lines:
        if line[:1] in "+-":
            for n, part in enumerate(_pieces(line[1:], width - indent - 2)):
                out.append(row(" " * indent, (line[0] if not n else " ", _ROLES[line[0]]), " " + part))
    return out


def by_file(diff: str, count: int) -> list[list[str]]:
    """The lines of each of so many files; all of them at the last one where the diff does not tell the files apart."""
    found = [lines for _, lines in files(diff)]
    if len(found) == count or not count:
        return found[:count]
    return [*([] for _ in range(count - 1)), [line for lines in found for line in lines]]


def _pieces(text: str, width: int) -> list[str]:
    lead = text[: len(text) - len(text.lstrip(" "))]
    return [lead + part for part in wrap(text.lstrip(" "), max(8, width - len(lead)))]


def commands(items: Iterable[Command], width: int) -> list[Row]:
    out: list[Row] = []
    for command in items:
        if not out:
            out.append(rule(width, row("commands"), "run as they stand, without a shell"))
        out += [row(" ", ("$" if not n else " ", "added"), " " + part) for n, part in enumerate(wrap(neutral(shlex.join(command.argv)), max(8, width - 3)))]
        undo = neutral(shlex.join(command.undo)) if command.undo else "cannot be undone"
        out += [row("   ", (part, "muted")) for part in wrap(f"undo: {undo}", max(8, width - 4))]
    return out
