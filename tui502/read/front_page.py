"""Whether the front page of a site works while something else of it fails: then the site is not down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui502.model.config import Config, Directive
from tui502.model.evidence import Evidence
from tui502.model.facts import Facts, Outage, Pass, Request
from tui502.read import asking, keys, lookup, requests
from tui502.read.effective import effective
from tui502.read.hosted import status_of
from tui502.read.memo import Memo
from tui502.read.outages import group_state
from tui502.read.routing import located
from tui502.read.routing.locate import Located
from tui502.text import neutral

NOBODY = ("refused", "absent", "unreachable")
"""Ends of a connect at which nobody was there."""


def works(evidence: Evidence, facts: Facts, outage: Outage) -> bool:
    """Is the front page of the site of `outage` known to be answered: by a replay, by the backend itself, else by what the configuration sends it to?
    False too where that is not known, as by an answer from before the backend was gone."""
    own = pass_of(facts, outage)
    asked = outage.request or (requests.to_server(own, "GET", "", "/") if own else None)
    if asked is None or asked.uri == "/":
        return False
    front = replace(asked, method="GET", uri="/")
    dialled = {peer.address for peer in own.peers} if own else set()
    gone = max((flip.at for flip in evidence.flips if flip.now in NOBODY and flip.peer in dialled), default=0.0)
    for key in (keys.replay_key(front), *_asked_directly(facts, front, own)):
        seen = evidence.exchanges.get(key)
        status = status_of(seen.value) if seen and seen.value and seen.at >= gone else None
        if status is not None:
            return status < 500
    return _served(facts, front, own)


def _asked_directly(facts: Facts, front: Request, own: Pass | None) -> Iterator[str]:
    """The keys of the front page asked of the backends of the pass that fails, where that is its way."""
    if own is None or _located(facts, front).pass_ is not own:
        return
    for peer in own.peers:
        look = asking.other_page(facts, peer.address, own)
        if look is not None:
            yield look.key


def pass_of(facts: Facts, outage: Outage) -> Pass | None:
    """The pass through which these requests fail, as far as it is on disk."""
    for route in lookup.passes_at(facts.routes, outage.target.location, outage.target.upstream, outage.target.peer):
        names = [neutral(name) for name in route.names if name]
        if not names or outage.target.server in names:
            return route
    return None


def _served(facts: Facts, front: Request, failing: Pass | None) -> bool:
    """Do files or working peers answer it, as the configuration says? A page that nginx looks for under several names may be any of them."""
    found = _located(facts, front)
    if found.pass_ is not None:
        return found.pass_ is not failing and found.undecided == "" and group_state(found.pass_, lookup.states(facts))[0] > 0
    if found.location is None:
        return False
    if any(child.name == "return" for child in found.location.children):
        return True
    return not any(_is_passed(facts, front, uri, found.location) for uri in _jumps(facts.config, found.location)) and not _turns(found.location)


_known: Memo[dict[Request, Located]] = Memo()


def _located(facts: Facts, front: Request) -> Located:
    """Where a front page is answered: looked for once in a configuration."""
    known = _known((facts.config, facts.routes), dict)
    if front not in known:
        known[front] = located(facts.config, front, facts.routes)
    return known[front]


def _jumps(config: Config, location: Directive) -> tuple[str, ...]:
    """The URIs at which nginx may look for the page of a directory instead; "" for a place that is not known."""
    tries = next((child for child in location.children if child.name == "try_files"), None)
    if tries and not tries.args[-1].startswith(("/", "=")):
        return ("",)
    last = (tries.args[-1].partition("?")[0],) if tries and tries.args[-1].startswith("/") else ()
    index = effective(config, location.where, "index")
    return (*last, *(f"/{word.lstrip('/')}" for word in (index.value.split() if index else ())))


def _is_passed(facts: Facts, front: Request, uri: str, files: Directive) -> bool:
    """May this URI be answered by a backend, and not by the files of this location? What cannot be told may."""
    if not uri or "$" in uri:
        return True
    found = located(facts.config, replace(front, uri=uri), facts.routes)
    return found.pass_ is not None or (found.undecided != "" and found.location is not files)


def _turns(location: Directive) -> bool:
    return any(child.name in ("rewrite", "if", "error_page") for child in location.children)
