"""The head while a change is being made and decided, and after: CHECKING, VERIFIED, KEPT, PUT BACK, REFUSED, NEEDS HAND."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.model.changes import Baseline, FileChange, Progress, Receipt, StagedChange
from tui502.model.findings import Incident
from tui502.read import keys, times
from tui502.report import site
from tui502.text import neutral, shorten

if TYPE_CHECKING:
    from tui502.report.verdict import Head


def told(head: Head, incident: Incident, progress: Progress, room: int) -> Head:
    """`head` with what the change under way, or its receipt, says instead."""
    if progress.receipt is not None:
        return _ended(head, incident, progress.receipt, room)
    if progress.phase == "applying":
        return replace(head, next=f"U  stop here{_stopped(progress.change)}")
    return _checking(head, incident, progress, room)


def _stopped(change: StagedChange) -> str:
    """What becomes of a change that is stopped half-way."""
    if any(fix.commands for fix in change.fixes):
        return " and put back what was written; what a command did stays" if change.files else "; what a command did stays"
    return " and put back what was written" if change.files else ""


def request_words(baseline: Baseline) -> str:
    """ "GET /cart", '' where nothing is replayed."""
    return neutral(f"{baseline.request.method} {baseline.request.uri}") if baseline.request else ""


def figures(before: Baseline, after: Baseline | None) -> str:
    """ "GET /cart 502 → 200", or the failures where no request can be replayed."""
    asked = request_words(before)
    if asked and before.statuses and after and after.statuses:
        return f"{asked} {before.statuses[-1] or 'no answer'} → {after.statuses[-1] or 'no answer'}"
    if asked and before.statuses:
        return f"{asked} was {before.statuses[-1] or 'without an answer'}"
    return f"{_failed(before)} → {_failed(after)}" if after else "nothing to replay"


def _failed(counted: Baseline) -> str:
    """Failures, in the time in which they were counted."""
    if counted.uncounted:
        return f"failures not counted in {times.span(counted.window)}"
    count = sum(counted.failures.values())
    return f"{count} failure{'' if count == 1 else 's'} in {times.span(counted.window)}"


def site_of(receipt_or_change: Progress | Receipt) -> str:
    """The server whose failures were to end."""
    change = receipt_or_change.change
    server = next((keys.outage_server(key) for key in (*change.mends, *change.baseline.failures) if keys.outage_server(key)), "")
    return neutral(server or (change.baseline.request.host if change.baseline.request else "the site"))


def _clock(incident: Incident, at: float) -> str:
    return times.clock(at, incident.evidence.taken_at, incident.evidence.utc_offset)


def live_since(change: Progress | Receipt) -> float:
    """When the change took effect: its reload or its last command; 0 before that."""
    return max((result.at for result in change.results if result.kind in ("reload", "command") and result.ok), default=0.0)


def _fitting(parts: Sequence[str], room: int) -> str:
    """The clauses from the left that fit, the first one at least."""
    fits = (" · ".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((text for text in fits if len(text) <= room), parts[0])


def _checking(head: Head, incident: Incident, progress: Progress, room: int) -> Head:
    """What is compared, what was seen so far, and who can decide: the runner by its rules, or a person."""
    after, since = progress.after, live_since(progress)
    compared = figures(progress.baseline, after)
    text = f"the change is live and is being checked: {compared}"
    if after and after.statuses and not after.uncounted and not sum(after.failures.values()) and since:
        text += f", no failure since {'the reload at ' if progress.change.reload else ''}{_clock(incident, since)}"
    parts = neutral(progress.so_far).split(" · ") if progress.so_far else []
    so_far = _fitting([*parts[:2], "nothing is worse", *parts[2:]], room) if parts else "the first answers are awaited"
    if progress.question:
        text = shorten(f"asks you: {neutral(progress.question)}", 110)
    ask = "K  keep it · U  put it back · X  watch for longer" if progress.question else "nothing to do, or K  keep now · U  put back now"
    return replace(head, word="CHECKING", sentence=text, since=_checked_since(head, incident, progress), known_word="SO FAR", known=so_far, next=ask)


def _checked_since(head: Head, incident: Incident, progress: Progress) -> str:
    """How long it failed until the change took effect, and how many sites are fine."""
    since = live_since(progress)
    if not since:
        return head.since
    mended = [outage for outage in incident.facts.outages if outage.key in progress.change.mends and outage.first]
    began = f"{_clock(incident, min(outage.first for outage in mended))} to {_clock(incident, since)}" if mended else f"live since {_clock(incident, since)}"
    fine = site.fine(incident)
    return " · ".join((began, *([f"{fine} site{'' if fine == 1 else 's'} fine"] if fine else [])))


def _ended(head: Head, incident: Incident, receipt: Receipt, room: int) -> Head:
    before, after = receipt.before, receipt.after
    why = neutral(receipt.why)
    answers = sum(1 for status in after.statuses if 200 <= status < 400)
    proof = [f"{request_words(before)} answered {answers} of {len(after.statuses)}"] if after.statuses and before.request else []
    if after.requests is not None and after.uncounted:
        proof.append(f"{after.bad} of {after.requests} requests were answered 502 or 504")
    elif after.requests is not None:
        proof.append(f"{sum(after.failures.values())} of {after.requests} requests fail")
    verified = receipt.outcome == "VERIFIED"
    known = " · ".join((*proof, "nothing is worse")) if verified else why
    return replace(
        head, word=receipt.outcome, sentence=_sentence(receipt), since=_lasted(incident, receipt) or head.since, known_word="PROVEN" if verified else "BECAUSE",
        known=shorten(known, room), next=_next(receipt, _fails_still(incident, receipt)),
    )  # fmt: skip


def _sentence(receipt: Receipt) -> str:
    """How it ended, in one sentence that says no more than what was done."""
    compared, why, change = figures(receipt.before, receipt.after), neutral(receipt.why), receipt.change
    if receipt.outcome == "VERIFIED":
        return f"{site_of(receipt)} works again: {compared}, no failure in {receipt.after.window:.0f} s; the change stays"
    if receipt.outcome == "KEPT":
        return shorten(f"change {change.undoes} is undone: {taken_back(change)}", 110) if change.undoes else f"the change was kept by hand: {compared}"
    if receipt.outcome == "PUT BACK":
        return f"{_put_back(receipt)}; {_what_stays(receipt)}"
    if receipt.outcome == "REFUSED":
        return f"every file is as it was before: {why}" if _restored(receipt) else f"nothing was changed: {why}"
    if receipt.rule == "foreign":
        return f"somebody else changed it meanwhile, so nothing more was touched: {why}"
    if receipt.rule in _DID_NOT_HELP and not _restored(receipt):
        return f"the change {_DID_NOT_HELP[receipt.rule]}, and it stays until a person takes it back: {compared}"
    return f"neither the old nor the new state could be reached: {why}"


_DID_NOT_HELP = {"unchanged": "did not help", "progress": "brought another failure", "unproven": "could not be proven"}
"""What is said of a change whose time was up, by the rule that held then."""


def _put_back(receipt: Receipt) -> str:
    compared = figures(receipt.before, receipt.after)
    if receipt.rule in _DID_NOT_HELP:
        return f"the change {_DID_NOT_HELP[receipt.rule]} and is undone: {compared}"
    if receipt.rule == "asked":
        return f"the change was put back by hand: {compared}"
    if receipt.rule == "worse":
        return f"the change made something worse and is undone: {shorten(neutral(receipt.why).partition(';')[0], 60)}"
    return "the change is undone before it was decided"


def _restored(receipt: Receipt) -> bool:
    """Were files put back?"""
    return any(result.kind == "put_back" for result in receipt.results)


def _lasted(incident: Incident, receipt: Receipt) -> str:
    """From the first failure to the moment the change took effect, as far as the logs tell; else from its first step on. '' where nothing has ended."""
    if receipt.outcome not in ("VERIFIED", "KEPT"):
        return ""
    if receipt.change.undoes:
        return f"{_clock(incident, receipt.at)} it is undone"
    mended = [outage for outage in incident.facts.outages if outage.key in receipt.change.mends and outage.first]
    began = min((outage.first for outage in mended), default=receipt.results[0].at if receipt.results else receipt.at)
    ended = live_since(receipt) or receipt.at
    failed = sum(outage.client_visible for outage in mended)
    text = f"{_clock(incident, began)} to {_clock(incident, ended)}, {times.span(ended - began)}"
    return f"{text} · {failed} requests failed" if failed else text


def _fails_still(incident: Incident, receipt: Receipt) -> str:
    """Another site that fails all the same, '' for none: this change had nothing to do with it."""
    mended, since = {keys.outage_server(key) for key in receipt.change.mends}, live_since(receipt)
    outages = [each for each in incident.facts.outages if each.now and keys.outage_server(each.key) not in mended]
    return next((each.target.server or "a site" for each in outages if each.replay in (502, 504) or (each.client_visible and each.last > since)), "")


def _next(receipt: Receipt, other: str) -> str:
    if receipt.change.undoes and receipt.outcome == "KEPT":
        return "esc  look again: what was mended fails again"
    if other and receipt.outcome in ("VERIFIED", "KEPT"):
        return f"esc  look again: {neutral(other)} fails still" + (" · u  undo it" if receipt.outcome == "KEPT" and offers_undo(receipt) else "")
    if receipt.outcome == "KEPT":
        return "W  watch whether it stays so" + (" · u  undo it" if offers_undo(receipt) else "") + " · q  quit"
    return f"u  take it back · {_NEXT[receipt.outcome]}" if receipt.outcome == "NEEDS HAND" and offers_undo(receipt) else _NEXT[receipt.outcome]


_NEXT = {
    "VERIFIED": "W  watch whether it stays so · q  quit",
    "PUT BACK": "esc  look again: the failure is still there",
    "REFUSED": "esc  look again",
    "NEEDS HAND": "4  read what was, what we wrote, what is now, and the commands",
}

FILES: Mapping[str, str] = {"VERIFIED": "changed", "KEPT": "changed", "PUT BACK": "put back", "REFUSED": "unchanged", "NEEDS HAND": "file"}
"""What became of the files of a change, by its outcome."""


_NEW: Mapping[str, str] = {"VERIFIED": "made new", "KEPT": "made new", "PUT BACK": "removed", "REFUSED": "not made", "NEEDS HAND": "new file"}


def became(file: FileChange, outcome: str) -> str:
    """What became of one file of a change, in a word or two."""
    return _NEW[outcome] if file.verb == "make" and not file.link else FILES[outcome]


def can_be_undone(change: StagedChange) -> bool:
    """Is there a way back by this program? None of a mere reload, of a command without its opposite, and of an undo."""
    return not change.undoes and bool(change.files or any(command.undo for fix in change.fixes for command in fix.commands))


def offers_undo(receipt: Receipt) -> bool:
    """Would an undo find it?"""
    left = receipt.outcome == "NEEDS HAND" and receipt.rule in _DID_NOT_HELP and not _restored(receipt)
    return (left or receipt.outcome in ("VERIFIED", "KEPT")) and can_be_undone(receipt.change)


def taken_back(change: StagedChange) -> str:
    """What an undo takes back, in the words of the repair: "take back: start app.service"."""
    return neutral("; ".join(fix.title for fix in change.fixes)) or "every file as it was before"


def commands_run(receipt: Receipt) -> int:
    """How many of its commands were run."""
    return sum(1 for result in receipt.results if result.kind == "command" and result.ok)


def _what_stays(receipt: Receipt) -> str:
    """Edits go back by themselves; what a command did is not undone."""
    if any(fix.commands for fix in receipt.change.fixes):
        return "the files are as before, what a command did stays"
    return "every file is as it was before"
