"""The time of the decision: a live change is watched until it is certain whether it stays."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tui502.apply import decide, journal, receipts
from tui502.apply.ending import carry_decision
from tui502.apply.observe import Watch, observe
from tui502.apply.telling import Person, Teller
from tui502.apply.work import Run, steps_of
from tui502.model.changes import Receipt


def settle(work: Run, alive: Mapping[str, bool]) -> Receipt:
    """Watch until it is decided, carry the decision out, and say so. `alive` are the listens and peers that answered before."""
    change, place = work.change, work.place
    watch = Watch(change, alive, time.monotonic() + change.keep_after)
    person = Person(place, watch, change.keep_after)
    journal.tell(place, "deciding", took=change.keep_after)
    for one in steps_of(change, "verify"):
        journal.tell(place, "begin", n=one.n, kind=one.kind)
    told = Teller(place, change, work.before)
    begun = time.monotonic()
    try:
        decision, seen = observe(watch, work.before, person, told)
    finally:
        watch.close()
    took = time.monotonic() - begun
    for one in steps_of(change, "verify"):
        journal.tell(place, "result", n=one.n, kind=one.kind, took=took, ok=decision.stays, text=decide.figures(work.before, seen))
    for one in steps_of(change, "decide"):
        journal.tell(place, "result", n=one.n, kind=one.kind, ok=decision.stays, text=decision.why)
    journal.tell(place, "decided", text=decision.rule, ok=decision.stays, put_back=decision.put_back, why=decision.why)
    outcome, why = carry_decision(work, decision)
    return receipts.give(place, outcome, why, work.before, seen.after)
