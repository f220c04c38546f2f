"""The head of the screen: what is broken, since when and for whom, how that is known, and the one key that helps most now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui502.model.changes import Progress, StagedChange, Tested
from tui502.model.facts import Nginx
from tui502.model.findings import Finding, Incident
from tui502.read import times
from tui502.report import looks, others, outcome, site
from tui502.report import status as status_row
from tui502.report.stages import stages
from tui502.report.status import NARROW, WIDE
from tui502.text import neutral, shorten

AT = 10
"""The column at which the texts of the head begin."""

_BRACKETS = re.compile(r" \([^()]*\)$")

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
    return replace(told, next=fitting(told.next, room), known=whole_words(told.known, room), since=fitting(told.since, room))


def fitting(text: str, room: int) -> str:
    """`text` in so many columns: clauses (" · ") go from the right, then what stands in brackets at the end, then words."""
    while len(text) > room and " · " in text:
        text = text.rpartition(" · ")[0]
    return whole_words(_BRACKETS.sub("", text) if len(text) > room else text, room)


def whole_words(text: str, room: int) -> str:
    """`text` in so many columns, cut between two words: half an address or number would be another."""
    if len(text) <= room:
        return text
    kept = text[: max(0, room - 1)].rpartition(" ")[0].rstrip(" ,;:·")
    return f"{kept} …" if kept else shorten(text, room)


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
    return whole_words(" · ".join(shown), room - len(tail)) + tail


def _of_incident(incident: Incident, width: int) -> Head:
    finding, room = site.first(incident), width - AT - 1
    word = site.word(incident)
    status, figures = status_row.status(incident, width)
    if incident.looking and not (finding and finding.certainty in ("proven", "likely")) and word in ("LOOKING", "UP"):
        return replace(FIRST, status=status, rate=figures)
    known_word, known = _known(incident, finding, room)
    since = clauses(_since(incident, finding, width), room)
    return Head(status, word, site.sentence(incident), since, known_word, known, _next(incident, finding, word, room), figures)


def _since(incident: Incident, finding: Finding | None, width: int) -> list[str]:
    """When it began and how long ago, the share that fails now and at worst, the sites that are fine."""
    outage, evidence = site.outage_of(incident, finding), incident.evidence
    count = site.fine(incident)
    fine = [f"{count} {'other ' if width >= WIDE else ''}site{'' if count == 1 else 's'} fine"] if count else []
    if failing := site.others_failing(incident):
        fine = [f"{failing[0]} fails too" if len(failing) == 1 else f"{len(failing)} other sites fail too", *fine]
    fine += others.at_work(incident, finding, wide=width >= WIDE)
    if outage is None:
        over = [each for each in incident.facts.outages if finding and each.key in finding.outages]
        if over:
            return [_clock(incident, max(each.last for each in over)), f"{sum(each.client_visible for each in over)} requests failed before", *fine]
        return ["nothing fails", *fine] if incident.verdict == "no_fault" else [incident.facts.nginx.why_not or "no failure was seen", *fine]
    if not outage.first:
        denied = any(seen.gap for seen in evidence.logs.values())
        return ["not seen: the logs could not be read" if denied else "not in the logs", *fine]
    ago = f", {times.age(evidence.taken_at - outage.first)}" if width >= NARROW else ""
    began = f"{_clock(incident, outage.first)}{ago}"
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
    if rivals := site.rivals(incident):
        fit, decides = f"{_number(len(rivals))} causes fit what was seen", "; one look decides between them"
        return "UNDECIDED", fit + decides if site.decider(incident) and len(fit + decides) <= room else fit
    if _blocked(incident, finding):
        also = ", which the fix does too" if site.frees(incident, finding) else ""
        return "BLOCKED", f"{_what_fails(incident.facts.nginx, names=not also)}: no reload can work before that is mended{also}"
    texts = [_LOOPBACK.sub("", clue.text) for clue in finding.clues_of("for")]
    if incident.gaps and finding.certainty != "proven":
        texts.append(f"{len(incident.gaps)} gap{'' if len(incident.gaps) == 1 else 's'}")
    return finding.certainty.upper(), clauses(texts, room, count=True)


def _number(n: int) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(n, str(n))


def _blocked(incident: Incident, finding: Finding) -> bool:
    """Whether the repair needs a reload and the configuration on disk, as it is, cannot be loaded."""
    return incident.facts.nginx.refuses and finding.cause != "config_invalid" and any(fix.loads for fix in finding.fixes)


def _what_fails(nginx: Nginx, *, names: bool) -> str:
    """`names`: with the line that nginx itself names, where a person has to look for himself."""
    if nginx.trap:
        return nginx.test_said
    return f"nginx -t fails in {_where_it_fails(nginx, names=names)}" if nginx.test_where else f"nginx -t fails ({nginx.test_said})"


def _where_it_fails(nginx: Nginx, *, names: bool) -> str:
    where, named = nginx.test_where, nginx.test_named
    if where is None:
        return f"what nginx -t names ({nginx.test_said})"
    also = f" (nginx names line {named.line})" if names and named and named.line != where.line else ""
    return f"{neutral(posixpath.basename(where.file))} line {where.line}{also}"


def _next(incident: Incident, finding: Finding | None, word: str, room: int) -> str:
    if word in ("UP", "RECOVERED") and not (finding and finding.cause == "config_invalid"):
        return "nothing to do · W  watch whether it stays so"
    denied = any(gap.why == "denied" for gap in incident.gaps)
    if denied and incident.evidence.euid and (finding is None or finding.certainty != "proven"):
        return "q  quit, then start again with more rights: sudo tui502"
    if finding and _blocked(incident, finding) and not site.frees(incident, finding):
        return f"0  read what is wrong; mend {_where_it_fails(incident.facts.nginx, names=True)}, then s stages the fix"
    if look := site.decider(incident):
        return f"r  take it: {neutral(looks.briefly(look))}"
    offers = [fix for each in incident.findings for fix in each.fixes]
    fixes = finding.fixes if finding else ()
    if not offers:
        return "0  all that was seen, and what was not"
    if fixes and fixes[0].alternative_to:
        return ".  choose A or B, then s"
    if fixes and fixes[0].kind != "advice":
        return stages(fixes[0], incident.facts.config.files, room)
    return f"0  by hand: {fixes[0].title}" if fixes else "0  all that was seen, and what was not"


def _of_staged(told: Head, staged: StagedChange, tested: Tested | None, room: int) -> Head:
    if tested is None:
        return replace(told, next="a  test it, then ask to apply (or t  only test it)")
    if tested.ok:
        return replace(told, next="a  ask to apply: the test passed")
    said = next((line for line in map(neutral, tested.said.splitlines()) if "[emerg]" in line), neutral(tested.said.split("\n")[0]))
    known = whole_words(f"the test failed: {said.removeprefix('nginx: [emerg] ')}", room)
    return replace(told, known_word="BLOCKED", known=known, next="x  unstage · t  test again")
