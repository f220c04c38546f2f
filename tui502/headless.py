"""The repair without a screen: `tui502 fix` and `tui502 undo`. The same session, the same runner, the same decision; talk goes to standard error."""

from __future__ import annotations

import shlex
import sys
import threading
from queue import SimpleQueue

from tui502 import engine
from tui502.model.changes import Outcome, Progress, Receipt, StagedChange
from tui502.model.findings import Finding, Fix, Incident
from tui502.model.session import Refused, Session
from tui502.text import neutral, neutral_lines

SETTLED = 15.0
"""Seconds to wait for the investigation before a change is taken back."""


def fix(wanted: str, *, dry_run: bool, yes: bool, keep_after: float, session: Session) -> Outcome | None:
    """Stage, test, apply and verify one offered fix. REFUSED when there is none to choose, or nobody said yes; None for a dry run, which has no outcome."""
    done = _Watch(session)
    try:
        incident = done.settled(engine.FIRST_VIEW)
        chosen = choose(incident, wanted, yes)
        change = session.stage((chosen,))
        if keep_after:
            change = with_deadline(change, keep_after)
        return _carry_through(change, dry_run=dry_run, yes=yes, session=session, done=done)
    except Refused as refused:
        _say(f"REFUSED  {refused}")
        return "REFUSED"
    finally:
        session.stop()


def undo(wanted: str, *, yes: bool, session: Session) -> Outcome | None:
    """Take the last change back, or the one named. REFUSED when something else changed since, or nobody said yes."""
    done = _Watch(session)
    try:
        done.settled(SETTLED)
        return _carry_through(session.undo(wanted), dry_run=False, yes=yes, session=session, done=done)
    except Refused as refused:
        _say(f"REFUSED  {refused}")
        return "REFUSED"
    finally:
        session.stop()


def choose(incident: Incident, wanted: str, yes: bool) -> Fix:
    """The fix named, or the only one that a person need not choose. Raises Refused, listing what is offered."""
    offers = [(finding, fix) for finding in incident.findings for fix in finding.fixes if fix.kind != "advice"]
    listed = "\n".join(f"  {fix.id}  {finding.certainty:8}  {neutral(fix.title)}" for finding, fix in offers)
    if wanted:
        named = [fix for _, fix in offers if fix.id == wanted]
        if not named:
            raise Refused(f"no fix {neutral(wanted)} is offered" + (f"; these are:\n{listed}" if listed else ": nothing is offered at all"))
        return named[0]
    proven = [fix for finding, fix in offers if finding.certainty == "proven"]
    if not proven:
        raise Refused("no fix is proven" + (f"; offered are:\n{listed}" if listed else ", none is offered"))
    if len(proven) > 1 or (yes and _has_alternative(proven[0], offers)):
        raise Refused(f"several fixes are offered, name one:\n{listed}")
    return proven[0]


def _has_alternative(fix: Fix, offers: list[tuple[Finding, Fix]]) -> bool:
    return bool(fix.alternative_to) and len(offers) > 1


def with_deadline(change: StagedChange, seconds: float) -> StagedChange:
    import dataclasses

    return dataclasses.replace(change, keep_after=seconds)


class _Watch:
    """Waits for the first settled incident, then for the receipt of a change. Other changes that end meanwhile are not ours to report. Raises what ended
    the session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._incident = threading.Event()
        self._news: SimpleQueue[Progress | Exception] = SimpleQueue()
        self._failed: Exception | None = None
        session.start(self._seen, self._news.put, self._fail)

    def settled(self, seconds: float) -> Incident:
        """The incident once no look is awaited any more, or that time is up. Raises Refused when nothing could be seen at all."""
        self._incident.wait(seconds)
        if self._failed:
            raise self._failed
        incident = self._session.incident()
        if incident is None:
            raise Refused("this host could not be looked at in time")
        return incident

    def finished(self, change: str) -> Receipt:
        """The receipt of the change with that id; its steps are told as they come."""
        told, question = 0, ""
        while True:
            news = self._news.get()
            if isinstance(news, Exception):
                raise news
            if news.id != change:
                continue
            for result in news.results[told:]:
                _say(f"{result.kind:9} {'done  ' if result.ok else 'FAILED'} {neutral(result.text)}")
            told = max(told, len(news.results))
            if news.question not in ("", question):
                _say(f"waiting   {neutral(news.question)} (the screen can say so: tui502; unanswered it is decided by the rules)")
            question = news.question
            if news.receipt:
                return news.receipt

    def _seen(self, incident: Incident) -> None:
        if not incident.looking:
            self._incident.set()

    def _fail(self, error: Exception) -> None:
        self._failed = error
        self._news.put(error)
        self._incident.set()


def _carry_through(change: StagedChange, *, dry_run: bool, yes: bool, session: Session, done: _Watch) -> Outcome | None:
    print(described(change))
    tested = session.test(change)
    _say(f"test      {'passed' if tested.ok else 'FAILED'} ({tested.method}) {neutral(tested.said.strip())}")
    for unproven in tested.unproven:
        _say(f"          not proven: {neutral(unproven)}")
    if not tested.ok:
        raise Refused("the staged state does not pass its test; nothing was changed")
    if dry_run:
        _say("dry run: nothing was changed")
        return None
    if not (_agreed_beforehand(change) if yes else _agreed(change)):
        raise Refused("nobody said yes; nothing was changed")
    receipt = done.finished(session.apply(change, tested))
    _say(f"{receipt.outcome}  {neutral(receipt.why)}")
    for line in receipt.undo:
        _say(f"{'redo' if receipt.change.undoes else 'undo'}      {neutral(line)}")
    return receipt.outcome


def _agreed_beforehand(change: StagedChange) -> bool:
    """--yes is one yes: to what is ours."""
    if change.foreign:
        _say(_foreign(change))
        raise Refused("the reload would load what is not ours too, which needs a second yes: run it without --yes and answer; nothing was changed")
    return True


def _agreed(change: StagedChange) -> bool:
    if not (sys.stdin and sys.stdin.isatty()):
        raise Refused("there is nobody to ask; say it beforehand with --yes and the id of the fix")
    if not _answered_yes("Apply?"):
        return False
    if not change.foreign:
        return True
    _say(_foreign(change))
    return _answered_yes("Load that too?")


def _foreign(change: StagedChange) -> str:
    return "\n".join(f"the reload loads what is not ours too: {neutral(path)}: {neutral(what)}" for path, what in change.foreign.items())


def _answered_yes(question: str) -> bool:
    print(f"{question} [no] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def described(change: StagedChange) -> str:
    """The exact diff and argv of a change."""
    lines = [neutral(line) for line in engine.diff_text(change).splitlines()]
    for fix in change.fixes:
        lines += [neutral(f"$ {shlex.join(command.argv)}") for command in fix.commands]
    return "\n".join(lines)


def _say(text: str) -> None:
    print("\n".join(neutral_lines(text)), file=sys.stderr)
