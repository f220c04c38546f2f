"""The way of a request through nginx: what answers it, over which jumps, and what a backend gets to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tui502.model.config import Directive, Where
from tui502.model.facts import Family, Peer, Request

FileKind = Literal["file", "dir", "absent", "denied", "other"]
Answer = Literal["pass", "file", "text", "redirect", "status", "handler", "none"]


class Closed(NamedTuple):
    """A right that is missing on the way to a file. `sure`: the worker lacks it, and `why` says so; else others lack it, and `why` is what it takes
    ("a worker of nginx that may …")."""

    sure: bool
    why: str


@dataclass(frozen=True)
class Known:
    """What decides beside the configuration. `files` says what lies at absolute paths, `closed` why the worker perhaps cannot get at one; `headers` are the
    request's further headers by lower-case name, None when they are not known (then it is taken to have none, and that is said). `version` and `prefix` are
    those of nginx."""

    files: Mapping[str, FileKind] = field(default_factory=dict)
    headers: Mapping[str, str] | None = None
    version: str = ""
    prefix: str = "/"
    closed: Mapping[str, Closed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Jump:
    """A step that leads elsewhere. `kind` is the directive that does it ("rewrite", "try_files", "index", "error_page", "if", "return" …);
    `to` is the URI, named location or status it leads to."""

    kind: str
    to: str
    where: Where | None


@dataclass(frozen=True, slots=True)
class Header:
    """A header or parameter that the backend gets, as it is written and with its variables filled in; `value` is None where that cannot be told.
    `where` is None for what nginx sends by itself."""

    name: str
    value: str | None
    written: str
    where: Where | None


@dataclass(frozen=True, slots=True)
class Sent:
    """The request as the backend sees it. `line` is the request line ("GET /x HTTP/1.0"), '' where it cannot be told (`undecided` says why) or
    the protocol has none; `host` is the Host header. `headers` are those that nginx sets, or the parameters of FastCGI, uwsgi and SCGI.
    `assumed`: see `Way`."""

    line: str
    host: str
    headers: tuple[Header, ...]
    undecided: str
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A server of an upstream group with its parameters in effect. `addresses` is what it dials; `parameters` are those that are written."""

    written: str
    peer: Peer | None
    weight: int
    max_fails: int
    fail_timeout: str
    max_conns: int
    parameters: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class InEffect:
    """A directive in effect at a place: the value of each setting that counts, in order, and where it stands. No place: nginx's own default of that
    version. `level` is the block that sets it ("http", "server", "location" …), "default" where none does."""

    name: str
    values: tuple[str, ...]
    places: tuple[Where, ...]
    level: str


@dataclass(frozen=True, slots=True)
class Group:
    """What a pass dials: `name` of the upstream block, '' for a single address. `settings` are the directives of the block in effect."""

    name: str
    where: Where | None
    members: tuple[Member, ...]
    settings: tuple[InEffect, ...]


@dataclass(frozen=True)
class Branch:
    """A request that nginx makes beside the one it was asked. `kind`: "auth_request" (asked first: 2xx lets the client in, 401 and 403 are handed on to it,
    all else is a 500) or "mirror" (nothing of it reaches the client). `way` is where it goes. `refused` is what the client gets while the pass of that
    way fails, None where it does not see that."""

    kind: str
    where: Where
    way: Way
    refused: Way | None


@dataclass(frozen=True)
class Way:
    """The way of a request. `listen` is where it comes in ("*:80"); `handshake` the server whose certificate is shown, for https. `blocks` are the blocks
    whose settings hold in the end, outermost first.

    `answer`: "pass" (then `pass_`, `family`, `target`, `group`, `sent`), "file" (`text` is its path), "text" and "redirect" (`text` is body or Location),
    "status" (nginx's own page), "handler" (`text` is the directive), "none". `status` is what the client gets, None where the backend decides.
    `failing` is where it goes when the pass fails with 502, None when the client gets nginx's page then. `instead` is what the client gets where the pass
    ends with another status that has a page: 504 where nginx made it, any where the errors of the backend are intercepted; of a pass behind another one only
    where that is the end of it.

    `guards` may refuse the request before, `branches` are requests beside it. `assumed` is what it was taken to be without ("no header X-User") where that
    decides the way; what it decides of single headers alone stands in `sent`. `undecided` says why the way cannot be told to
    its end, or what could lead elsewhere, '' when nothing could; `wanted` are the paths that would have to be looked at."""

    request: Request
    listen: str
    handshake: Directive | None
    server: Directive | None
    location: Directive | None
    blocks: tuple[Directive, ...]
    jumps: tuple[Jump, ...]
    answer: Answer
    status: int | None
    text: str
    pass_: Directive | None = None
    family: Family | None = None
    target: str = ""
    group: Group | None = None
    sent: Sent | None = None
    failing: Way | None = None
    guards: tuple[Jump, ...] = ()
    assumed: tuple[str, ...] = ()
    undecided: str = ""
    wanted: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    instead: tuple[tuple[int, Way], ...] = ()

    @property
    def doubt(self) -> str:
        """Why the request may go another way, '' where it cannot: what could lead elsewhere, and what it was taken to be without."""
        return "; ".join(filter(None, (self.undecided, *(f"it is taken to have {what}" for what in self.assumed))))
