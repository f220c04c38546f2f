"""The repair without a screen: who is asked, what is reported, and that nothing of the host steers the terminal."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from typing import Any

import pytest

from tests.ui.ui_sample import POINT, FakeSession, incident, progress, receipt, staged
from tui502 import cli, headless
from tui502.cli import texts
from tui502.cli.changes import OUTCOME_CODES
from tui502.model.changes import Outcome, Progress, StagedChange, Tested
from tui502.model.findings import Command

FOREIGN = {"/etc/nginx/sites-enabled/blog": "changed 3 minutes ago by nobody we know"}
FINDING = replace(incident().findings[0], fixes=(POINT,))


class Session(FakeSession):
    """Ends a change as `outcome`, an older one before it."""

    outcome: Outcome = "VERIFIED"
    older: Progress | None = None

    def apply(self, change: StagedChange, tested: Tested) -> str:
        self.calls.append("apply")
        if self.older:
            self.on_progress(self.older)
        now = replace(progress(change), id=change.id)
        self.on_progress(now)
        self.on_progress(replace(now, question="keep it?"))
        self.on_progress(replace(now, receipt=replace(receipt(change, self.outcome), id=change.id)))
        return change.id


@pytest.fixture
def session() -> Session:
    return Session(incident((FINDING,)))


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sits at a terminal and answers with the given lines."""

    def sits(*answers: str) -> io.StringIO:
        lines = io.StringIO("".join(f"{answer}\n" for answer in answers))
        monkeypatch.setattr(lines, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", lines)
        return lines

    return sits


def fixed(session: Session, *, dry_run: bool = False, yes: bool = False) -> Outcome | None:
    return headless.fix("", dry_run=dry_run, yes=yes, keep_after=0.0, session=session)


def test_a_yes_beforehand_is_enough_for_what_is_ours(session: Session) -> None:
    """If this fails, a script cannot repair anything."""
    assert fixed(session, yes=True) == "VERIFIED"
    assert session.calls[-2:] == ["apply", "stop"]


def test_a_yes_beforehand_is_not_the_second_yes(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, --yes loads a colleague's half finished edit that nobody has looked at."""
    session.foreign = FOREIGN
    assert fixed(session, yes=True) == "REFUSED"
    assert "apply" not in session.calls
    said = capsys.readouterr().err
    assert "/etc/nginx/sites-enabled/blog" in said
    assert "second yes" in said


@pytest.mark.parametrize(
    ("answers", "foreign", "outcome"),
    [
        (("y",), {}, "VERIFIED"),
        (("",), {}, "REFUSED"),
        ((), {}, "REFUSED"),
        (("y", "y"), FOREIGN, "VERIFIED"),
        (("y", ""), FOREIGN, "REFUSED"),
        (("y",), FOREIGN, "REFUSED"),
    ],
)
def test_a_person_is_asked_twice_where_more_is_loaded(session: Session, person: Any, answers: tuple[str, ...], foreign: dict[str, str], outcome: str) -> None:
    """If this fails, one yes loads what is not ours, or no answer counts as one."""
    session.foreign = foreign
    person(*answers)
    assert fixed(session) == outcome
    assert ("apply" in session.calls) == (outcome == "VERIFIED")


def test_a_closed_standard_input_is_nobody_to_ask(session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a job of a scheduler that closes its input gets a bug of ours instead of a refusal."""
    monkeypatch.setattr("sys.stdin", None)
    assert fixed(session) == "REFUSED"
    assert "there is nobody to ask" in capsys.readouterr().err


def test_a_dry_run_has_no_outcome(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a run that changed nothing reports that something was kept."""
    assert fixed(session, dry_run=True) is None
    assert "apply" not in session.calls
    said = capsys.readouterr().err
    assert "dry run: nothing was changed" in said
    assert "KEPT" not in said
    assert OUTCOME_CODES[None] == 0


def test_the_end_of_an_older_change_is_not_ours(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, what was recovered from yesterday is reported, with its exit code, as the outcome of this repair."""
    before = replace(staged(), id="before")
    session.older = replace(progress(before), id="before", receipt=replace(receipt(before, "NEEDS HAND"), id="before"))
    assert fixed(session, yes=True) == "VERIFIED"
    assert "NEEDS HAND" not in capsys.readouterr().err


def test_the_commands_that_bring_an_undone_change_back_are_no_undo(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a person types what is called undo and has the change live again."""
    session.undo = lambda receipt="": replace(staged(), undoes="20261122-031431")  # type: ignore[method-assign]
    assert headless.undo("", yes=True, session=session) == "VERIFIED"
    said = capsys.readouterr().err
    assert "redo      cp -p" in said
    assert "undo      " not in said
    assert fixed(session, yes=True) == "VERIFIED"
    assert "undo      cp -p" in capsys.readouterr().err


def test_what_only_a_person_can_decide_is_told(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, somebody waits at the prompt and does not know that his word is wanted."""
    fixed(session, yes=True)
    assert capsys.readouterr().err.count("waiting   keep it?") == 1


@pytest.mark.parametrize("when", ["looking", "applying"])
def test_a_bug_in_the_session_ends_it(session: Session, when: str) -> None:
    """If this fails, the program waits for ever for a thread that is no more."""
    if when == "looking":

        def start(on_incident: Any, on_progress: Any, on_failure: Any) -> None:
            on_failure(ValueError("boom"))
    else:
        start = session.start  # type: ignore[assignment]

        def apply(change: StagedChange, tested: Tested) -> str:
            session.on_failure(ValueError("boom"))
            return change.id

        session.apply = apply  # type: ignore[method-assign]
    session.start = start  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="boom"):
        fixed(session, yes=True)
    assert session.calls[-1] == "stop"


def test_a_command_from_the_host_steers_no_terminal() -> None:
    """If this fails, the name of a program or unit moves the cursor and hides what is agreed to."""
    command = Command(("supervisorctl", "start", "\x1b[2Jshop\r\n"), "", "", "", None, None)
    text = headless.described(replace(staged(), files=(), fixes=(replace(POINT, commands=(command,)),)))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "␛[2Jshop" in text


def test_talk_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a file name of the host, in an error of the system, is obeyed by the terminal."""
    headless._say("one\x1b[31m\ntwo\x07")
    cli.say("three\x1b]0;x\x07\nfour")
    assert capsys.readouterr().err == "one␛[31m\ntwo␇\ntui502: three␛]0;x␇\nfour\n"


def test_a_crash_is_told_without_the_hosts_words_in_force(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, an exception that quotes hostile text steers the terminal."""

    def diagnose(args: object) -> int:
        raise ValueError("\x1b[2J")

    monkeypatch.setattr(texts, "diagnose", diagnose)
    assert cli.main(["diagnose"]) == cli.BUG
    assert "\x1b" not in capsys.readouterr().err
