"""What the causes share of a request that lands in another server than meant: what was seen of it just now, and what keeps that from being proven."""

from __future__ import annotations

from collections.abc import Iterator

from tui502.causes import doubts, words
from tui502.model.config import Directive, Where
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Pass, Target
from tui502.model.findings import Certainty, Clue
from tui502.model.route import Known
from tui502.read import keys, lookup
from tui502.read.asked import status_of_replay
from tui502.read.landed import Landing
from tui502.read.routing import way
from tui502.read.routing.listens import names
from tui502.text import neutral

DEAD = ("DOWN", "DENIED", "FAILING")
GATEWAY = (502, 504)


def agrees(evidence: Evidence, facts: Facts, landing: Landing) -> bool:
    """Was the request just answered as the server answers it in which it lands: with the status that this one gives by itself, or as its backend is now?"""
    status = status_of_replay(evidence, landing.request)
    if status is None:
        return False
    if landing.pass_ is not None:
        return is_dead(facts, landing.pass_) and status in GATEWAY
    config = facts.loaded.config if facts.loaded else facts.config
    found = way(config, landing.request, Known(version=facts.nginx.version))
    return found.answer in ("text", "redirect", "status") and found.status == status and not found.doubt


def is_dead(facts: Facts, route: Pass) -> bool:
    """Does no peer of the pass work?"""
    states = {**{state.peer: state for state in (facts.loaded.peers if facts.loaded else ())}, **lookup.states(facts)}
    wanted = [peer.address for peer in route.peers if not peer.down]
    return bool(wanted) and all(address in states and states[address].state in DEAD for address in wanted)


def at_most(landing: Landing, certainty: Certainty) -> Certainty:
    """A request that fails as others do, whatever they ask for, tells nothing sure of its own host."""
    return "possible" if landing.stray else certainty


def answers(facts: Facts, route: Pass) -> str:
    """A peer of the pass that answers well now, '' where none was seen to."""
    states = lookup.states(facts)
    good = (peer.address for peer in route.peers if (state := states.get(peer.address)) and state.state == "UP" and (state.status or 500) < 500)
    return next(good, "")


def is_known(facts: Facts) -> bool:
    """Is the text that nginx runs known exactly?"""
    return facts.drift.exact and (facts.drift.state == "same" or facts.loaded is not None)


def clues(evidence: Evidence, landing: Landing) -> Iterator[Clue]:
    """Where it lands, and what it was answered."""
    where = _named_at(landing.server)
    who = f"the default server ({whose(landing.server)})" if landing.by_default else whose(landing.server)
    yield Clue("config", where.file, where, f"{neutral(landing.host)} at {listen(landing)} is taken by {who} at {words.place(where)}", None)
    status, key = status_of_replay(evidence, landing.request), keys.replay_key(landing.request)
    if status is not None:
        yield Clue("replay", key, None, f"GET {neutral(landing.request.uri)} {status} through nginx", evidence.exchanges[key].at)


def against(evidence: Evidence, facts: Facts, landing: Landing) -> Iterator[Clue]:
    """What keeps it from being proven where it lands, or that this is why it fails."""
    if landing.stray:
        yield doubts.against("error_log", "", f"not all requests that fail so are known to ask for {neutral(landing.host)}: they have another reason")
    if not is_known(facts):
        yield doubts.against("config", "running", "the text that nginx runs was not read: it may have other servers than the files")
    if not agrees(evidence, facts, landing):
        yield doubts.against("replay", keys.replay_key(landing.request), "the answer to the request does not tell which server gave it")


def whose(server: Directive) -> str:
    """The name of a server in a sentence."""
    return neutral(next((name for name in names(server) if name), "")) or "a server without a name"


def place(server: Directive) -> str:
    return words.place(_named_at(server))


def listen(landing: Landing) -> str:
    return f"{neutral(landing.request.address)}:{landing.request.port}"


def _named_at(server: Directive) -> Where:
    return next((one.where for one in server.children if one.name == "server_name"), server.where)


def target(landing: Landing) -> Target:
    """Where the failure stands, else where the request comes in."""
    if landing.outages:
        return landing.outages[0].target
    return Target(neutral(landing.host), listen(landing), "", "", "", "", _named_at(landing.server))
