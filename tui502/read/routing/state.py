"""A request on its way through nginx: what of it changes, and the settings that hold where it is."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui502.model.config import Config, Directive
from tui502.model.facts import Request
from tui502.model.route import Closed, Jump, Known
from tui502.read.routing.index import Index, index
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.unread import inside
from tui502.read.routing.uri import Uri, as_text
from tui502.read.routing.virtual import Virtual
from tui502.read.values import numbers

if TYPE_CHECKING:
    from tui502.read.routing.beside import Branching

MOST_CHANGES = 11
"""nginx's NGX_HTTP_MAX_URI_CHANGES + 1: so many jumps end with 500."""


class State:
    """Changed while the request goes on. `path` are the blocks whose settings hold, `uri` and `args` what nginx looks for now, `groups` what `$1` … are.
    `variables` are values given by `set` and the like; an Undecided among them is raised by whoever needs it. `shown_method` is
    $request_method, of the request that the client sent also in one that nginx makes itself (`beside`); `behind`: a pass of it has failed."""

    def __init__(self, config: Config, known: Known, request: Request, among: Virtual, server: Directive, host: str, uri: Uri) -> None:
        self.config, self.known, self.request = config, known, request
        self.index: Index = index(config)
        self.among, self.server, self.host, self.asked = among, server, host, uri
        self.http = self.index.http_of[id(server)]
        self.version = numbers(known.version)
        self.method = self.shown_method = request.method
        self.uri, self.args = uri.path, uri.args
        self.path: tuple[Directive, ...] = (self.http, server)
        self.handler: Directive | None = None
        self.variables: dict[str, bytes | Undecided] = {}
        self.groups: re.Match[bytes] | None = None
        self.left = MOST_CHANGES
        self.changed = self.internal = self.error_page = False
        self.valid_location = True
        self.as_sent = uri.whole
        self.err_status = 0
        self.jumps: list[Jump] = []
        self.guards: list[Jump] = []
        self.doubts: list[str] = list(inside(config, (server,)))
        self.assumed: dict[str, None] = {}
        self.wanted: dict[str, None] = {}
        self.branches: list[Branching] = []
        """Requests that nginx makes beside it."""
        self.beside = self.behind = False

    def copied(self) -> State:
        """The same state, to see what would come of another end."""
        other = copy.copy(self)
        for name in ("variables", "jumps", "guards", "doubts", "assumed", "wanted", "branches"):
            setattr(other, name, copy.copy(getattr(self, name)))
        return other

    def branched(self, uri: bytes, args: bytes, method: str) -> State:
        """A request that nginx makes beside this one (ngx_http_subrequest). It shares the variables with it."""
        other = copy.copy(self)
        other.shown_method = self.method
        other.uri, other.args, other.method, other.asked = uri, args, method, self.asked._replace(quoted=False, plus=False)
        other.handler = other.groups = None
        other.left, other.err_status = MOST_CHANGES, 0
        other.changed = other.error_page = other.as_sent = False
        other.internal = other.valid_location = other.beside = True
        other.jumps, other.guards, other.doubts, other.branches = [], [], [], []
        return other

    def jump(self, directive: Directive, to: bytes | str) -> None:
        self.jumps.append(Jump(directive.name, to if isinstance(to, str) else as_text(to), directive.where))

    def own(self, name: str) -> tuple[Directive, ...]:
        """The directives of that name in the innermost block alone: they are not inherited."""
        return self.index.named(self.path[-1], name)

    def nearest(self, *names: str) -> tuple[Directive, ...]:
        """The settings of these names at the nearest level that has any, in file order."""
        for block in reversed(self.path):
            found = [one for name in names for one in self.index.named(block, name)]
            if found:
                return tuple(sorted(found, key=lambda one: one.start)) if len(names) > 1 else tuple(found)
        return ()

    def in_effect(self, name: str) -> Directive | None:
        """The pass of that name that holds where the request is; it goes down into `if` and `limit_except`, not into nested locations."""
        for block in reversed(self.path):
            found = [one for one in block.children if one.name == name and one.opens < 0]
            if found:
                return found[-1]
            if block.name == "location":
                return None
        return None

    def value(self, name: str, default: str) -> str:
        """The first argument of a setting in effect."""
        found = self.nearest(name)
        return found[-1].args[0] if found and found[-1].args else default

    def enter(self, path: tuple[Directive, ...]) -> None:
        """Go into the blocks of a location (ngx_http_update_location_config): `limit_except` and its pass count here."""
        self.path = path
        self.doubts += (each for each in inside(self.config, path[2:]) if each not in self.doubts)
        limits = [one for one in self.own("limit_except") if one.opens >= 0]
        if limits and self.method not in _allowed(limits[0]):
            self.handler = None
            self.path = (*path, limits[0])
            self._take_handler(limits[0], path[-1])
            return
        self._take_handler(path[-1])

    def _take_handler(self, *blocks: Directive) -> None:
        for block in blocks:
            found = [one for one in block.children if _is_handler(one) and (block is blocks[0] or one.name.endswith("_pass"))]
            if found:
                self.handler = found[-1]
                return

    def exists(self, path: bytes) -> str:
        """What lies at a path: "file", "dir", "absent" or "other". Raises Undecided where that was not looked at."""
        text = as_text(path)
        kind = self.known.files.get(text)
        if kind is None or kind == "denied":
            self.wanted[text] = None
            raise Undecided(f"whether {text} exists is not known")
        self._note(self.known.closed.get(text))
        if kind != "absent" and self.value("disable_symlinks", "off") != "off":
            raise Undecided(f"{text} may lead over a link, and disable_symlinks in line {self.nearest('disable_symlinks')[-1].line} refuses that")
        return kind

    def _note(self, closed: Closed | None) -> None:
        if closed is not None and not closed.sure:
            self.assumed[closed.why] = None
        elif closed is not None and closed.why not in self.doubts:
            self.doubts.append(closed.why)

    def blocks_inside(self) -> Iterator[Directive]:
        """The location blocks in effect, innermost first; `if` and `limit_except` left out."""
        yield from (block for block in reversed(self.path) if block.name == "location")


_HANDLERS = ("empty_gif", "stub_status", "flv", "mp4", "hls", "perl", "api", "js_content", "echo", "echo_exec", "rtmp_stat", "passenger_enabled")
"""Directives beside `*_pass` and `content_by_lua*` that answer a request."""


def _is_handler(one: Directive) -> bool:
    return one.name in _HANDLERS or (one.name.endswith("_pass") and one.opens < 0) or one.name.startswith("content_by_lua")


def _allowed(limit: Directive) -> set[str]:
    """The methods that a `limit_except` lets alone; GET lets HEAD alone too."""
    methods = {method.upper() for method in limit.args}
    return methods | {"HEAD"} if "GET" in methods else methods
