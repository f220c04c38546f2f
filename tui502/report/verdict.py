"""The head of the screen: what is broken, since when and for whom, how that is known, and the one key that helps most now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui502.model.changes import Progress, StagedChange, Tested
from tui502.model.findings import Finding, Incident
from tui502.read import times
from tui502.report import outcome, site
from tui502.report.rate import rate
from tui502.text import neutral, shorten

AT = 10
"""The column at which the texts of the head begin."""

WIDE, NARROW = 110, 80

_LOOPBACK = re.compile(r"(?<![\w.:])127\.0\.0\.1(?=:\d)")
"""Left out of the clues of the head: ":3000 refused just now"."""


@dataclass(frozen=True, slots=True)
class Head:
    """The rows: `status` and, right-aligned in the same row, `rate`; the state `word` and the `sentence`; `since`; how it is known (`known_word`, `known`);
    `next`. All but the sentence fit the width asked for; keys in `next` stand before two blanks."""

    status: str
    word: str
    sentence: str
    since: str
    known_word: str
    known: str
    next: str
    rate: str


FIRST = Head(
    "", "LOOKING", "the newest lines of the error log stand below; nginx, its configuration and its backends are looked at",
    "not known yet", "SO FAR", "nothing is proven, so no cause is named", "wait, or q  quit", "",
)  # fmt: skip
"""Before anything is known."""


def head(incident: Incident | None, progress: Progress | None, staged: StagedChange | None, tested: Tested | None, width: int) -> Head:
    """The head for a terminal of `width` columns."""
    if incident is None:
        return FIRST
    room = width - AT - 1
    told = _of_incident(incident, width)
    if progress is not None:
        told = outcome.told(told, incident, progress, room)
    elif staged is not None:
        told = _of_staged(told, staged, tested, room)
    return replace(told, next=shorten(told.next, room), known=shorten(told.known, room), since=shorten(told.since, room))


def clauses(texts: Sequence[str], room: int, *, count: bool = False) -> str:
    """As many texts as fit, joined by " · "; `count` says how many were left out ("2 more")."""
    shown: list[str] = []
    for n, text in enumerate(texts):
        left = len(texts) - n - 1
        tail = f" · {left} more" if count and left else ""
        if shown and len(" · ".join((*shown, text))) + len(tail) > room:
            break
        shown.append(text)
    left = len(texts) - len(shown)
    tail = f" · {left} more" if count and left else ""
    return shorten(" · ".join(shown), room - len(tail)) + tail


def _of_incident(incident: Incident, width: int) -> Head:
    finding, room = site.first(incident), width - AT - 1
    word = site.word(incident)
    status, figures = _status(incident, width)
    if incident.looking and not (finding and finding.certainty in ("proven", "likely")) and word in ("LOOKING", "UP"):
        return replace(FIRST, status=status, rate=figures)
    known_word, known = _known(incident, finding, room)
    since = clauses(_since(incident, finding, width), room)
    return Head(status, word, site.sentence(incident), since, known_word, known, _next(incident, finding, word), figures)


def _status(incident: Incident, width: int) -> tuple[str, str]:
    """(left part, rate), what matters least left out until both fit."""
    left, right = _blocks(incident, width), ""
    for cells, label, keep in ((22 if width >= WIDE else 16 if width >= NARROW else 11, width >= NARROW, len(left)), (8, width >= NARROW, 3), (0, False, 3)):
        right = rate(incident, cells, label=label)
        text = ("   " if width >= WIDE else "  ").join(left[:keep])
        if len(text) + len(right) + 4 <= width:
            return text, right
    return shorten(text, max(1, width - len(right) - 4)), right


def _blocks(incident: Incident, width: int) -> list[str]:
    """Host; nginx; what is not loaded; then what may be left out: the test's success, the user."""
    nginx, evidence = incident.facts.nginx, incident.evidence
    version = f" {nginx.version}" if nginx.version and width >= NARROW else ""
    age = f" {times.age(evidence.taken_at - nginx.since)}" if width >= WIDE and nginx.since else ""
    state = f"up{age}" if nginx.running else "not running"
    several = f" 1 of {len(evidence.other_masters) + 1}" if evidence.other_masters else ""
    loaded = "-t fails" if nginx.test == "failed" else _loaded(incident, width)
    tested = ["-t ok"] if nginx.test == "ok" and width >= WIDE else []
    user = ["root" if evidence.euid == 0 else "not root"] if width >= NARROW else []
    return [neutral(evidence.host), f"nginx{several}{version} {state}", loaded, *tested, *user]


def _loaded(incident: Incident, width: int) -> str:
    drift = incident.facts.drift
    if drift.state == "same":
        return "all loaded"
    if drift.state == "unknown":
        return "loaded? not seen"
    count, what = (drift.lines, "line") if drift.exact and drift.lines else (len(drift.changed), "file")
    on_disk = " on disk" if width >= WIDE else ""
    return f"{count} {what}{'' if count == 1 else 's'}{on_disk} not loaded"


def _since(incident: Incident, finding: Finding | None, width: int) -> list[str]:
    """When it began and how long ago, the share that fails now and at worst, the sites that are fine."""
    outage, evidence = site.outage_of(incident, finding), incident.evidence
    others = site.fine(incident)
    fine = [f"{others} {'other ' if width >= WIDE else ''}site{'' if others == 1 else 's'} fine"] if others else []
    if failing := site.others_failing(incident):
        fine = [f"{failing[0]} fails too" if len(failing) == 1 else f"{len(failing)} other sites fail too", *fine]
    if outage is None:
        over = [each for each in incident.facts.outages if finding and each.key in finding.outages]
        if over:
            return [_clock(incident, max(each.last for each in over)), f"{sum(each.client_visible for each in over)} requests failed before", *fine]
        return ["nothing fails", *fine] if incident.verdict == "no_fault" else [incident.facts.nginx.why_not or "no failure was seen", *fine]
    if not outage.first:
        denied = any(seen.gap for seen in evidence.logs.values())
        return ["not seen: the logs could not be read" if denied else "not in the logs", *fine]
    began = f"{_clock(incident, outage.first)}, {times.age(evidence.taken_at - outage.first)}"
    if outage.share is None:
        return [began, *([f"{outage.client_visible} failed"] if outage.client_visible else []), *fine]
    fails = "of requests fail" if width >= WIDE else "fail"
    peak = f", peak {_percent(outage.peak)}" if outage.peak else ""
    return [began, f"{_percent(outage.share)} {fails}{peak}", *fine]


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _clock(incident: Incident, at: float) -> str:
    return times.clock(at, incident.evidence.taken_at, incident.evidence.utc_offset)


def _known(incident: Incident, finding: Finding | None, room: int) -> tuple[str, str]:
    if finding is None or incident.verdict == "undecided":
        return ("UNDECIDED", "no cause fits what was seen") if site.outage_of(incident) else ("SO FAR", "nothing is proven, so no cause is named")
    rivals = [each for each in incident.findings if set(each.outages) & set(finding.outages)]
    if finding.certainty == "possible" and len(rivals) > 1:
        return "UNDECIDED", f"{len(rivals)} causes fit what was seen"
    if _blocked(incident, finding):
        also = ", which the fix does too" if site.frees(incident, finding) else ""
        return "BLOCKED", f"nginx -t fails {_where_it_fails(incident)}: no reload can work before that is mended{also}"
    texts = [_LOOPBACK.sub("", clue.text) for clue in finding.clues]
    if incident.gaps and finding.certainty != "proven":
        texts.append(f"{len(incident.gaps)} gap{'' if len(incident.gaps) == 1 else 's'}")
    return finding.certainty.upper(), clauses(texts, room, count=True)


def _blocked(incident: Incident, finding: Finding) -> bool:
    """Whether the repair needs a reload and the configuration on disk, as it is, cannot be loaded."""
    return incident.facts.nginx.test == "failed" and finding.cause != "config_invalid" and any(fix.loads for fix in finding.fixes)


def _where_it_fails(incident: Incident) -> str:
    where = incident.facts.nginx.test_where
    return f"in {neutral(posixpath.basename(where.file))} line {where.line}" if where else f"({incident.facts.nginx.test_said})"


def _next(incident: Incident, finding: Finding | None, word: str) -> str:
    if word in ("UP", "RECOVERED") and not (finding and finding.cause == "config_invalid"):
        return "nothing to do · q  quit"
    denied = any(gap.why == "denied" for gap in incident.gaps)
    if denied and incident.evidence.euid and (finding is None or finding.certainty != "proven"):
        return "q  quit, then start again with more rights: sudo tui502"
    if finding and _blocked(incident, finding) and not site.frees(incident, finding):
        return f"0  read what nginx -t says; mend it {_where_it_fails(incident)}, then s stages the fix"
    offers = [fix for each in incident.findings for fix in each.fixes]
    fixes = finding.fixes if finding else ()
    if not offers:
        return "0  all that was seen, and what was not"
    if fixes and fixes[0].alternative_to:
        return ".  choose A or B, then s"
    if fixes and fixes[0].kind != "advice":
        return f"s  stage the fix: {fixes[0].title}"
    return f"0  by hand: {fixes[0].title}" if fixes else "0  all that was seen, and what was not"


def _of_staged(told: Head, staged: StagedChange, tested: Tested | None, room: int) -> Head:
    if tested is None:
        return replace(told, next="a  test it, then ask to apply (or t  only test it)")
    if tested.ok:
        return replace(told, next="a  ask to apply: the test passed")
    said = next((line for line in map(neutral, tested.said.splitlines()) if "[emerg]" in line), neutral(tested.said.split("\n")[0]))
    known = shorten(f"the test failed: {said.removeprefix('nginx: [emerg] ')}", room)
    return replace(told, known_word="BLOCKED", known=known, next="x  unstage · t  test again")
