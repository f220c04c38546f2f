"""Which server, location and pass answer a request, where the configuration alone tells it."""

from __future__ import annotations

from dataclasses import dataclass

from tui502.model.config import Config, Directive
from tui502.model.facts import Pass, Request, Routes
from tui502.model.route import Known, Way
from tui502.read.routing.passes import routes as all_routes
from tui502.read.routing.way import way

_NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Located:
    """What answers a request, as far as it can be told: None where nothing does, or where `undecided` says why that is not known.
    With a pass, `undecided` says what could still lead elsewhere; '' when nothing could. `beside` are the passes that `auth_request` asks first."""

    server: Directive | None
    location: Directive | None
    pass_: Pass | None
    undecided: str
    beside: tuple[Pass, ...] = ()


def locate(config: Config, routes: Routes, request: Request) -> Pass | None:
    """The pass that answers a request, None when none does or it cannot be told."""
    return located(config, request, routes).pass_


def located(config: Config, request: Request, routes: Routes | None = None) -> Located:
    """The server, location and pass that answer a request. Nothing is known of files and of the request's further headers."""
    found = way(config, request, _NOTHING)
    known = all_routes(config) if routes is None else routes
    asked_first = (_pass_of(known, branch.way) for branch in found.branches if branch.kind == "auth_request")
    return Located(found.server, found.location, _pass_of(known, found), found.doubt or _instead(found), tuple(each for each in asked_first if each))


def _instead(found: Way) -> str:
    """What answers a request that no pass answers."""
    if found.answer in ("pass", "file", "none"):
        return ""
    if found.answer == "handler":
        return f"it is answered by {found.text}"
    return f"nginx answers {found.status} by itself" + (f": {found.text}" if found.answer == "status" and found.text else "")


def _pass_of(routes: Routes, found: Way) -> Pass | None:
    if found.pass_ is None or found.server is None or found.answer != "pass":
        return None
    location = found.location.where if found.location else None
    same = routes.at.get((found.pass_.where, found.server.where), ())
    return next((one for one in same if one.location_where == location), None)
