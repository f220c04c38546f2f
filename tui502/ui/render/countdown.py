"""Rows of the count-down: the time that is left, what it comes to, what is compared, and the rules by which it is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui502.report.outcome import request_words
from tui502.text import neutral
from tui502.ui.render import figures
from tui502.ui.render.log import class_of
from tui502.ui.render.spans import Row, Span, cell, cell_len, labelled, row

if TYPE_CHECKING:
    from tui502.model.changes import Baseline, Progress
    from tui502.ui.moment import Moment

_AT = 13
_BAR = 40
_SHOWN = 8
"""Replays that are written out."""


def rows(progress: Progress, moment: Moment, width: int) -> list[Row]:
    change = progress.change
    outages = moment.incident.facts.outages if moment.incident else ()
    out = [_bar(progress, moment.now, width), *_keys(progress, width)]
    if progress.question:
        out += labelled(" asks you", neutral(progress.question), width, _AT)
    out += [row(""), *figures.table(progress.baseline, progress.after, outages, width, change.mends), row(""), *_replays(progress, width)]
    if progress.needed:
        wanted = f"{progress.needed} of {progress.needed} answer in a row, what must end has ended, nothing is worse"
        out += labelled(" VERIFIED", wanted, width, _AT)
    if change.files:
        stays = "; what is not ours and was loaded too stays loaded" if change.foreign else ""
        out += labelled(" PUT BACK", f"at once when a site that was fine fails; or unchanged when the time is up{stays}", width, _AT)
    if any(fix.commands for fix in change.fixes):
        out += labelled(" stays", "a command that was run is not undone by itself", width, _AT)
    if progress.runner:
        out += labelled(" runner", f"pid {progress.runner} decides, with or without this screen", width, _AT)
    for result in progress.results:
        if result.kind == "reload" and result.ok:
            out += labelled(" reload", neutral(result.text), width, _AT)
    return out


def left(progress: Progress, now: float) -> float:
    """Seconds until the deadline."""
    return max(0.0, (progress.decides_at or now) - now)


def then(progress: Progress) -> str:
    """What it comes to by the rules of the decision if nothing changes; a person who is asked may say otherwise."""
    ahead = progress.ahead or "not known yet"
    return f"asks you, else {ahead}" if progress.question else ahead


def _bar(progress: Progress, now: float, width: int) -> Row:
    seconds, tail = left(progress, now), f"  then: {then(progress)}"
    size = max(4, min(_BAR, width - 20 - cell_len(tail)))
    full = round(size * min(1.0, seconds / (progress.change.keep_after or seconds or 1.0)))
    return row(" decides in ", (f"{seconds:>4.0f} s  ", "key"), Span("█" * full), Span("░" * (size - full)), tail)


def _keys(progress: Progress, width: int) -> list[Row]:
    longer = f"{progress.change.keep_after:.0f} s more"
    told = row(" ", ("K", "key"), "  keep now  ", ("U", "key"), "  put back now  ", ("X", "key"), f"  {longer}")
    rest = "no key: decided by the rules below"
    used = sum(cell_len(span.text) for span in told)
    return [(*told, *row("  " + rest))] if used + 2 + len(rest) <= width else [told, row(" " + rest)]


def _replays(progress: Progress, width: int) -> list[Row]:
    before, after = progress.baseline, progress.after
    if before.request is None:
        return []
    at = max(_AT, min(cell_len(request_words(before)) + 3, width // 3))
    failed = next((key.split(" ")[:2] for key in progress.change.mends), None)
    where = f"   {class_of(failed[0])} at {neutral(failed[1])}" if failed and failed[1:] and failed[1] else ""
    was = f"before  {_codes(before)}"
    return [
        row(cell(f" {request_words(before)}", at), was, where if at + cell_len(was + where) <= width else ""),
        row(" " * at, f"now     {_codes(after) if after else 'not asked yet'}"),
        row(""),
    ]


def _codes(seen: Baseline) -> str:
    """The newest replays in order; of more than fit, how many there were."""
    words = ["no answer" if code == 0 else str(code) for code in seen.statuses]
    more = f"… {len(words)} in all, last " if len(words) > _SHOWN else ""
    return more + " ".join(words[-_SHOWN:]) if words else "not asked"
