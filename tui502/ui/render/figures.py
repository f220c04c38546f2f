"""Figures before and after a change, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.text import neutral
from tui502.ui.render.log import class_of
from tui502.ui.render.spans import Row, cell, cell_len, row
from tui502.ui.render.times import age

if TYPE_CHECKING:
    from tui502.model.changes import Baseline
    from tui502.model.facts import Outage


def statuses(codes: Sequence[int]) -> str:
    """ "502, 3 of 3" for equal answers, else all of them; 0 is "no answer"."""
    words = ["no answer" if code == 0 else str(code) for code in codes]
    if not words:
        return "not asked"
    return f"{words[0]}, {len(words)} of {len(words)}" if len(Counter(words)) == 1 else " ".join(words)


def before_words(key: str, figures: Baseline) -> str:
    """Failures a minute, and their share of all requests."""
    rate = _rate(key, figures)
    if not figures.requests:
        return f"{rate:>6}"
    percent = 100 * figures.failures.get(key, 0) / figures.requests
    return f"{rate:>6}  {percent:>2.0f} %"


def after_words(key: str, figures: Baseline) -> str:
    """Failures a minute, and of how many requests."""
    of = f"  {figures.failures.get(key, 0)} of {figures.requests}" if figures.requests is not None else ""
    return f"{_rate(key, figures):>5}{of}"


def _rate(key: str, figures: Baseline) -> str:
    return f"{figures.failures.get(key, 0) * 60 / figures.window:.0f}/min" if figures.window else "-"


def _label(key: str, outages: Sequence[Outage], width: int) -> str:
    """The peer and class of a failing thing; its key when it is not an outage any more."""
    found = next((outage for outage in outages if outage.key == key), None)
    if found is None:
        return neutral(key)
    what = neutral(f"{found.target.peer or found.target.server} {', '.join(class_of(symptom) for symptom in found.symptoms)}")
    status = f", {found.replay}" if found.replay else ""
    return what + status if cell_len(what + status) <= width else what


def table(before: Baseline, after: Baseline | None, outages: Sequence[Outage], width: int) -> list[Row]:
    """What failed before and how it is now, one row each, and the replays."""
    column = 16
    name = max(12, min(32, width - 2 * column - 2))
    since = f"after, {age(after.window)}" if after else "after"
    out = [row(cell(" failing", name + 1), cell("before", column), since)]
    for key in dict.fromkeys([*before.failures, *(after.failures if after else ())]):
        now = after_words(key, after) if after else "…"
        out.append(row(" ", cell(_label(key, outages, name - 1), name - 1), " ", cell(before_words(key, before), column), now))
    if before.request is not None:
        asked = neutral(f"{before.request.method} {before.request.uri}")
        now = statuses(after.statuses) if after else "…"
        out.append(row(" ", cell(asked, name), cell(statuses(before.statuses), column), now))
    return out
