"""What another runner began and did not live to end."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from tui502.apply import back, decide, foreign, journal, receipts
from tui502.apply.ending import carry_decision, put_back, stay
from tui502.apply.settle import settle
from tui502.apply.work import Run
from tui502.model.changes import Receipt


def resume(place: Path) -> Receipt:
    """End it. What was decided is carried out; else edits go back, and commands are watched on."""
    head, seen = journal.head(place), journal.events(place)
    figures = [event.figures for event in seen if event.figures]
    before = figures[0] if figures else head.change.baseline
    work = Run(place, head, before, wrote=bool(head.change.files), commands=back.commands_begun(seen))
    _tell_of_a_cut_command(place, seen)
    decided = next((event for event in seen if event.what == "decided"), None)
    since = foreign.remembered(seen)
    after = figures[-1] if figures else None
    if decided and decided.ok:
        return receipts.give(place, "VERIFIED" if decided.text == "verified" else "KEPT", "decided before the runner was ended", before, after)
    if decided:
        outcome, why = carry_decision(work, decide.Decision(_rule(decided.text), False, decided.put_back, decided.why), since)
        return receipts.give(place, outcome, f"decided before the runner was ended: {why}", before, after)
    if not journal.has_happened(seen, "applying"):
        return receipts.give(place, "REFUSED", "the runner was ended before it changed anything", before)
    loaded = head.change.reload and journal.has_happened(seen, "reloading")
    if not head.change.files and (loaded or work.commands):
        return settle(work, {})
    done = put_back(work, loaded, since)
    unclear = not done.ok or work.commands or (loaded and head.change.foreign and not head.change.exact)
    outcome = "NEEDS HAND" if unclear else "PUT BACK" if loaded else "REFUSED"
    return receipts.give(place, outcome, f"the runner was ended before it could decide; {done.text}{stay(work)}", before, after)


def _tell_of_a_cut_command(place: Path, seen: tuple[journal.Event, ...]) -> None:
    """A command during which the runner was ended was run, whatever it came to: a receipt must not say that it was not."""
    ended = {result.n for result in journal.results(seen)}
    for event in seen:
        if event.what == "begin" and event.kind == "command" and event.n not in ended:
            journal.tell(place, "result", n=event.n, kind=event.kind, text="begun; how it ended was not seen, the runner was ended meanwhile")


def _rule(word: str) -> decide.Rule:
    """The rule that a journal names."""
    return next((rule for rule in get_args(decide.Rule) if rule == word), "unchanged")
