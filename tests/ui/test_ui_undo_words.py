"""The question and the receipt of an undo: it is no improvement, and is not drawn as one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builder import moved, stopped
from tests.report.changes import ended, undoing
from tui502.apply.history import _way_back
from tui502.investigate import investigate
from tui502.model.findings import Incident
from tui502.ui.moment import Moment
from tui502.ui.render import question, staged


def text(rows: list[tuple[object, ...]]) -> str:
    return "\n".join("".join(getattr(span, "text", "") for span in row) for row in rows)


@pytest.fixture
def incident() -> Incident:
    return investigate(stopped().evidence())


@pytest.mark.parametrize("width", [60, 76, 110])
def test_the_question_says_what_an_undo_costs(incident: Incident, width: int) -> None:
    """If this fails, stopping the backend that answers "interrupts: nothing"."""
    change = undoing(incident)
    back = replace(change, fixes=tuple(_way_back(fix, fix.commands) for fix in incident.findings[0].fixes))
    asked = question.Question(Moment(incident, staged=back), back)
    said = " ".join(text(question.body(asked, width)).split())
    assert "take back: start app.service; the site will fail again" in said
    assert "interrupts: what works since that change" in said
    assert "interrupts: nothing" not in said
    assert "at once: taken back" in said
    for wrong in ("replayed", "at most", "tui502 undo"):
        assert wrong not in said
    assert "Take it back?" in text(question.asks(asked, read=True))


def test_the_receipt_of_an_undo_compares_nothing(incident: Incident) -> None:
    """If this fails, the failures of the past are shown as gone, and an undo is offered that finds nothing."""
    change = undoing(incident)
    done = ended(incident, "KEPT", change=change, before=change.baseline, after=change.baseline, rule="undone").receipt
    assert done
    said = text(staged.receipt(done, Moment(incident), 100))
    assert "320" not in said
    assert "failing" not in said
    assert "tui502 undo" not in said
    assert " redo" in said


def test_a_refused_change_changed_nothing() -> None:
    """If this fails, a receipt says "changed" of a file that is as it was."""
    found = investigate(moved().evidence())
    receipt = ended(found, "REFUSED").receipt
    assert receipt
    started = investigate(stopped().evidence()).findings[0].fixes
    change = replace(receipt.change, fixes=started)
    said = text(staged.receipt(replace(receipt, change=change), Moment(found), 100))
    assert " not run    systemctl start app.service" in said
    assert " ran " not in said
