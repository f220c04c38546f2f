"""Nothing is wrong here.

**What happens.** nginx runs, its backends answer, no request of late got 502 or 504 from it.

**How it shows.** By silence: error logs without upstream failures, peers that accept, a configuration that passes its test.

**What tells it from its neighbours.** Silence counts only where one could look: logs that were denied make it "possible" at the most. When users still see
502, it is made in front of this nginx (`edge_proxy`) or by another one. Where its own access log tells of 502 or 504, or a request that failed gets
another bad answer now, nothing is called fine.

**What mends it.** Nothing is offered while nothing fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import answered, doubts, failing, recovered, site_not_enabled, words
from tui502.causes.cause import Cause, Opinion
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, LogTarget, PeerState, Target
from tui502.model.findings import Certainty, Clue, Finding
from tui502.read import access_log, answers, keys, log_places
from tui502.read.outages import RECENT
from tui502.text import neutral

ID = "no_fault"


def judge(evidence: Evidence, facts: Facts) -> Opinion:
    if not facts.nginx.running or any(outage.now for outage in facts.outages) or facts.nginx.refuses or not _looked(evidence, facts):
        return Opinion()
    if recovered.judge(evidence, facts).findings or answered.is_unsettled(evidence, facts) or _fails(evidence, facts):
        return Opinion()
    if site_not_enabled.judge(evidence, facts).findings:
        return Opinion()
    wanted = [state for state in facts.peers if state.state != "OFF"]
    up = sum(1 for state in wanted if state.state == "UP")
    last = max((outage.last for outage in facts.outages), default=0.0)
    since = f"since {words.clock(evidence, last)}" if last else "in the logs"
    answer = "listen" if _only_listening(wanted) else "answer"
    backends = f"{up} of {len(wanted)} backends {answer}, " if wanted else ""
    read, unread = _logs(evidence, facts)
    clues = [Clue("probe", "", None, f"{up} of {len(wanted)} backends {answer}", None)] if wanted else []
    if read:
        clues.append(Clue("error_log", read[0].path, None, f"{len(read)} error log{'' if len(read) == 1 else 's'} read: no failure {since}", None))
    if facts.nginx.test == "ok":
        clues.append(Clue("test", "nginx -t", None, "nginx -t is ok", None))
    text = f"nothing is wrong here: {backends}no 502 or 504 {since}"
    if up < len(wanted):
        text = f"no 502 or 504 {since}; of {len(wanted)} backends {up} {answer}{'s' if up == 1 else ''}, and nobody asks for the others"
    if not read:
        text = f"nothing wrong was seen: {backends}but no error log could be read"
    finding = Finding(
        id=failing.finding_id(ID, facts.nginx.conf),
        cause=ID,
        certainty=_certainty(up == len(wanted) and not _only_listening(wanted) and _is_known(facts), bool(read), bool(unread)),
        target=Target("", "", "", "", "", "", None),
        summary=words.fitted(text),
        clues=(*clues, *_against(facts, wanted, unread)),
        outages=(),
        explains=(),
        fixes=(),
        decider=None,
    )
    return Opinion(findings=(finding,))


def _against(facts: Facts, wanted: list[PeerState], unread: list[LogTarget]) -> Iterator[Clue]:
    """What was not seen, so that it is not proven."""
    for target in unread[:3]:
        why = "its level hides what fails upstream" if target.hides else "was not read"
        yield doubts.against("error_log", target.path, f"{neutral(target.path)}: {why}")
    silent = [state for state in wanted if state.state != "UP"]
    if silent:
        yield doubts.against("probe", "", f"{', '.join(f'{neutral(state.peer)} is {state.state}' for state in silent[:3])}")
    if listening := _only_listening(wanted):
        yield doubts.against("probe", "", f"{listening} backends listen and were not asked: they are too many to ask each")
    if facts.nginx.test != "ok":
        yield doubts.against("test", keys.NGINX_T, "nginx -t was not run to its end")
    if any(route.undecided for route in facts.routes.passes):
        yield doubts.against("config", "", "of some passes it is not known whom they dial")


def _only_listening(wanted: list[PeerState]) -> int:
    """How many are known to listen and were not talked to."""
    return sum(1 for state in wanted if state.state == "UP" and not state.connect)


def _is_known(facts: Facts) -> bool:
    """Was the configuration tested, and is it known of every pass whom it dials?"""
    return facts.nginx.test == "ok" and not any(route.undecided for route in facts.routes.passes)


def _fails(evidence: Evidence, facts: Facts) -> bool:
    """Did clients get 502 or 504 of late, whatever the error logs say (or do not)? And is nobody there who could answer them?"""
    tallies = (tally for seen in answers.logs_of(evidence, facts.logs, "access") for tally in seen.tallies)
    late = any(tally.symptom in access_log.GATEWAY and evidence.taken_at - tally.last <= RECENT for tally in tallies)
    return late or (evidence.processes.value is not None and not facts.nginx.workers)


def _certainty(all_up: bool, some_read: bool, some_unread: bool) -> Certainty:
    if not some_read:
        return "possible"
    return "proven" if all_up and not some_unread else "likely"


def _looked(evidence: Evidence, facts: Facts) -> bool:
    """Was everything looked at that could speak against it? What was refused counts as looked at: it is a gap, and lowers the certainty."""
    if not facts.config.files or facts.config.wanted_files or facts.config.wanted_dirs:
        return False
    if any(target.kind == "error" and log_places.is_awaited(evidence, facts.nginx, target) for target in facts.logs):
        return False
    return all(state.state != "LOOKING" for state in facts.peers)


def _logs(evidence: Evidence, facts: Facts) -> tuple[list[LogTarget], list[LogTarget]]:
    """(error logs that were read, those that could not be, or hide upstream errors by their level)."""
    read: list[LogTarget] = []
    unread: list[LogTarget] = []
    for target in facts.logs:
        if target.kind == "error":
            seen = evidence.logs.get(target.path)
            (read if seen and seen.value and not target.hides else unread).append(target)
    return read, unread


CAUSE = Cause(ID, judge, __doc__ or "")
