"""Whether a change stays: one pure function from what was before and what is seen since to a decision, the same for screen, command line and nobody.

The rules, in this order: somebody else interfered → worse → a person's word → verified → the time is up. Until one holds there is no decision.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tui502.model.changes import Baseline, Outcome, StagedChange
from tui502.read.hosted import good
from tui502.read.keys import outage_server

Rule = Literal["foreign", "worse", "kept", "asked", "undone", "verified", "progress", "unproven", "unchanged"]

REPLAYS_BEFORE = 3
"""Replays on fresh connections before anything is written."""

LEAST_REPLAYS = 5
"""Good replays in a row below which nothing is verified."""

REPLAY_EVERY = 0.3
"""Seconds between two replays, at least."""

QUIET = 10.0
"""Seconds without a failure after which those that still came after the change were its last: nginx's own fail_timeout."""

LEAST_SPAN = 30.0
"""Seconds that a server which failed before is compared over at least: its failures may come in bursts."""

NEW_FAILURES = 3
"""Failures of a server that was healthy from which on, and a factor over its former rate above which, it is worse."""

SILENT = 3
"""Connections in a row that nginx does not answer, after which it has stopped answering."""


@dataclass(frozen=True)
class Observed:
    """What is seen since the new workers took over; our own requests are not among `after.failures`.

    `after.statuses` are the replays since then in order; `in_streak` the failures per outage key since the last replay that was not good.
    `left` are the seconds until the deadline. `asked` is the word of a person. `workers` says that live workers exist, `silent` are listens that
    answered before and do not now, `foreign` says what somebody else did meanwhile ('' nothing), `peer` whether the peer that must answer does
    (None: not known yet, or it cannot be asked; `asks` says that it can), of a group all that must.
    `edits` and `commands` say what the change is made of, `mends` which outage keys must end, `undoes` that it takes an earlier change back.
    `good_since` counts good replays in a row since the last failure that must end, `quiet` the seconds since it. `queued` connections wait at the backend.
    """

    after: Baseline
    in_streak: Mapping[str, int]
    left: float
    asked: Literal["", "keep", "put_back"] = ""
    workers: bool = True
    silent: tuple[str, ...] = ()
    foreign: str = ""
    peer: bool | None = None
    asks: bool = False
    edits: bool = True
    commands: bool = False
    mends: tuple[str, ...] = ()
    undoes: bool = False
    good_since: int = 0
    quiet: float = 0.0
    queued: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do: `stays` as it is, or goes back (`put_back`), or is left untouched for a person (neither)."""

    rule: Rule
    stays: bool
    put_back: bool
    why: str


def decide(before: Baseline, seen: Observed) -> Decision | None:
    """The decision that is certain now, or None while it is not."""
    if seen.foreign:
        return Decision("foreign", False, False, seen.foreign)
    if worse := what_is_worse(before, seen):
        return Decision("worse", False, seen.edits, worse)
    if seen.asked == "keep":
        return Decision("kept", True, False, f"kept by a person: {figures(before, seen)}")
    if seen.asked == "put_back":
        return Decision("asked", False, True, f"taken back by a person: {figures(before, seen)}")
    if seen.undoes:
        return Decision("undone", True, False, "the earlier change is taken back")
    if is_verified(before, seen):
        return Decision("verified", True, False, figures(before, seen))
    if seen.left > 0:
        return None
    rule = standing(before, seen)
    goes_back = seen.edits and not seen.commands
    return Decision(rule, False, goes_back, f"{REASON[rule]}: {figures(before, seen)}")


REASON: Mapping[Rule, str] = {
    "progress": "the old failure is gone but another one took its place, and the time is up",
    "unproven": "nothing could prove it, nobody decided, and the time is up",
    "unchanged": "nothing is better, and the time is up",
}


def what_is_worse(before: Baseline, seen: Observed) -> str:
    """Why it is worse than before, in words, or ''."""
    if not seen.workers:
        return "nginx has no living workers"
    if seen.silent:
        return f"nginx no longer answers on {', '.join(seen.silent)}"
    was, now = _by_server(before.failures), _by_server(seen.after.failures)
    down_before = {outage_server(key) for key in seen.mends} if before.statuses and not any(map(good, before.statuses)) else set()
    for server, failures in now.items():
        usual = was.get(server, 0) * _scale(before, seen.after)
        if failures >= NEW_FAILURES and failures > NEW_FAILURES * usual and server not in down_before:
            return f"{server or 'a server'} fails now: {_counted(failures, seen.after)}, before it was {_counted(was.get(server, 0), before)}"
    return ""


def _counted(failures: int, figures: Baseline) -> str:
    """A count with the time it was counted in, and of how many requests."""
    return f"{failures}{f' of {figures.requests} requests' if figures.requests else ''} in {figures.window:.0f} s"


def _by_server(failures: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, count in failures.items():
        found[outage_server(key)] = found.get(outage_server(key), 0) + count
    return found


def _scale(before: Baseline, after: Baseline) -> float:
    """What turns a count of the baseline into one of the time since: by requests where both are known, else by time; never of less than LEAST_SPAN."""
    least = LEAST_SPAN / before.window if before.window > 0 else 0.0
    if before.requests and after.requests is not None:
        return max(after.requests / before.requests, least)
    return max(after.window / before.window, least) if before.window > 0 else 0.0


def needed(before: Baseline) -> int:
    """Good replays in a row that verify: more when the failure was intermittent, so that luck does not look like a repair."""
    failing = [status for status in before.statuses if not good(status)]
    return max(LEAST_REPLAYS, math.ceil(3 * len(before.statuses) / len(failing))) if failing else LEAST_REPLAYS


def streak(statuses: tuple[int, ...]) -> int:
    """How many replays in a row, the newest last, were good."""
    n = 0
    for status in reversed(statuses):
        if not good(status):
            break
        n += 1
    return n


def provable(before: Baseline) -> bool:
    """Whether a replay can show anything: there is one, and it failed before."""
    return before.request is not None and any(not good(status) for status in before.statuses)


def was_saved(before: Baseline) -> bool:
    """Whether the request was answered although the peer that is to be mended was dead: other peers saved it."""
    return before.request is not None and bool(before.statuses) and all(map(good, before.statuses)) and before.peer is False


def is_verified(before: Baseline, seen: Observed) -> bool:
    return (
        (provable(before) or (was_saved(before) and seen.peer is True))
        and streak(seen.after.statuses) >= needed(before)
        and (not any(seen.in_streak.get(key, 0) for key in seen.mends) or is_quiet(before, seen))
        and (seen.peer is True or not seen.asks)
        and not is_unseen(seen)
    )


def is_unseen(seen: Observed) -> bool:
    """Whether nothing tells if others still fail: no error log can be read, and no access log says that nobody was answered badly."""
    return seen.after.uncounted and seen.after.bad != 0


def is_quiet(before: Baseline, seen: Observed) -> bool:
    """Whether the failures that must end have ended, though some came after a first good replay: other workers of nginx may go on for some seconds."""
    return seen.good_since >= needed(before) and seen.quiet >= QUIET


def standing(before: Baseline, seen: Observed) -> Rule:
    """What it would be if the time were up now: "verified", "progress", "unproven" or "unchanged"."""
    if is_verified(before, seen):
        return "verified"
    if not provable(before):
        return "unchanged" if was_saved(before) else "unproven"
    if is_unseen(seen) and streak(seen.after.statuses) >= needed(before):
        return "unproven"
    newest = seen.after.statuses[-1:]
    if newest and not good(newest[0]) and newest[0] not in before.statuses and newest[0] != 0:
        return "progress"
    new_symptoms = [
        key for key, count in seen.in_streak.items() if count and key not in before.failures and outage_server(key) in map(outage_server, seen.mends)
    ]
    if new_symptoms and not any(seen.in_streak.get(key, 0) for key in seen.mends):
        return "progress"
    return "unchanged"


def outlook(before: Baseline, seen: Observed) -> Decision | None:
    """What it comes to when the time is up and nothing changes until then: replays go on as the newest one, and failures that stayed away since enough good
    ones stay away. None while too little is known."""
    if (provable(before) and not seen.after.statuses) or (seen.asks and seen.peer is None):
        return None
    more = min(needed(before), int(max(0.0, seen.left) / REPLAY_EVERY))
    statuses = (*seen.after.statuses, *seen.after.statuses[-1:] * more)
    stays_away = seen.good_since >= needed(before)
    return decide(before, replace(seen, after=replace(seen.after, statuses=statuses), quiet=seen.quiet + seen.left * stays_away, left=0.0))


def comes_to(decision: Decision, change: StagedChange) -> Outcome:
    """The outcome of a decision that is carried out without a hitch. Commands are undone only where a person asked for it, and where it is not known exactly
    what nginx ran before, nobody can say that it runs the same again."""
    if decision.stays:
        return "VERIFIED" if decision.rule == "verified" else "KEPT"
    ran = any(fix.commands for fix in change.fixes) and decision.rule != "asked"
    only_loaded, unknown = change.reload and not change.files, bool(change.foreign) and not change.exact
    return "NEEDS HAND" if not decision.put_back or ran or only_loaded or unknown else "PUT BACK"


def question(before: Baseline, seen: Observed) -> str:
    """What only a person can decide now, or ''."""
    rule = standing(before, seen)
    if rule == "unproven" and provable(before):
        return "the replays are good, but failures cannot be counted: no error log can be read. Keep it, or put it back"
    if rule == "unproven":
        return "nothing can be replayed that failed before: does it work now? Keep it, or put it back"
    if rule == "progress":
        return "the old failure is gone, another one shows: keep it and go on with the next, or put it back"
    return ""


def figures(before: Baseline, seen: Observed) -> str:
    """Before and after in a clause."""
    return ", ".join(clauses(before, seen))


def clauses(before: Baseline, seen: Observed) -> tuple[str, ...]:
    """Before and after: the replays, the failures, the backend."""
    parts = []
    if before.request:
        tried = seen.after.statuses
        was, now = _brief(before.statuses), _brief(tried[-max(streak(tried), 1) :])
        wanted = needed(before)
        counted = f", {min(streak(tried), wanted)} of {wanted}" if provable(before) else ""
        parts.append(f"{before.request.method} {before.request.uri} {was} → {now}{counted}")
    gone = sum(seen.in_streak.get(key, 0) for key in seen.mends)
    if seen.after.uncounted:
        parts.append("failures not counted: no error log can be read")
    elif seen.mends:
        more = f"{gone} more failure{'' if gone == 1 else 's'}"
        parts.append("no failure since" if not gone else f"{more} at first, none for {seen.quiet:.0f} s" if is_quiet(before, seen) else more)
    if seen.peer is not None:
        parts.append("the backend answers" if seen.peer else "the backend does not answer")
    if seen.queued:
        parts.append(f"{seen.queued} connection{' waits' if seen.queued == 1 else 's wait'} at the backend")
    return tuple(parts) or (f"nothing failed in {seen.after.window:.0f} s",)


def _brief(statuses: tuple[int, ...]) -> str:
    distinct = dict.fromkeys("no answer" if status == 0 else str(status) for status in statuses)
    return "/".join(distinct) or "not asked"
