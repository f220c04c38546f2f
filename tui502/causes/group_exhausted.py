"""nginx uses none of the peers of a group, though they answer.

**What happens.** A peer that failed `max_fails` times (once, unless set) within `fail_timeout` (10 s, unless set) is set aside for `fail_timeout`. When all
peers of a group are set aside, marked `down`, or have as many connections as `max_conns` allows, nginx answers 502 at once and asks nobody.

**How it shows.** `no live upstreams while connecting to upstream`, with the name of the group in the place of an address.

**What tells it from its neighbours.** Mostly that line is the echo of peers that are down: then their own finding stands, and this one is silent. It holds
only while every peer accepts connections, or while the configuration itself takes all of them out.

**What mends it.** Peers that were set aside come back by themselves; a reload forgets the marks at once. `down` goes from the server that is to work again, a
`max_conns` that is too small is raised. Never `max_fails=0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, groups, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.groups import Group
from tui502.causes.repoint import alternatives, diff_of
from tui502.fix.edits import EditRefused, drop_word
from tui502.fix.identity import with_id
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Peer, PeerState
from tui502.model.findings import Certainty, Clue, Finding, Fix
from tui502.read import keys
from tui502.read.values import seconds
from tui502.text import neutral

ID = "group_exhausted"

BENCH = 10.0
"""nginx's own fail_timeout, seconds."""

SOON = 60.0
"""Seconds that may be waited for; a longer bench is worth a reload."""


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = [_of(evidence, facts, group) for group in groups.groups(facts) if group.emptied]
    return Opinion(tuple(finding for finding in found if finding))


def _of(evidence: Evidence, facts: Facts, group: Group) -> Finding | None:
    wanted = [state for state in group.states if state.state != "OFF"]
    if group.peers and all(peer.down for peer in group.peers):
        return _all_down(evidence, facts, group)
    if not wanted or len(group.answering()) < len(wanted) or len(group.states) < len(group.peers):
        return None
    failures = [outage for outage in facts.outages if outage.target.upstream == group.shown and outage.last and outage not in group.emptied]
    recent: dict[str, float] = {}
    for outage in failures:
        recent[outage.target.peer] = max(outage.last, recent.get(outage.target.peer, 0.0))
    limited = [peer for peer in group.peers if not peer.down and groups.parameter(facts, peer, "max_conns") not in ("", "0")]
    fresh = [peer for peer in limited if evidence.taken_at - recent.get(neutral(peer.address), 0.0) < _bench(facts, peer)]
    if len(limited) == len(wanted) and not fresh:
        return _limited(evidence, facts, group, limited)
    return _benched(evidence, facts, group, recent)


def _finding(evidence: Evidence, facts: Facts, group: Group, certainty: Certainty, fact: str, clues: tuple[Clue, ...], fixes: tuple[Fix, ...]) -> Finding:
    worst = group.emptied[0]
    site = worst.target.server or "nginx"
    return Finding(
        id=failing.finding_id(ID, group.name),
        cause=ID,
        certainty=certainty,
        target=worst.target,
        summary=words.fitted(f"{site} is down: {fact}"),
        clues=(*clues, *failing.log_clues(evidence, facts, group.emptied)),
        outages=tuple(outage.key for outage in group.emptied),
        explains=(),
        fixes=fixes,
        decider=None,
    )


def _not_seen(said: str) -> tuple[Clue, ...]:
    """The clue against, where there is one."""
    return (doubts.against("probe", "", said),) if said else ()


def _answers(states: tuple[PeerState, ...]) -> Iterator[Clue]:
    for state in states:
        yield Clue("probe", keys.connect_key(state.peer), None, f"{neutral(state.peer)} answers just now", None)


def _all_down(evidence: Evidence, facts: Facts, group: Group) -> Finding:
    answering = tuple(state for state in group.states if state.connect in groups.ANSWERS)
    written = {peer.where: peer for state in reversed(answering) for peer in group.peers if peer.address == state.peer}
    fixes = [fix for peer in reversed(written.values()) if (fix := _without_down(facts, group, peer))]
    known = facts.drift.state == "same" and facts.drift.exact
    though = f", though {len(answering)} of them answer{'s' if len(answering) == 1 else ''} now" if answering else ", and none of them answers"
    return _finding(
        evidence, facts, group, "proven" if known else "likely",
        f"all {len(group.peers)} peers of {group.shown} are marked down{though}",
        (*(Clue("config", peer.where.file, peer.where, f"{neutral(peer.address)} is down at {words.place(peer.where)}", None) for peer in group.peers),
         *_answers(answering), *_not_seen("" if known else "the text that nginx runs was not read: it may be another one")),
        tuple(alternatives(fixes)),
    )  # fmt: skip


def _without_down(facts: Facts, group: Group, peer: Peer) -> Fix | None:
    directive, data = groups.written(facts, peer), facts.config.files.get(peer.where.file)
    if directive is None or data is None:
        return None
    try:
        at = next(n for n, word in enumerate(directive.words) if n > 1 and word.value == "down")
        edits = (drop_word(data, directive.where_of(at)),)
    except (StopIteration, EditRefused):
        return None
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"let {group.shown} use {neutral(peer.address)} again",
            why=f"every peer of {group.shown} is marked down, and {neutral(peer.address)} answers",
            risk="somebody marked it down, perhaps for a reason that still holds: ask before",
            kind="config",
            edits=edits,
            commands=(),
            alternative_to=(),
            peer=peer.address,
            diff=diff_of(edits, facts.config.files),
        )
    )


def _limited(evidence: Evidence, facts: Facts, group: Group, limited: list[Peer]) -> Finding:
    limits = ", ".join(dict.fromkeys(groups.parameter(facts, peer, "max_conns") for peer in limited))
    fix = Fix(
        id="",
        cause=ID,
        title=f"raise max_conns of {group.shown} (now {neutral(limits)})",
        why="every peer accepts connections and none failed of late, so only their limit of connections keeps nginx from asking them",
        risk="the limit may protect the application: raise it only as far as that can bear",
        kind="advice",
        edits=(),
        commands=(),
        alternative_to=(),
    )
    places = tuple(Clue("config", peer.where.file, peer.where, f"max_conns is written at {words.place(peer.where)}", None) for peer in limited)
    fact = f"all {len(limited)} peers of {group.shown} have as many connections as max_conns allows ({neutral(limits)})"
    clues = (*places, *_answers(group.answering()), *_not_seen("how many connections are open was not seen"))
    return _finding(evidence, facts, group, "likely", fact, clues, (with_id(fix),))


def _benched(evidence: Evidence, facts: Facts, group: Group, recent: dict[str, float]) -> Finding | None:
    """None where the marks must be gone by now and nginx still fails: then something else is wrong."""
    worst = group.emptied[0]
    ends = [last + _bench(facts, peer) for peer in group.peers if (last := recent.get(neutral(peer.address))) and not peer.down]
    end = max(evidence.taken_at, min(ends)) if ends else 0.0
    seen = evidence.exchanges.get(keys.replay_key(worst.request)) if worst.request else None
    now = seen is not None and worst.replay == 502
    if now and seen and ends and seen.at > max(ends) + 1.0:
        return None
    lasts = bool(ends) and max(ends) >= evidence.taken_at - 1.0
    unseen = "the request was not seen to fail just now" if not now else "fail_timeout has passed since the last failure" if not lasts else ""
    unseen = unseen or ("" if all(state.state == "UP" for state in group.answering()) else "not every peer answers well")
    return _finding(
        evidence, facts, group, "likely" if unseen else "proven",
        f"all {len(group.answering())} peers of {group.shown} are set aside, though they answer now",
        (*_answers(group.answering()), *_not_seen(unseen)),
        (_reload(group) if end - evidence.taken_at > SOON else _wait(evidence, group, end),),
    )  # fmt: skip


def _bench(facts: Facts, peer: Peer) -> float:
    given = groups.parameter(facts, peer, "fail_timeout")
    return seconds(given) if given else BENCH


def _wait(evidence: Evidence, group: Group, end: float) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=ID,
            title=f"wait: it ends by itself at {words.clock(evidence, end)}" if end else "wait: it ends by itself once fail_timeout is over",
            why=f"nginx set the peers of {group.shown} aside after they failed, and asks them again when fail_timeout is over",
            risk="when they fail once more then, they are set aside again",
            kind="advice",
            edits=(),
            commands=(),
            alternative_to=(),
        )
    )


def _reload(group: Group) -> Fix:
    return with_id(
        Fix(
            id="",
            cause=ID,
            title="reload nginx: new workers begin without these marks",
            why=f"the peers of {group.shown} answer, and nginx would not ask them before their long fail_timeout is over",
            risk="none for open connections; when the peers fail again they are set aside again",
            kind="config",
            edits=(),
            commands=(),
            alternative_to=(),
            peer=group.answering()[0].peer,
            reload=True,
        )
    )


CAUSE = Cause(ID, judge, __doc__ or "")
