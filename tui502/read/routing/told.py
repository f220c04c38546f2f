"""The end of a request's way in full: what a pass dials and sends, what becomes of the request when it fails, what nginx asks beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui502.model.config import Directive
from tui502.model.facts import Family
from tui502.model.route import Branch, Way
from tui502.read.families import PREFIXES
from tui502.read.routing.beside import Branching, refusal
from tui502.read.routing.dial import dial
from tui502.read.routing.endings import End, own_page
from tui502.read.routing.groups import group
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.phases import ended, failed, served
from tui502.read.routing.sent import sent
from tui502.read.routing.state import State
from tui502.read.routing.unread import inside

BAD_GATEWAY, GATEWAY_TIMEOUT = 502, 504


def followed(state: State, start: Way, early: End | None) -> Way:
    """The way of a request that stands before the server's own rewrites; `early`: it ends there already."""
    try:
        return told(state, start, ended(state, early) if early else served(state))
    except Undecided as error:
        return told(state, start, End(0, None, "none"), str(error))


def told(state: State, start: Way, end: End, why_not: str = "") -> Way:
    """What the end of a request is, in full."""
    if end.answer == "pass" and end.directive is not None:
        return _passed(state, start, end.directive)
    location = next(state.blocks_inside(), None)
    status = None if end.answer == "none" or not end.status else end.status
    return replace(
        start, server=state.server, location=location, blocks=state.path, jumps=tuple(state.jumps), answer=end.answer, status=status, text=end.text,
        guards=tuple(state.guards), assumed=tuple(state.assumed), wanted=tuple(state.wanted), undecided="; ".join(filter(None, (why_not, *state.doubts))),
        branches=tuple(_branch(start, each) for each in state.branches),
    )  # fmt: skip


def _branch(start: Way, made: Branching) -> Branch:
    """A request beside the one that was asked, as far as it goes."""
    state = made.state
    request = replace(start.request, method=state.method, uri=made.directive.args[0])
    found = told(state, replace(start, request=request, handshake=None), made.end, made.why)
    asking = made.asking if found.answer == "pass" and not refusal(found.status or 200) else None
    return Branch(made.directive.name, made.directive.where, found, _refused(start, asking, found) if asking else None)


def _refused(start: Way, asking: State, found: Way) -> Way | None:
    """What the client gets while the backend that `auth_request` asks is down."""
    end = found.failing or replace(found, answer="status", status=BAD_GATEWAY)
    status = refusal(end.status) if end.status is not None and not end.undecided else 0
    if not status:
        return None
    asking.jumps, asking.guards, asking.branches = [], [], []
    return followed(asking, start, own_page(status))


def _passed(state: State, start: Way, handler: Directive) -> Way:
    """What a pass dials and sends, and what the client gets when it fails."""
    pass_ = state.in_effect(handler.name)
    if pass_ is None:
        return told(state, start, End(0, None, "none"), f"no {handler.name} is in effect there")
    try:
        dialled = dial(state, pass_)
    except Undecided as error:
        return replace(told(state, start, End(0, None, "none"), str(error)), answer="pass", pass_=pass_)
    if dialled.status:
        end = ended(state, own_page(dialled.status, dialled.target.undecided or f"{dialled.written} is no address", pass_))
        return replace(told(state, start, end), pass_=pass_, target=dialled.written)
    fallback, steps = state.copied(), len(state.jumps)
    group_block = state.index.groups.get(dialled.target.group.lower())
    state.doubts += inside(state.config, (group_block,) if group_block else ())
    request = sent(state, pass_, dialled)
    status = state.err_status or None
    found = replace(told(state, start, End(0, None, "none")), answer="pass", pass_=pass_, family=dialled.target.family, target=dialled.written, status=status)
    return replace(
        found, group=group(state.index, dialled.target, state.known.version), sent=request, failing=_failing(fallback, start, steps),
        instead=tuple(_instead(fallback, start, steps, dialled.target.family)),
        assumed=tuple(state.assumed), undecided="; ".join(filter(None, (found.undecided, dialled.target.undecided))),
    )  # fmt: skip


def _failing(state: State, start: Way, steps: int) -> Way | None:
    """Where it goes when the pass fails."""
    state = state.copied()
    state.behind = True
    end = failed(state, BAD_GATEWAY)
    return _after(state, start, steps, end) if end else None


def _instead(state: State, start: Way, steps: int, family: Family) -> Iterator[tuple[int, Way]]:
    """Where it goes when the pass ends with a status that nginx looks for a page for: its own, or with *_intercept_errors that of the backend."""
    if state.behind and not state.error_page:
        return
    caught = state.value(f"{PREFIXES[family]}_intercept_errors", "off") == "on"
    pages = {int(word) for page in state.nearest("error_page") for word in page.args[:-1] if word.isdigit()}
    for status in sorted(pages if caught else pages & {GATEWAY_TIMEOUT}):
        after = state.copied()
        after.behind = True
        try:
            yield status, _after(after, start, steps, ended(after, own_page(status)))
        except Undecided as error:
            yield status, replace(_after(after, start, steps, End(0, None, "none")), undecided=str(error))


def _after(state: State, start: Way, steps: int, end: End) -> Way:
    """The way behind the pass."""
    state.jumps, state.guards, state.branches = state.jumps[steps:], [], []
    return told(state, start, end)
