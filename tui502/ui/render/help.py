"""Rows of the help: keys of the focused pane, the repair, everywhere, and the selected thing."""

from __future__ import annotations

from tui502.text import neutral
from tui502.ui.actions import ACTIONS, LATER, MOVES, Action, refusal
from tui502.ui.moment import Moment
from tui502.ui.render.layout import WHY
from tui502.ui.render.spans import Row, cell, labelled, row

NAMES = {WHY: "0 Why", 1: "1 Log", 2: "2 Upstreams", 3: "3 Config", 4: "4 Fix"}
_REPAIR = ("stage", "test", "ask", "unstage", "keep", "put_back", "undo")


def rows(moment: Moment, focus: int, width: int) -> list[Row]:
    here = [action for action in ACTIONS if action.pane == focus and action.name not in _REPAIR]
    out = [_key(action, LATER.get(action.name, ""), width) for action in here] + _moves(width)
    out.append(row(("Repair", "key")))
    out += [_key(action, refusal(action.name, moment), width) for action in ACTIONS if action.name in _REPAIR]
    out.append(row(("Everywhere", "key")))
    out += [_key(action, LATER.get(action.name, ""), width) for action in ACTIONS if action.pane is None and action.name not in _REPAIR]
    return out + _selected(moment, width)


def _key(action: Action, why_not: str, width: int) -> Row:
    text = f"{action.does}   ({why_not})" if why_not else action.does
    return row(("  " + cell(action.shown, 10), "key"), cell(neutral(text), max(1, width - 12)))


def _moves(width: int) -> list[Row]:
    keys = "arrows, j k, pgup pgdn, home end, g G"
    return [row(("  " + cell("move", 10), "key"), cell(keys, max(1, width - 12)))] if MOVES else []


def _selected(moment: Moment, width: int) -> list[Row]:
    incident = moment.incident
    finding = next((found for found in incident.findings if found.id == moment.chosen.finding), None) if incident else None
    if finding is None:
        return []
    out: list[Row] = [row(""), row((f"Selected: {neutral(finding.cause)}", "key"))]
    out += labelled("", neutral(finding.summary), width, 2)
    for clue in finding.clues:
        out += labelled("", neutral(f"{clue.source}: {clue.text}"), width, 4)
    return out
