"""Rows of the fix pane while nothing is staged: the offers and what speaks for the selected one."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui502.text import neutral, shorten
from tui502.ui.moment import Moment, Offer
from tui502.ui.render.spans import Row, cell, cell_len, labelled, row
from tui502.ui.render.times import quantity

if TYPE_CHECKING:
    from tui502.model.findings import Edit, Fix

LABEL = 7
"""Cells of the column of labels."""


def cost(fix: Fix) -> str:
    """What it takes, in two or three words."""
    if fix.kind == "advice":
        return "advice only"
    parts = []
    if fix.edits:
        parts.append(quantity(len({(edit.file, edit.start) for edit in fix.edits}), "line"))
    if fix.unlinks:
        parts.append(quantity(len(fix.unlinks), "link"))
    if fix.loads:
        parts.append("reload")
    if fix.commands:
        words = neutral(fix.commands[0].changes)
        parts.append(words if len(fix.commands) == 1 and 0 < len(words) <= 30 else quantity(len(fix.commands), "command"))
    return ", ".join(parts)


def offer_row(offer: Offer, width: int, selected: bool, state: str = "") -> Row:
    words = cost(offer.fix)
    mark, name = "▸" if selected else " ", neutral(offer.fix.title)
    if state:
        size = 27 if width >= 72 else 0
        return row(mark, f"{offer.letter}  ", cell(name, max(8, width - 16 - size)), " ", cell(words, size), cell(state, 11))
    room = width - 7
    if cell_len(name) + 2 + cell_len(words) > room:
        words = shorten(words, max(10, room - 2 - cell_len(name)))
    return row(mark, f"{offer.letter}  ", cell(name, max(8, room - cell_len(words) - 2)), "  ", words)


def edit_words(edit: Edit, files: Mapping[str, bytes]) -> tuple[str, str]:
    """Where an edit stands and what it changes, in words."""
    data = files.get(edit.file, b"")
    line = data[: edit.start].count(b"\n") + 1
    new, old = (neutral(b" ".join(line.strip() for line in text.split(b"\n")).strip()) for text in (edit.new, edit.old))
    change = f"{old} → {new}" if old and new else f"{new} is added" if new else f"{old} is removed"
    return f"in {neutral(edit.file.rsplit('/', 1)[-1])}, line {line}:", change


def details(offer: Offer, moment: Moment, width: int) -> list[Row]:
    """What the offer changes, why, what ties it to the backend, what answers there, the risk, what else would be loaded, how it is proved and undone."""
    out = changes(offer, moment, width)
    for label, text in reasons(offer.fix, moment):
        out += labelled(f" {label}", text, width, LABEL)
    return out


def changes(offer: Offer, moment: Moment, width: int) -> list[Row]:
    """What the offer changes: words of files, links, commands."""
    fix = offer.fix
    files = moment.incident.facts.config.files if moment.incident else {}
    out: list[Row] = []
    for edit in fix.edits:
        place, change = edit_words(edit, files)
        out += labelled(f" {offer.letter}" if not out else "", place, width, LABEL)
        out += labelled("", "  " + change, width, LABEL)
    for path in fix.unlinks:
        out += labelled(f" {offer.letter}" if not out else "", f"remove the link {neutral(path)}", width, LABEL)
    if fix.reload:
        out += labelled(f" {offer.letter}" if not out else "", "nginx re-reads its files, nothing is edited", width, LABEL)
    for command in fix.commands:
        out += labelled(f" {offer.letter}" if not out else "", neutral(shlex.join(command.argv)), width, LABEL)
    return out


def reasons(fix: Fix, moment: Moment) -> list[tuple[str, str]]:
    """Labels and texts of all that must be known before a yes."""
    pairs = [("why", fix.why), ("tie", fix.tie), ("there", fix.there), ("risk", fix.risk)]
    for command in fix.commands:
        pairs += [("does", command.changes), ("needs", command.needs), ("stops", command.interrupts)]
    if fix.loads and not fix.shows_all:
        pairs.append(("also", also(moment)))
    return [(label, neutral(text)) for label, text in pairs if text]


def also(moment: Moment) -> str:
    """What a reload would load besides the fix, or ''."""
    if moment.staged is not None and moment.staged.foreign:
        places = "; ".join(f"{path}: {what}" for path, what in moment.staged.foreign.items())
        return f"the reload loads what is not ours too: {places}"
    drift = moment.incident.facts.drift if moment.incident else None
    if drift is None or drift.state != "differs":
        return ""
    return f"the reload loads {', '.join(drift.changed)} too, changed on disk and not running"


def rows(moment: Moment, width: int) -> list[Row]:
    """The pane: offers, the selected one in full, and the next key."""
    offers = moment.offers
    if not offers:
        return _nothing(moment, width)
    out = [offer_row(offer, width, offer.fix.id == moment.chosen.fix) for offer in offers]
    out.append(row(""))
    if moment.offer is None:
        names = " or ".join(offer.letter for offer in offers)
        said = "these are alternatives" if offers[0].fix.alternative_to else "none of these is chosen"
        return [*out, *labelled("", f"{said}: . chooses {names}, then s stages it", width, 1)]
    out += details(moment.offer, moment, width)
    others = [offer.letter for offer in offers if offer.letter != moment.offer.letter]
    tail = f", . looks at {others[0]}" if others else ""
    if moment.offer.fix.kind == "advice":
        return [*out, row(""), *labelled("", f"{moment.offer.letter} is advice: it is done by hand{tail}", width, 1)]
    return [*out, row(""), *labelled("", f"nothing is staged: s stages {moment.offer.letter}{tail}", width, 1)]


def _nothing(moment: Moment, width: int) -> list[Row]:
    if moment.incident is None:
        return [row(" ", ("looking…", "looking"))]
    if not moment.incident.findings:
        return (
            [row(" nothing is offered while nothing fails")]
            if moment.incident.verdict in ("no_fault", "recovered")
            else labelled("", "nothing is offered: no cause is named yet, 0 shows what was seen", width, 1)
        )
    return labelled("", "nothing is offered for this cause; 0 shows how it is known", width, 1)
