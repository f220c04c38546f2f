"""How a change ends: what was decided is carried out, what went wrong goes back; every way leads to a receipt."""

from __future__ import annotations

import time
from dataclasses import replace

from tui502.apply import back, decide, foreign, journal, receipts
from tui502.apply.work import Run, Stop
from tui502.model.changes import Outcome, Receipt


def stopped(work: Run, stop: Stop) -> Receipt:
    """Before it was live something failed: what was written goes back. The old configuration serves all the time."""
    if not work.wrote:
        outcome: Outcome = "NEEDS HAND" if work.commands or stop.loaded or _overtaken(work, stop) else "REFUSED"
        return receipts.give(work.place, outcome, stop.why + stay(work), work.before)
    loaded = stop.loaded or _overtaken(work, stop)
    done = put_back(work, loaded)
    if not loaded and _overtaken(work, stop):
        done = put_back(work, True)
    clean = done.ok and not work.commands and not stop.unclear
    return receipts.give(work.place, "REFUSED" if clean else "NEEDS HAND", f"{stop.why}; {done.text}{stay(work)}", work.before)


def _overtaken(work: Run, stop: Stop) -> bool:
    """Whether nginx has new workers after all, although it seemed to refuse: what looked like its words was not, and it may run the new text."""
    return bool(stop.served and not stop.served & foreign.ids(foreign.present(work.change)))


def stay(work: Run) -> str:
    """What is said of commands, which nobody has undone."""
    return f"; {work.commands} of the commands had been begun and {'stays' if work.commands == 1 else 'stay'}" if work.commands else ""


def put_back(work: Run, loaded: bool, since: foreign.Ids = frozenset()) -> back.Back:
    """Put the files back, told as a step of its own. `loaded`, `since`: see `back.put_back`."""
    number = len(work.change.steps) + 1
    journal.tell(work.place, "putting_back")
    journal.tell(work.place, "begin", n=number, kind="put_back")
    begun = time.monotonic()
    done = back.put_back(work.place, work.head, loaded, since)
    journal.tell(work.place, "result", n=number, kind="put_back", took=time.monotonic() - begun, ok=done.ok, text=done.text)
    return done


def carry_decision(work: Run, decision: decide.Decision, since: foreign.Ids = frozenset()) -> tuple[Outcome, str]:
    """Do what was decided; the outcome and the reason. `since`: see `back.put_back`."""
    if decision.stays:
        return decide.comes_to(decision, work.change), decision.why
    stays = "; the commands that had been run are not undone" if work.commands else ""
    stays = ("; the reload cannot be undone, nginx runs what is on disk now" if work.change.reload and not work.change.files else "") + stays
    if not decision.put_back:
        return "NEEDS HAND", decision.why + stays
    done = put_back(work, work.change.reload, since) if work.change.files else back.Back(not work.change.reload, False, "no file had been changed")
    if work.commands and not done.conflict:
        left = _undone(work) if decision.rule == "asked" else ("the commands that had been run are not undone",)
        stays = f"; {'; '.join(left)}" if left else "; the commands are undone"
        done = replace(done, ok=done.ok and not left)
    why = f"{decision.why}; {done.text}{stays}"
    if not done.ok:
        return "NEEDS HAND", why
    if work.change.foreign and not work.change.exact:
        return "NEEDS HAND", f"{why}; what nginx ran before is not known exactly, so nobody can say that it runs the same now"
    return decide.comes_to(decision, work.change), why


def _undone(work: Run) -> tuple[str, ...]:
    """Undo the commands, once; what stays."""
    if journal.has_happened(journal.events(work.place), "undoing"):
        return ("whether the commands are undone is not known: a runner was ended while it undid them",)
    journal.tell(work.place, "undoing")
    return back.undo_commands(work.change, work.commands)
