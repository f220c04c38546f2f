"""Which server, location and pass answer a request."""

from __future__ import annotations

from dataclasses import dataclass

from tui502.model.config import Config, Directive
from tui502.model.facts import Pass, Request, Routes
from tui502.read.routing.listens import http_blocks
from tui502.read.routing.locations import find, normalised
from tui502.read.routing.passes import routes as all_routes
from tui502.read.routing.pcre import Undecided, search
from tui502.read.routing.servers import choose
from tui502.read.routing.targets import PASSES


@dataclass(frozen=True, slots=True)
class Located:
    """What answers a request, as far as it can be told: None where nothing does, or where `undecided` says why that is not known.
    With a pass, `undecided` says what could still lead elsewhere; '' when nothing could."""

    server: Directive | None
    location: Directive | None
    pass_: Pass | None
    undecided: str


def locate(config: Config, routes: Routes, request: Request) -> Pass | None:
    """The pass that answers a request, None when none does or it cannot be told."""
    return located(config, request, routes).pass_


def located(config: Config, request: Request, routes: Routes | None = None) -> Located:
    """The server, location and pass that answer a request. Jumps to another location (try_files, rewrite, error_page) are not followed."""
    chosen = choose(list(http_blocks(config, "server")), request)
    if chosen.server is None:
        return Located(None, None, None, chosen.why_not)
    server = chosen.server
    uri = normalised(request.uri, _merges_slashes(config, server))
    if uri is None:
        return Located(server, None, None, "the URI is invalid")
    try:
        if (ends := _answered_before(server, uri)) is not None:
            return Located(server, None, None, ends)
        found = find(server, uri)
        if found.location is None:
            return Located(server, None, None, "")
        ends = _not_here(found.location, uri, found.redirect)
    except Undecided as error:
        return Located(server, None, None, str(error))
    if ends:
        return Located(server, found.location, None, ends)
    directive = next((child for child in found.location.children if child.name in PASSES), None)
    pass_ = None if directive is None else _pass_at(all_routes(config) if routes is None else routes, server, found.location, directive)
    return Located(server, found.location, pass_, _may_turn(server) or _may_turn(found.location))


def _merges_slashes(config: Config, server: Directive) -> bool:
    levels = [server.children, *(http.children for http in config.root if http.name == "http")]
    for level in levels:
        for child in level:
            if child.name == "merge_slashes":
                return child.args != ("off",)
    return True


def _answered_before(block: Directive, uri: bytes) -> str | None:
    """How the rewrite module ends a request in a server or location before its content, or sends it elsewhere; None when it does not."""
    for child in block.children:
        if child.name == "return":
            return f'line {child.line} answers with "return"'
        if child.name == "break":
            return None
        if child.name == "rewrite" and child.args and search(child.args[0], uri, False):
            if child.args[-1] == "break" and block.name == "location":
                return None
            return f'"rewrite" in line {child.line} changes the URI'
    return None


def _not_here(location: Directive, uri: bytes, redirect: bool) -> str:
    """Why it is not the pass of this location that answers a client's request, or ''."""
    if redirect:
        return "it is redirected to the same URI with a slash"
    if any(child.name == "internal" for child in location.children):
        return "the location is internal: clients get 404"
    tries = next((child for child in location.children if child.name == "try_files"), None)
    return _answered_before(location, uri) or ("" if tries is None else f'"try_files" in line {tries.line} decides by the files that exist')


def _may_turn(block: Directive) -> str:
    """The `if` that could lead a request elsewhere, in words, or ''."""
    for child in block.children:
        if child.name == "if" and any(inner.name in ("return", "rewrite", *PASSES) for inner in child.children):
            return f'the "if" in line {child.line} can lead elsewhere'
    return ""


def _pass_at(routes: Routes, server: Directive, location: Directive, directive: Directive) -> Pass | None:
    wanted = (directive.where, server.where, location.where)
    return next((one for one in routes.passes if (one.where, one.server_where, one.location_where) == wanted), None)
