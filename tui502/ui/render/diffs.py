"""Rows of a unified diff and of commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui502.text import neutral, neutral_lines
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Row, cell, middle, row, wrap

if TYPE_CHECKING:
    from tui502.model.findings import Command


def rows(diff: str, width: int) -> list[Row]:
    """A diff with a rule for each file; hunk headers are left out."""
    out: list[Row] = []
    for path, lines in files(diff):
        plus = sum(line.startswith("+") for line in lines)
        minus = sum(line.startswith("-") for line in lines)
        out.append(rule(width, row("change  " + middle(path, max(10, width - 26))), f"+{plus} -{minus}"))
        out += [line_row(line, width) for line in lines]
    return out


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
    role = {"+": "added", "-": "removed"}.get(sign, "")
    return row(" ", (sign, role), cell(" " + text, width - 2))


def whole(diff: str, width: int, indent: int) -> list[Row]:
    """The changed lines only, wrapped and never cut, for the question."""
    out: list[Row] = []
    for _, lines in files(diff):
        for line in lines:
            if line[:1] in "+-":
                role = "added" if line[0] == "+" else "removed"
                for n, part in enumerate(_pieces(line[1:], width - indent - 2)):
                    out.append(row(" " * indent, (line[0] if not n else " ", role), " " + part))
    return out


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
