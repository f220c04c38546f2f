"""The hint row: what works now, whole words, fewer when narrow."""

from __future__ import annotations

from typing import NamedTuple

from tui502.ui.moment import Moment
from tui502.ui.render.layout import WATCH, WHY
from tui502.ui.render.spans import Row, cell_len, fit, row

Hint = tuple[str, str]

_WIDE = 110
"""Columns from which three blanks stand between two hints."""


class Looks(NamedTuple):
    """How the focused pane is shown: a detail in it is open, it is zoomed, the log's groups are shown, there is room for one pane only."""

    detail: bool = False
    zoomed: bool = False
    grouped: bool = False
    single: bool = False


def hints(moment: Moment, focus: int, detail: bool = False, zoomed: bool = False, grouped: bool = False, single: bool = False) -> list[Hint]:
    """Keys and words, the most telling first; help and quit last."""
    if moment.asking:
        return [("y", "apply"), ("any other key:", "no")]
    tail = [(":", "all keys"), ("?", "help"), ("q", "leave, the runner goes on" if moment.changing else "quit")]
    if focus == WATCH:
        return [*(_repair(moment, focus) if moment.changing else []), *_watch(moment), *tail[:-1], ("q", "back")]
    if focus == WHY and not moment.repairing:
        return [*_why(moment), *tail]
    looks = Looks(detail, zoomed, grouped, single)
    out = {1: _log, 2: _tree, 3: _config, 4: _fix}.get(focus, _whole)(moment, looks)
    if moment.live and not moment.repairing and moment.incident is not None and moment.incident.evidence.euid:
        out = [("S", "sudo"), *out]
    return [*out, *(tail[1:] if focus == 1 and (grouped or detail) else tail)]


def _log(moment: Moment, looks: Looks) -> list[Hint]:
    repair = _repair(moment, 1)
    if looks.grouped:
        return [("enter", "records"), ("<", "first"), (">", "last"), ("v", "lines"), ("f", "filter"), ("/", "search"), *_zoom(looks), *repair, *_copy(moment)]
    if looks.detail:
        return [("esc", "back"), (", .", "other failures"), ("2", "its peer"), ("3", "its line"), ("y", "copy"), *repair, ("<", "first"), (">", "last")]
    return [*repair, (".", "next failure"), *_ways(looks), *_copy(moment), ("v", "groups"), ("enter", "detail"), ("space", "pause")]


def _tree(moment: Moment, looks: Looks) -> list[Hint]:
    repair = _repair(moment, 2)
    if looks.detail:
        return [("esc", "back"), *repair, ("r", "probe now"), (".", "failing"), ("3", "its line"), ("y", "copy")]
    others = [("h l", "fold"), ("E", "events"), ("3", "line"), ("/", "search"), ("0", "why")]
    return [*repair, ("enter", "detail"), ("r", "probe now"), (".", "failing"), *_zoom(looks), *others]


def _config(moment: Moment, looks: Looks) -> list[Hint]:
    repair = _repair(moment, 3)
    if looks.detail:
        return [("esc", "back"), *repair, ("enter", "go there"), *_copy(moment)]
    drifted = moment.incident is not None and moment.incident.facts.drift.state == "differs"
    lines = [("enter", "more"), ("o", "definition"), *([("d", "drift")] if drifted else []), ("i", "includes")]
    if looks.zoomed:
        return [*lines, (", .", "marks"), ("e", "editor"), *_zoom(looks), ("h l", "fold"), *repair, ("/", "search"), ("0", "why"), *_copy(moment)]
    return [*repair, (".", "marks"), *_ways(looks), *lines, ("h l", "fold"), *_copy(moment)]


def _fix(moment: Moment, looks: Looks) -> list[Hint]:
    others = [(".", "offer")] if len(moment.offers) > 1 and moment.progress is None else []
    return [*_repair(moment, 4), *others, *_ways(looks), *_copy(moment)]


def _whole(moment: Moment, looks: Looks) -> list[Hint]:
    """A pane that has the room of all, while a change is under way."""
    return [*_repair(moment, WHY), ("esc", "panes"), *_copy(moment)]


def _ways(looks: Looks) -> list[Hint]:
    """What every pane has; what goes first where it is narrow stands last."""
    return [("0", "why"), ("/", "search")] if looks.single else [*_zoom(looks), ("/", "search"), ("0", "why")]


def _zoom(looks: Looks) -> list[Hint]:
    """Where there is room for one pane only, none can be zoomed."""
    return [] if looks.single else [("z", "back" if looks.zoomed else "zoom")]


def _copy(moment: Moment) -> list[Hint]:
    return [("r", "probe now"), ("y", "copy")] if moment.live and not moment.changing else [("y", "copy")]


def _repair(moment: Moment, focus: int) -> list[Hint]:
    if moment.changing:
        watch = [("W", "watch")] if focus != WATCH else []
        return [("K", "keep"), ("U", "put back"), ("X", "longer"), *watch] if moment.deciding else [("U", "put back")]
    may = moment.live and not moment.read_only
    if moment.receipt is not None:
        undone = moment.receipt.outcome in ("VERIFIED", "KEPT") and may
        return [("W", "watch"), ("esc", "leave the receipt"), *([("u", "undo")] if undone else [])]
    if moment.staged is not None:
        edit = [("e", "edit")] if focus == 4 else []
        return [("t", "test"), ("a", "apply"), *edit, ("x", "unstage")] if may else [("x", "unstage")]
    return [("s", "stage")] if moment.offer is not None and moment.offer.fix.kind != "advice" else []


def _why(moment: Moment) -> list[Hint]:
    """Over the explanations, or over the good news."""
    findings = moment.incident.findings if moment.incident else ()
    if moment.incident is not None and moment.incident.verdict in ("no_fault", "recovered"):
        return [("W", "watch"), ("esc", "panes"), ("D", "plain text"), ("R", "record")]
    takes = moment.live and any(finding.decider for finding in findings)
    out = [("r", "take the look")] if takes else _repair(moment, WHY)
    out += [(", .", "explanation")] if len(findings) > 1 else []
    out += [("enter", "clue"), ("1 2 3 4", "panes")] if findings else [("1 2 3 4", "panes")]
    return out if takes or not moment.live else [*out, ("r", "look again")]


def _watch(moment: Moment) -> list[Hint]:
    undone = moment.receipt is not None and moment.receipt.outcome in ("VERIFIED", "KEPT") and moment.live and not moment.read_only
    return [("space", "freeze"), ("E", "all events"), *([("u", "undo")] if undone else []), ("1 2 3 4", "panes")]


def hint_row(items: list[Hint], width: int) -> Row:
    """The hints that fit, whole; those in the middle go first, then the palette, the last two stay."""
    gap, kept = 3 if width >= _WIDE else 2, items
    while _size(kept, gap) > width + gap and len(kept) > 2:
        keep = 3 if len(kept) > 3 and kept[-3][0] == ":" else 2
        kept = [*kept[: -keep - 1], *kept[-keep:]]
    parts: list[tuple[str, str]] = [(" ", "")]
    for n, (key, word) in enumerate(kept):
        parts += [(" " * gap if n else "", ""), (key, "key"), (" " + word, "")]
    return fit(row(*parts), width)


def _size(items: list[Hint], gap: int) -> int:
    return 1 + sum(cell_len(key) + 1 + cell_len(word) + gap for key, word in items)


def asked(label: str, text: str, width: int) -> Row:
    """A line being typed, its end shown."""
    room = max(1, width - cell_len(label) - 4)
    while cell_len(text) > room:
        text = text[1:]
    return fit(row(" ", (f"{label} ", "key"), text, ("_", "no")), width)


def said(text: str, width: int) -> Row:
    """A reason in place of the hints."""
    return fit(row(" ", text), width)
