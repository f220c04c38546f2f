"""Some peers of a group fail while others answer.

**What happens.** nginx spreads requests over the peers of a group. A try at a broken peer fails; nginx then asks the next one, so that most clients get their
answer, a little later. The site is degraded, not down. Where retries are switched off, or the request may not be sent twice (a POST), the client gets the
failure.

**How it shows.** Failures in the error log that name always the same peer of several, and answers with 200 in the access log for the same requests.

**What tells it from its neighbours.** When no peer is left it is an outage of each of them. Why a peer fails is a cause of its own (`backend_stopped`,
`wrong_port` …): where it is known, that finding stands first, names what to change, and explains this one.

**What mends it.** Whatever mends that peer; until then it can be taken out of the group with `down`, which mends nothing but sends nobody there. Never
`max_fails=0`, which only hides the failures.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, failing, groups, mending, words
from tui502.causes.cause import Cause, Opinion
from tui502.causes.groups import Group
from tui502.causes.mending import Repair
from tui502.fix.edits import EditRefused, add_words
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, PeerState
from tui502.model.findings import Certainty, Clue, Edit, Finding, Fix
from tui502.read import keys
from tui502.text import neutral, shorten

ID = "upstream_partly_down"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    found = (group for group in groups.groups(facts) if group.outages and group.failing() and (group.answering() or _is_saved(group)))
    return Opinion(tuple(_finding(evidence, facts, group) for group in found))


def _is_saved(group: Group) -> bool:
    """Where the peers on disk may not be those that nginx dials: do others of them answer what fails at this one?"""
    return bool(group.changed) and all(outage.replay is not None and outage.replay < 500 for outage in group.outages)


def _finding(evidence: Evidence, facts: Facts, group: Group) -> Finding:
    worst = group.outages[0]
    return Finding(
        id=failing.finding_id(ID, group.name, *(state.peer for state in group.failing())),
        cause=ID,
        certainty=_certainty(group),
        target=worst.target,
        summary=_summary(group, worst),
        clues=(*_clues(evidence, facts, group), *_against(group)),
        outages=tuple(outage.key for outage in group.outages),
        explains=(),
        fixes=(_take_out(facts, group),),
        decider=None,
    )


def _certainty(group: Group) -> Certainty:
    """Proven: each failing peer is seen broken now, and every other one that is wanted is seen to answer. Likely: at least those that fail are seen broken."""
    wanted = [state for state in group.states if state.state != "OFF"]
    if not all(state.state in groups.BROKEN for state in group.failing()):
        return "possible"
    if group.changed:
        return "likely"
    return "proven" if {*wanted} <= {*group.failing(), *group.answering()} else "likely"


def _against(group: Group) -> Iterator[Clue]:
    """What keeps it from being proven."""
    if group.changed:
        yield doubts.against("config", group.changed, f"{neutral(group.changed)} was changed since: nginx may dial other peers than stand there")
    for state in group.failing():
        if state.state not in groups.BROKEN:
            yield doubts.against("probe", keys.connect_key(state.peer), f"{neutral(state.peer)} fails in the log, and is {state.state} when it is asked now")
    seen = (*group.failing(), *group.answering())
    unseen = tuple(state for state in group.states if state.state not in ("OFF", *groups.BROKEN) and state not in seen)
    if unseen:
        yield doubts.against("probe", keys.connect_key(unseen[0].peer), f"whether {_names(unseen)} answers was not seen")


def _counted(group: Group) -> str:
    wanted = sum(1 for state in group.states if state.state != "OFF")
    bad = len(group.failing())
    return f"{bad} of {wanted} peers of {group.shown} {'fails' if bad == 1 else 'fail'}"


def _summary(group: Group, worst: Outage) -> str:
    site, head = worst.target.server or "nginx", _counted(group)
    if any(outage.client_visible for outage in group.outages):
        rate = sum(outage.rate for outage in group.outages if outage.client_visible)
        return words.fitted(f"{site} fails {rate:.0f} times a minute: {head}" if rate >= 1 else f"{site} fails: {head}")
    if any(outage.saved is None for outage in group.outages):
        return words.fitted(f"{head}; the others answer")
    return words.fitted(f"{head}; clients of {site} are saved by the others", f"{head}; clients are saved by the others")


def _clues(evidence: Evidence, facts: Facts, group: Group) -> Iterator[Clue]:
    for state in group.failing():
        yield Clue("probe", keys.connect_key(state.peer), None, f"{neutral(state.peer)}: {neutral(state.why)}" if state.why else neutral(state.peer), None)
    rest = group.answering()
    if rest:
        yield Clue("probe", keys.connect_key(rest[0].peer), None, f"{_names(rest)} {'answers' if len(rest) == 1 else 'answer'}", None)
    yield from _drifted(group)
    saved = [outage.saved for outage in group.outages if outage.saved is not None]
    if saved:
        failed = sum(outage.client_visible for outage in group.outages)
        path = next((target.path for target in facts.logs if target.kind == "access"), "")
        yield Clue("access_log", path, None, f"of {sum(saved) + failed} failed tries {sum(saved)} were saved by another peer", None)
    yield from failing.log_clues(evidence, facts, group.outages)
    for peer in group.peers:
        if peer not in group.not_written and any(state.peer == peer.address for state in group.failing()):
            yield Clue("config", peer.where.file, peer.where, f"{neutral(peer.address)} is written at {words.place(peer.where)}", None)


def _drifted(group: Group) -> Iterator[Clue]:
    """What of the group differs on disk from what nginx runs: it says nothing against what was seen of the peers that it dials."""
    for peer in group.not_loaded:
        yield Clue("config", peer.where.file, peer.where, f"{neutral(peer.address)} stands at {words.place(peer.where)}, and is not loaded", None)
    for peer in group.not_written:
        yield Clue("config", "running", None, f"{neutral(peer.address)} is dialled by the text that nginx runs, and stands no more on disk", None)


def _names(states: tuple[PeerState, ...]) -> str:
    return shorten(", ".join(neutral(state.peer) for state in states), 80)


def _take_out(facts: Facts, group: Group) -> Fix:
    """The failing peers marked `down`, so that nobody is sent there; advice where one is not seen broken, or a name stands for it that means others too."""
    bad = _names(group.failing())
    rest = len(group.answering())
    return mending.fix(
        facts,
        Repair(
            cause=ID,
            title=f"take {bad} out of {group.shown} until {'it is' if len(group.failing()) == 1 else 'they are'} mended",
            why=f"{_counted(group)}; every request that is tried there first is answered later, or not at all",
            risk=f"{rest} of its peers {'gets' if rest == 1 else 'get'} all of its requests; it mends nothing, and `down` stays until somebody takes it away",
            peer="",
            advice=f"mend {bad}, or take it out of {group.shown} with `down` until then",
        ),
        _marked_down(facts, group),
    )


def _marked_down(facts: Facts, group: Group) -> tuple[Edit, ...]:
    """Edits that add `down` to the line of every failing peer; none where that would take away a peer that may work."""
    bad = {state.peer for state in group.failing()}
    if not all(state.state in groups.BROKEN for state in group.failing()):
        return ()
    if any(peer.address in bad for peer in group.not_written):
        return ()
    lines = {peer.where: peer for peer in group.peers if peer.address in bad}
    if any(peer.where in lines and peer.address not in bad for peer in group.peers):
        return ()
    edits = []
    for peer in lines.values():
        line, data = groups.written(facts, peer), facts.config.files.get(peer.where.file)
        if line is None or data is None:
            return ()
        try:
            edits.append(add_words(data, line, "down"))
        except EditRefused:
            return ()
    return tuple(edits)


CAUSE = Cause(ID, judge, __doc__ or "")
