"""Rows of the help: keys of the focused pane, the repair, everywhere, and the selected thing."""

from __future__ import annotations

from tui502.text import neutral
from tui502.ui.actions import ACTIONS, MOVES, Action, refusal
from tui502.ui.moment import Moment
from tui502.ui.render.layout import WATCH, WHY
from tui502.ui.render.spans import Row, cell, labelled, row, wrap

NAMES = {WHY: "0 Why", 1: "1 Log", 2: "2 Upstreams", 3: "3 Config", 4: "4 Fix", WATCH: "Watch"}
_REPAIR = ("stage", "test", "ask", "unstage", "keep", "put_back", "longer", "undo")


def rows(moment: Moment, focus: int, width: int) -> list[Row]:
    """The keys of the focused pane, then those of the repair with the reasons why they do nothing now, then those of every pane; then what is selected."""
    others = [action for action in ACTIONS if action.name not in _REPAIR]
    here = [line for action in others if action.pane == focus for line in _key(action, "", width)]
    repair = [line for action in ACTIONS if action.name in _REPAIR for line in _key(action, refusal(action.name, moment), width)]
    everywhere = [line for action in others if action.pane is None for line in _key(action, "", width)]
    return [*here, *_moves(width), row(("Repair", "key")), *repair, row(("Everywhere", "key")), *everywhere, *_selected(moment, width)]


def _key(action: Action, why_not: str, width: int) -> list[Row]:
    """The key and what it does; why not, if so. What does not fit goes on below."""
    first, *rest = wrap(neutral(f"{action.does} ({why_not})" if why_not else action.does), max(8, width - 12))
    return [row(("  " + cell(action.shown, 10), "key"), first), *(row(" " * 12, part) for part in rest)]


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
        out += labelled("", neutral(f"{clue.side}: {clue.text}"), width, 4)
    return out
