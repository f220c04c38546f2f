"""Rows of the fix pane from staging to the end: the staged change, its test, its steps, the count-down, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.report import outcome
from tui502.text import neutral
from tui502.ui.moment import Moment
from tui502.ui.render import countdown, diffs, figures, offers, steps
from tui502.ui.render.rules import rule
from tui502.ui.render.spans import Row, cell, labelled, row
from tui502.ui.render.times import clock

if TYPE_CHECKING:
    from tui502.model.changes import Progress, Receipt, StagedChange, Tested

METHODS = {
    "namespace": "on its real paths, in a private view of the files",
    "copy": "on a copy of the configuration",
    "lex": "by reading only, nginx was not asked",
}
"""How nginx made a test, in words."""

_LABEL = 9


def rows(moment: Moment, width: int, beside: bool = False) -> list[Row]:
    """What the pane shows; `beside`: the diff side by side."""
    progress, change = moment.progress, moment.staged
    if progress is not None:
        if progress.receipt is not None:
            return receipt(progress.receipt, moment, width)
        if progress.phase == "deciding":
            return countdown.rows(progress, moment, width)
        return applying(progress, moment, width, beside)
    return staged(change, moment, width, beside) if change is not None else offers.rows(moment, width)


def staged(change: StagedChange, moment: Moment, width: int, beside: bool) -> list[Row]:
    ids = {fix.id for fix in change.fixes}
    word = "TESTED" if moment.tested and moment.tested.ok else "STAGED"
    out = [
        offers.offer_row(
            offer, width, offer.fix.id == moment.chosen.fix, word if offer.fix.id in ids else "offered" if offer.fix.kind != "advice" else "advice"
        )
        for offer in moment.offers
    ]
    if not ids & {offer.fix.id for offer in moment.offers}:
        mark = " " if moment.offer else "▸"
        out += [row(f"{mark}   {cell(neutral(fix.title), max(8, width - 16))}{word}") for fix in change.fixes]
    for fix in change.fixes:
        for label, text in offers.reasons(fix, moment):
            if label in ("tie", "there", "risk", "also", "needs", "stops"):
                out += labelled(f" {label}", text, width, _LABEL)
    if moment.refusal:
        out += labelled(" REFUSED", neutral(moment.refusal), width, _LABEL)
    out += test_rows(moment.tested, moment, width)
    out += diffs.rows(moment.diff, width, beside)
    out += diffs.commands([command for fix in change.fixes for command in fix.commands], width)
    out.append(rule(width, row("steps"), "none has touched a live file"))
    return out + steps.compact(change, moment.tested, width)


def passed(tested: Tested) -> str:
    """What a test that passed says."""
    if tested.method in METHODS:
        by = f", by {' and '.join(tested.by)}" if tested.by else ""
        return f"passed {METHODS[tested.method]}{by}"
    return tested.said or "none is needed: no file is changed"


def test_rows(tested: Tested | None, moment: Moment, width: int) -> list[Row]:
    if moment.busy == "testing":
        return labelled(" test", "running…", width, _LABEL, "looking")
    if tested is None:
        return []
    if not tested.ok:
        return labelled(" FAILED", neutral(tested.said) or "the test did not pass", width, _LABEL)
    new = f", new: {'; '.join(tested.new_warnings)}" if tested.new_warnings else ", no new warning" if tested.method in METHODS else ""
    out = labelled(" test", neutral(f"{passed(tested)}{new}"), width, _LABEL)
    for label, texts in ((" unproven", tested.unproven), (" restart", tested.restart_needed)):
        if texts:
            out += labelled(label, neutral("; ".join(texts)), width, _LABEL + 1)
    return out


def applying(progress: Progress, moment: Moment, width: int, beside: bool) -> list[Row]:
    out = steps.rows(progress.change, progress, width)
    out.append(row(""))
    if progress.runner:
        out += labelled(" runner", f"pid {progress.runner} goes on when this screen is gone", width, _LABEL + 3)
    return out + diffs.rows(moment.diff, width, beside) + diffs.commands([c for fix in progress.change.fixes for c in fix.commands], width)


def receipt(done: Receipt, moment: Moment, width: int) -> list[Row]:
    """How it ended: outcome and why, what changed, by whom, figures, what lies where, how to undo it with and without this program."""
    role = {"VERIFIED": "ok", "KEPT": "ok", "PUT BACK": "failing", "REFUSED": "failing", "NEEDS HAND": "failing"}[done.outcome]
    out = [
        row(" ", cell("outcome", 11), (done.outcome, "key"), "  ", ({"ok": "●", "failing": "×"}[role], role)),
        *labelled(" because", neutral(done.why), width, 12),
    ]
    for file, lines in zip(done.change.files, diffs.by_file(moment.diff, len(done.change.files)), strict=True):
        out += labelled(f" {outcome.became(file, done.outcome)}", neutral(file.path), width, 12) + diffs.changed(lines, width, 11)
    if not done.change.files:
        out += diffs.whole(moment.diff, width, 11)
    ran = outcome.commands_run(done)
    for n, command in enumerate(command for fix in done.change.fixes for command in fix.commands):
        out += labelled(" ran" if n < ran else " not run", " ".join(neutral(word) for word in command.argv), width, 12)
    for result in done.results:
        if result.kind == "reload" and result.ok:
            out += labelled(" reload", neutral(result.text), width, 12)
    first = done.results[0].at if done.results else done.at
    who = f"{neutral(done.who)}, {clock(first, moment.utc_offset)} to {clock(done.at, moment.utc_offset)}"
    out += labelled(" by", who, width, 12)
    outages = moment.incident.facts.outages if moment.incident else ()
    if not done.change.undoes:
        out += [*figures.table(done.before, done.after, outages, width), *figures.replays(done.before, done.after, width)]
    if outcome.offers_undo(done):
        out += labelled(" undo", f"u here, or later: tui502 undo {neutral(done.id)}", width, 12)
    for n, line in enumerate(done.undo):
        out += labelled((" redo" if done.change.undoes else " by hand") if not n else "", neutral(line), width, 12)
    for n, path in enumerate(done.backups):
        out += labelled(" backups" if not n else "", neutral(path), width, 12)
    failed = [result for result in done.results if not result.ok]
    for result in failed:
        out += labelled(f" {result.kind}", "FAILED: " + neutral(result.text), width, 12)
    return out


def title(moment: Moment) -> tuple[str, str]:
    """What stands left and right in the title of pane 4."""
    progress, change = moment.progress, moment.staged
    if progress is not None:
        letters = letters_of(progress.change, moment)
        if progress.receipt is not None:
            return f"4 Fix  receipt {progress.receipt.id}", f"{progress.receipt.outcome} {clock(progress.receipt.at, moment.utc_offset)}"
        if progress.phase == "deciding":
            return f"4 Fix  {letters} is live", f"{countdown.left(progress, moment.now):.0f} s left at most"
        at = progress.running or len(progress.results)
        return f"4 Fix  applying {letters}", f"step {at} of {len(progress.change.steps)}"
    if change is not None:
        letters = letters_of(change, moment)
        if moment.busy == "testing":
            return "4 Fix", f"{letters} is being tested"
        if moment.tested is None:
            return "4 Fix", f"{letters} is staged, not tested"
        return "4 Fix", f"{letters} is tested" if moment.tested.ok else "TEST FAILED"
    count = len(moment.offers)
    return "4 Fix", f"{count} offer{'s' if count != 1 else ''}, none staged" if count else "nothing is offered" if moment.incident else ""


def letters_of(change: StagedChange, moment: Moment) -> str:
    """What a change is called: its offers' letters, those of the time of staging when they are offered no more."""
    ids = {fix.id for fix in change.fixes}
    now = ", ".join(offer.letter for offer in moment.offers if offer.fix.id in ids)
    return "the undo" if change.undoes else now or moment.letters or "the change"
