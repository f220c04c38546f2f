"""The header of an answer is larger than nginx's buffer for it.

**What happens.** nginx reads status line and headers of a backend into one buffer, by default one page of memory (4k). A login that sets many cookies, a
long redirect, a large policy or debugging headers do not fit.

**How it shows.** `upstream sent too big header while reading response header from upstream`, and 502, for some pages or some users only.

**What tells it from its neighbours.** The message is nginx's own and has no other cause. What is to be measured is the size: the same request sent to the
backend directly gives its header, to be compared with the `*_buffer_size` in effect. Where the header is small without the user's cookies, its size is not
known.

**What mends it.** `proxy_buffer_size` (or that of the family of the pass) with room to spare, with buffers that fit it, in that location: every connection
of it takes that much more memory. Smaller headers in the application are better: browsers and other proxies have limits too.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, mending, struck
from tui502.causes.cause import Cause, Opinion
from tui502.causes.mending import Repair
from tui502.causes.struck import Struck
from tui502.fix.edits import EditRefused
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Pass
from tui502.model.findings import Clue, Edit, Finding, Fix
from tui502.read.families import PREFIXES
from tui502.read.setting import Setting, setting
from tui502.read.values import size, written
from tui502.text import neutral

ID = "header_too_big"
SYMPTOMS = ("header_too_big",)
SMALLEST = 8 << 10
SPARE = 1.25
"""What a header may grow before it does not fit again."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [each for each in struck.struck_peers(evidence, facts, SYMPTOMS) if SYMPTOMS[0] in each.dead.worst.symptoms]
    return Opinion(tuple(_finding(evidence, facts, each) for each in struck.each_once(found)))


def _in_effect(facts: Facts, route: Pass, name: str) -> Setting:
    return setting(facts.config, route.where, route.family, name, facts.nginx.version)


def _finding(evidence: Evidence, facts: Facts, found: Struck) -> Finding:
    direct = found.direct()
    takes = _in_effect(facts, found.route, "buffer_size")
    head = direct.head if direct else 0
    name = f"{PREFIXES[found.route.family]}_buffer_size"
    big = head > size(takes.value)
    if big:
        fact = f"the answer has {head} bytes of headers, nginx takes {size(takes.value)} ({name})"
    else:
        fact = f"an answer has more bytes of headers than nginx takes, {size(takes.value)} ({name})"
    clues = [Clue("probe", found.own.key, None, f"{struck.request_words(found)} asked directly: {head} bytes of headers", None)] if head and found.own else []
    where = takes.set_at.where if takes.set_at else None
    clues.append(Clue("config", where.file if where else facts.nginx.conf, where, f"{name} is {takes.value}" + ("" if where else ", nginx's default"), None))
    return Finding(
        id=failing.finding_id(ID, found.route.group or found.dead.state.peer, found.dead.worst.target.server, found.route.location),
        cause=ID,
        certainty="proven" if big and not found.doubt else "likely" if big or facts.drift.state != "differs" else "possible",
        target=found.dead.worst.target,
        summary=struck.summary(evidence, facts, found, fact),
        clues=(
            *clues,
            *failing.log_clues(evidence, facts, found.dead.outages),
            struck.pass_clue(found.route),
            *([] if big else _against(facts, found, head)),
            *doubts.other_uri(found.doubt if head else ""),
        ),
        outages=tuple(outage.key for outage in found.dead.outages),
        explains=(),
        fixes=(_fix(facts, found, head if big else 0),),
        decider=None,
    )


def _against(facts: Facts, found: Struck, head: int) -> Iterator[Clue]:
    """What keeps it from being proven."""
    key = found.own.key if found.own else ""
    yield doubts.against("probe", key, f"asked directly the answer has {head} bytes of headers, which fit" if head else "the answer was not seen itself")
    if facts.drift.state == "differs":
        yield doubts.against("config", "", "what is on disk is not all loaded: nginx may run with another size")


def _fix(facts: Facts, found: Struck, head: int) -> Fix:
    lines = wanted(facts, found.route, head) if head else {}
    name = f"{PREFIXES[found.route.family]}_buffer_size"
    takes = _in_effect(facts, found.route, "buffer_size").value
    repair = Repair(
        cause=ID,
        title=f"{name} {lines[name]} in location {neutral(found.route.location)}" if lines else f"measure the header as a user gets it, then set {name}",
        why=f"the answer has {head} bytes of headers, and {name} is {takes}" if head else f"its header did not fit {takes}; asked without cookies it is small",
        risk="each connection of this location takes that much more memory; smaller headers in the application are better",
        peer=found.dead.state.peer,
        advice=f"set {name} with matching buffers in that location" if lines else "",
    )
    return mending.fix(facts, repair, _edits(facts, found, lines))


def _edits(facts: Facts, found: Struck, lines: dict[str, str]) -> tuple[Edit, ...]:
    """In the location of the failing request only."""
    try:
        return mending.settings(facts, found.route, lines)
    except EditRefused:
        return ()


def wanted(facts: Facts, route: Pass, head: int) -> dict[str, str]:
    """The directives that make room for a header of `head` bytes and agree with each other: the size of the header's buffer, and what nginx would refuse
    beside it (it wants: largest buffer <= busy < all buffers but one; temporary file write >= largest buffer)."""
    prefix = PREFIXES[route.family]
    buffer = SMALLEST
    while buffer < head * SPARE:
        buffer *= 2
    lines = {f"{prefix}_buffer_size": written(buffer)}
    if prefix in ("grpc", "memcached"):
        return lines
    number, each = _buffers(_in_effect(facts, route, "buffers").value)
    busy = size(_in_effect(facts, route, "busy_buffers_size").value)
    if busy < max(buffer, each) if busy else 2 * max(buffer, each) > (number - 1) * each:
        if 2 * max(buffer, each) > (number - 1) * each:
            number, each = max(number, 4), max(each, buffer)
            lines[f"{prefix}_buffers"] = f"{number} {written(each)}"
        if busy:
            lines[f"{prefix}_busy_buffers_size"] = written(2 * max(buffer, each))
    at_once = size(_in_effect(facts, route, "temp_file_write_size").value)
    if at_once and at_once < max(buffer, each):
        lines[f"{prefix}_temp_file_write_size"] = written(2 * max(buffer, each))
    return lines


def _buffers(value: str) -> tuple[int, int]:
    """ "8 4k" as (8, 4096)."""
    number, _, each = value.partition(" ")
    return (int(number) if number.isdigit() else 8), size(each) or 4096


CAUSE = Cause(ID, judge, __doc__ or "")
