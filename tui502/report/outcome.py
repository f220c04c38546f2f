"""The head while a change is being made and decided, and after: CHECKING, VERIFIED, KEPT, PUT BACK, REFUSED, NEEDS HAND."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui502.model.changes import Baseline, Progress, Receipt
from tui502.model.findings import Incident
from tui502.read import keys, times
from tui502.text import neutral, shorten

if TYPE_CHECKING:
    from tui502.report.verdict import Head


def told(head: Head, incident: Incident, progress: Progress, room: int) -> Head:
    """`head` with what the change under way, or its receipt, says instead."""
    if progress.receipt is not None:
        return _ended(head, incident, progress.receipt, room)
    if progress.phase == "applying":
        return replace(head, next="U  stop here and put back what was written")
    return _checking(head, incident, progress)


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
    return f"failures {sum(before.failures.values())} → {sum(after.failures.values())}" if after else "nothing to replay"


def site_of(receipt_or_change: Progress | Receipt) -> str:
    """The server whose failures were to end."""
    change = receipt_or_change.change
    server = next((keys.outage_server(key) for key in (*change.mends, *change.baseline.failures) if keys.outage_server(key)), "")
    return neutral(server or (change.baseline.request.host if change.baseline.request else "the site"))


def _clock(incident: Incident, at: float) -> str:
    return times.clock(at, incident.evidence.taken_at, incident.evidence.utc_offset)


def _live_since(progress: Progress) -> float:
    """When the change took effect: its reload or its last command."""
    return max((result.at for result in progress.results if result.kind in ("reload", "command") and result.ok), default=0.0)


def _checking(head: Head, incident: Incident, progress: Progress) -> Head:
    change, after = progress.change, progress.after
    since = _live_since(progress)
    text = f"the change is live and is being checked: {figures(change.baseline, after)}"
    if after and not sum(after.failures.values()) and since:
        text += f", no failure since {_clock(incident, since)}"
    answers = [status for status in (after.statuses if after else ()) if 200 <= status < 400]
    so_far = [f"{len(answers)} of {len(after.statuses)} replays answer"] if after and after.statuses else ["the first answers are awaited"]
    if after and after.requests is not None:
        so_far.append(f"{sum(after.failures.values())} of {after.requests} requests fail")
    asked = f"{neutral(progress.question)} " if progress.question else "nothing to do, or "
    return replace(
        head, word="CHECKING", sentence=text, since=f"{_clock(incident, since)} the change is live" if since else head.since, known_word="SO FAR",
        known=" · ".join(so_far), next=f"{asked}K  keep now · U  put back now",
    )  # fmt: skip


def _ended(head: Head, incident: Incident, receipt: Receipt, room: int) -> Head:
    before, after = receipt.before, receipt.after
    compared = figures(before, after)
    why = neutral(receipt.why)
    since = _lasted(incident, receipt)
    sentences = {
        "VERIFIED": f"{site_of(receipt)} works again: {compared}, no failure in {after.window:.0f} s; the change stays",
        "KEPT": f"the change was kept by hand: {compared}",
        "PUT BACK": f"the change did not help and is undone: {compared}; {_what_stays(receipt)}",
        "REFUSED": f"nothing was changed: {why}",
        "NEEDS HAND": f"neither the old nor the new state could be reached: {why}",
    }
    answers = sum(1 for status in after.statuses if 200 <= status < 400)
    proof = [f"{request_words(before)} answered {answers} of {len(after.statuses)}"] if after.statuses and before.request else []
    if after.requests is not None:
        proof.append(f"{sum(after.failures.values())} of {after.requests} requests fail")
    verified = receipt.outcome == "VERIFIED"
    known = " · ".join((*proof, "nothing is worse")) if verified else why
    return replace(
        head, word=receipt.outcome, sentence=sentences[receipt.outcome], since=since, known_word="PROVEN" if verified else "BECAUSE",
        known=shorten(known, room), next=_NEXT[receipt.outcome],
    )  # fmt: skip


def _lasted(incident: Incident, receipt: Receipt) -> str:
    """From the first failure to the moment the change took effect, as far as the logs tell; else from its first step to its receipt."""
    mended = [outage for outage in incident.facts.outages if outage.key in receipt.change.mends and outage.first]
    began = min((outage.first for outage in mended), default=receipt.results[0].at if receipt.results else receipt.at)
    took_effect = [result.at for result in receipt.results if result.kind in ("reload", "command") and result.ok]
    ended = max(took_effect, default=receipt.at) if receipt.outcome in ("VERIFIED", "KEPT") else receipt.at
    failed = sum(outage.client_visible for outage in mended)
    text = f"{_clock(incident, began)} to {_clock(incident, ended)}, {times.span(ended - began)}"
    return f"{text} · {failed} requests failed" if failed else text


_NEXT = {
    "VERIFIED": "nothing to do · q  quit",
    "KEPT": "nothing to do · u  undo it · q  quit",
    "PUT BACK": "esc  look again: the failure is still there",
    "REFUSED": "esc  look again",
    "NEEDS HAND": "4  read what was, what we wrote, what is now, and the commands",
}


def _what_stays(receipt: Receipt) -> str:
    """Edits go back by themselves; what a command did is not undone."""
    if any(fix.commands for fix in receipt.change.fixes):
        return "the files are as before, what a command did stays"
    return "every file is as it was before"
