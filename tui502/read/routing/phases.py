"""A request through nginx's phases: server rewrites, location, its rewrites, access, `try_files`, content; and from each end to where `error_page` leads."""

from __future__ import annotations

from tui502.model.config import Directive
from tui502.read.families import PASSES
from tui502.read.routing import files, rewrites
from tui502.read.routing.beside import mirrored
from tui502.read.routing.dial import dial
from tui502.read.routing.endings import CLOSED, End, Jumped, own_page
from tui502.read.routing.guards import refused
from tui502.read.routing.locations import find, named
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.state import State
from tui502.read.routing.uri import as_text
from tui502.read.routing.variables import captured, filled

TO_HTTPS = 497
"""nginx's own status for plain HTTP on a TLS port; the client sees 400."""

_CYCLE = "it goes round in circles"


def served(state: State) -> End:
    """From the server's own rewrites on. Raises Undecided where it cannot be told what comes next."""
    state.valid_location = True
    state.path = (state.http, state.server)
    end = rewrites.run(state)
    return ended(state, end) if end else located(state, True)


def located(state: State, search: bool) -> End:
    """From the search for a location on; `search` False: a named location was entered already."""
    while True:
        if search:
            state.path, state.handler = (state.http, state.server), None
            end = _enter(state)
            if end is not None:
                return ended(state, end)
        state.changed, search = False, True
        end = rewrites.run(state) if state.path[-1] is not state.server else None
        if end is not None:
            return ended(state, end)
        if not state.changed:
            return answered(state)
        if not _may_go_on(state):
            return ended(state, own_page(500, _CYCLE))


def _enter(state: State) -> End | None:
    """Find the location of the URI and go into it."""
    found = find(state.server, state.uri)
    for groups in found.groups:
        captured(state, groups)
    state.path = (state.http, state.server, *found.path)
    if not found.path:
        return None
    inside = found.path[-1]
    hidden = state.nearest("internal")
    if not state.internal and hidden:
        return own_page(404, "the location is internal", hidden[0])
    state.enter(state.path)
    if found.redirect:
        return End(301, inside, "redirect", as_text(files.with_slash(state)))
    return None


def _may_go_on(state: State) -> bool:
    state.left -= 1
    return state.left > 0


def answered(state: State) -> End:
    """From the access rules on."""
    end: End | Jumped | None = refused(state, _dialled)
    if end is None:
        end = files.tried(state)
    if end is None and not state.beside:
        mirrored(state, _dialled)
    if end is None and state.handler is not None:
        name = state.handler.name
        return End(0, state.handler, "pass", sent=True) if name in PASSES else End(0, state.handler, "handler", name, True)
    return _went(state, end or files.content(state))


def _dialled(state: State) -> End:
    """Where a request that nginx makes itself ends, and that a pass cannot even dial: its status decides."""
    end = served(state)
    pass_ = state.in_effect(end.directive.name) if end.answer == "pass" and end.directive else None
    dialled = dial(state, pass_) if pass_ else None
    return ended(state, own_page(dialled.status, dialled.target.undecided, pass_)) if dialled and dialled.status else end


def _went(state: State, end: End | Jumped) -> End:
    return jumped(state, end) if isinstance(end, Jumped) else ended(state, end)


def jumped(state: State, to: Jumped) -> End:
    """An internal redirect, or the way into a named location."""
    if to.directive is not None:
        state.jump(to.directive, to.to)
    if not _may_go_on(state):
        return ended(state, own_page(500, _CYCLE))
    if to.to.startswith(b"@"):
        return _named(state, as_text(to.to))
    uri, _, args = to.to.partition(b"?")
    if to.keeps_args:
        uri, args = to.to, state.args
    state.uri, state.args = uri, args
    state.internal, state.as_sent = True, False
    state.handler = None
    return served(state)


def _named(state: State, name: str) -> End:
    if not state.uri:
        return ended(state, own_page(500, f"the URI is empty, and none such goes to {name}"))
    location = named(state.server, name)
    if location is None:
        return ended(state, own_page(500, f"the server has no location {name}"))
    state.internal, state.handler = True, None
    state.enter((state.http, state.server, location))
    return located(state, False)


def ended(state: State, end: End) -> End:
    """What the client gets in the end: `error_page` may lead elsewhere, and keeps the status or changes it."""
    if end.sent:
        return end._replace(status=state.err_status or end.status)
    if end.status in CLOSED:
        return end._replace(status=444)
    state.err_status = end.status
    if not state.error_page and state.left > 0 and (page := _page(state, end.status)) is not None:
        return _to_page(state, page)
    return end._replace(status=400 if end.status in (494, 495, 496, TO_HTTPS) else end.status)


def _page(state: State, status: int) -> Directive | None:
    pages = state.nearest("error_page")
    if pages:
        state.error_page = state.value("recursive_error_pages", "off") != "on"
    return next((page for page in pages if str(status) in page.args[:-1]), None)


def _to_page(state: State, page: Directive) -> End:
    answer = next((word for word in page.args[:-1] if word.startswith("=")), None)
    if answer is not None:
        state.err_status = int(answer[1:]) if answer[1:].isdigit() else 0
    target = filled(state, page.args[-1])
    if target.startswith((b"/", b"@")):
        if target.startswith(b"/") and state.method != "HEAD":
            state.method = "GET"
        return jumped(state, Jumped(page, target))
    state.jump(page, target)
    status = state.err_status if state.err_status in (301, 302, 303, 307, 308) else 302
    return End(status, page, "redirect", as_text(target))


def failed(state: State, status: int) -> End | None:
    """Where a request goes whose pass fails with this status; None when the client gets nginx's own page."""
    steps = len(state.jumps)
    try:
        end = ended(state, own_page(status))
    except Undecided as error:
        state.doubts.append(str(error))
        return End(0, None, "none")
    return end if len(state.jumps) > steps else None
