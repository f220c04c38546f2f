"""The hint row: what works now, whole words, fewer when narrow."""

from __future__ import annotations

from tui502.ui.moment import Moment
from tui502.ui.render.layout import WHY
from tui502.ui.render.spans import Row, cell_len, fit, row

Hint = tuple[str, str]


def hints(moment: Moment, focus: int, detail: bool = False, zoomed: bool = False, grouped: bool = False) -> list[Hint]:
    """Keys and words, the most telling first; help and quit last."""
    if moment.asking:
        return [("y", "apply"), ("any other key:", "no")]
    out = _repair(moment)
    if detail:
        out = [("esc", "back"), *out]
    if grouped:
        out += [("enter", "records"), ("<", "first"), (">", "last"), ("v", "lines"), ("f", "filter")]
    elif focus == 1 and detail:
        out += [(".", "next failure"), ("<", "first"), (">", "last"), ("2", "its peer"), ("3", "its line")]
    else:
        out += _pane(moment, focus)
    if focus != WHY and not detail:
        out += [("z", "back" if zoomed else "zoom"), ("/", "search"), ("0", "why")]
    if focus == 1 and not detail and not grouped:
        out += [("v", "groups"), ("enter", "detail"), ("space", "pause")]
    if focus == 2:
        out.append(("E", "events"))
    if focus == 3:
        drifted = moment.incident is not None and moment.incident.facts.drift.state == "differs"
        out += [("o", "definition"), *([("d", "drift")] if drifted else []), ("i", "files")]
    if moment.live and not moment.repairing and moment.incident is not None and moment.incident.evidence.euid:
        out.insert(0, ("S", "sudo"))
    if moment.live and not moment.changing:
        out.append(("r", "probe now"))
    return [*out, ("y", "copy"), (":", "all keys"), ("?", "help"), ("q", "leave, the runner goes on" if moment.changing else "quit")]


def _repair(moment: Moment) -> list[Hint]:
    if moment.changing:
        return [("K", "keep"), ("U", "put back")] if moment.deciding else [("U", "put back")]
    may = moment.live and not moment.read_only
    if moment.receipt is not None:
        undone = moment.receipt.outcome in ("VERIFIED", "KEPT") and may
        return [("esc", "leave the receipt"), *([("u", "undo")] if undone else [])]
    if moment.staged is not None:
        return [("t", "test"), ("a", "apply"), ("x", "unstage")] if may else [("x", "unstage")]
    return [("s", "stage")] if moment.offer is not None and moment.offer.fix.kind != "advice" else []


def _pane(moment: Moment, focus: int) -> list[Hint]:
    if focus == WHY:
        return [("esc", "panes")]
    words = {1: "next failure", 2: "failing", 3: "marks", 4: "offer"}
    return [(".", words[focus])] if focus != 4 or (len(moment.offers) > 1 and moment.progress is None) else []


def hint_row(items: list[Hint], width: int) -> Row:
    """The hints that fit, whole; those in the middle go first, then the palette, the last two stay."""
    for gap in (3, 2):
        kept = items
        size = 1 + sum(cell_len(key) + 1 + cell_len(word) + gap for key, word in kept)
        if size <= width + gap:
            break
    while size > width + gap and len(kept) > 2:
        keep = 3 if len(kept) > 3 and kept[-3][0] == ":" else 2
        kept = [*kept[: -keep - 1], *kept[-keep:]]
        size = 1 + sum(cell_len(key) + 1 + cell_len(word) + gap for key, word in kept)
    parts: list[tuple[str, str]] = [(" ", "")]
    for n, (key, word) in enumerate(kept):
        parts += [(" " * gap if n else "", ""), (key, "key"), (" " + word, "")]
    return fit(row(*parts), width)


def asked(label: str, text: str, width: int) -> Row:
    """A line being typed, its end shown."""
    room = max(1, width - cell_len(label) - 4)
    while cell_len(text) > room:
        text = text[1:]
    return fit(row(" ", (f"{label} ", "key"), text, ("_", "no")), width)


def said(text: str, width: int) -> Row:
    """A reason in place of the hints."""
    return fit(row(" ", text), width)
