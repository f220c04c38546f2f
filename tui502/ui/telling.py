"""What the head says at a moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.ui.render.head import First
from tui502.ui.render.layout import WATCH

if TYPE_CHECKING:
    from tui502.report.verdict import Head
    from tui502.ui.moment import Moment

BEGINS = "wait: the change begins"
"""NEXT between a yes and the first step."""


def told(moment: Moment, focus: int, width: int) -> Head | First:
    """The head over the focused pane on a terminal of `width` columns. What only an incident needs is imported when the first one comes."""
    if moment.incident is None:
        return First()
    from tui502.report import verdict

    if focus != WATCH or moment.changing:
        return _of_repair(moment, width)
    from tui502.report import watch

    return watch.told(verdict.head(moment.incident, None, None, None, width), moment.incident, moment.receipt, moment.watched, moment.now)


def _of_repair(moment: Moment, width: int) -> Head:
    """While a change is applied its new target was not looked at yet: what was known before stays, not "nothing can be said"."""
    from tui502.report import verdict

    told = verdict.head(moment.incident, moment.progress, moment.staged, moment.tested, width)
    applying = moment.busy == "applying" or (moment.progress is not None and moment.progress.phase == "applying")
    if applying and told.word == "LOOKING" and moment.before is not None:
        told = verdict.head(moment.before, moment.progress, moment.staged, moment.tested, width)
    return replace(told, next=BEGINS) if moment.busy == "applying" else told
