"""Figures before and after a change, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui502.read.keys import outage_server
from tui502.text import neutral
from tui502.ui.render.log import class_of, status_of
from tui502.ui.render.spans import Row, cell, cell_len, row
from tui502.ui.render.times import age

if TYPE_CHECKING:
    from tui502.model.changes import Baseline
    from tui502.model.facts import Outage

_COLUMN = 16
"""Cells of one column of figures."""

_COUNTED = 76
"""Cells from which on there is room to say how a failure counts."""


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
    if figures.uncounted:
        return "not counted"
    of = f"  {figures.failures.get(key, 0)} of {figures.requests}" if figures.requests is not None else ""
    return f"{_rate(key, figures):>5}{of}"


def _rate(key: str, figures: Baseline) -> str:
    return f"{figures.failures.get(key, 0) * 60 / figures.window:.0f}/min" if figures.window else "-"


def what(key: str, outages: Sequence[Outage]) -> str:
    """The peer and class of a failure, and what clients got: "127.0.0.1:3000 refused, 502"."""
    symptom, _, rest = key.partition(" ")
    peer = rest.rpartition(" ")[0] or outage_server(key)
    found = next((outage for outage in outages if outage.key == key), None)
    got = "saved" if found and found.saved and not found.client_visible else status_of(symptom)
    return neutral(f"{peer} {class_of(symptom)}, {got}")


def counts(key: str, before: Baseline, mends: Sequence[str]) -> str:
    """Whether, and how, a failure counts in the decision."""
    if key in mends:
        return "yes, must end"
    return "no, as before" if outage_server(key) in map(outage_server, before.failures) else "yes, new"


def table(before: Baseline, after: Baseline | None, outages: Sequence[Outage], width: int, mends: Sequence[str] | None = None) -> list[Row]:
    """What failed before and how it is now, one row each, what must end first; with `mends` (what must end) also how it counts."""
    first = mends or ()
    keys = sorted(dict.fromkeys([*before.failures, *(after.failures if after else ())]), key=lambda key: key not in first)
    lines = [(what(key, outages), before_words(key, before), after_words(key, after) if after else "…", counts(key, before, first)) for key in keys]
    lines.append(("all other sites", before_words("", before), after_words("", after) if after else "…", "yes"))
    since = f"after, {age(after.window)}" if after else "after"
    counted = mends is not None and width >= _COUNTED
    name = max(12, min(31, width - 2 * _COLUMN - (_COLUMN if counted else 2)))
    return [_line(each, name, counted) for each in (("failing", "before", since, "counts"), *lines)]


def _line(cells: tuple[str, str, str, str], name: int, counted: bool) -> Row:
    first, was, now, how = cells
    first = first if cell_len(first) <= name else first.rpartition(", ")[0] or first
    return row(" ", cell(first, name), " ", cell(was, _COLUMN), cell(now, _COLUMN), how if counted else "")


def replays(before: Baseline, after: Baseline, width: int) -> list[Row]:
    """The request that was replayed, in the columns of the table."""
    if before.request is None:
        return []
    name = max(12, min(31, width - 2 * _COLUMN - 2))
    asked = neutral(f"{before.request.method} {before.request.uri}")
    return [row(" ", cell(asked, name), " ", cell(statuses(before.statuses), _COLUMN), statuses(after.statuses))]
