"""The way of a request through nginx: server, location, jumps, and what answers it."""

from __future__ import annotations

from dataclasses import replace

from tui502.model.config import Config, Directive
from tui502.model.facts import Request
from tui502.model.route import Jump, Known, Way
from tui502.read.routing.dial import dial
from tui502.read.routing.endings import End, own_page
from tui502.read.routing.groups import group
from tui502.read.routing.index import index
from tui502.read.routing.pcre import Undecided
from tui502.read.routing.phases import TO_HTTPS, ended, failed, served
from tui502.read.routing.sent import sent
from tui502.read.routing.servers import Chosen, choose, find
from tui502.read.routing.state import State
from tui502.read.routing.uri import parse
from tui502.read.routing.variables import captured
from tui502.read.routing.virtual import Virtual
from tui502.read.values import numbers

BAD_GATEWAY = 502


def way(config: Config, request: Request, known: Known) -> Way:
    """The way of a request that came in at `request.address`:`request.port`. What cannot be told is said in `undecided`, and never guessed."""
    chosen = choose(config, request, numbers(known.version))
    listen = chosen.among.listen if chosen.among else _listen(request)
    start = Way(request, listen, _handshake(chosen.among, request), None, None, (), (), "none", None, "")
    if chosen.among is None or (chosen.server is None and chosen.host):
        return replace(start, undecided=chosen.why_not)
    server = chosen.server or chosen.among.default
    secure = request.scheme == "https"
    uri = parse(request.uri, _merges_slashes(config, start.handshake or chosen.among.default))
    if secure and not chosen.among.ssl:
        return replace(start, server=server, undecided="that port speaks no TLS: there is no handshake")
    if start.handshake and any(one.name == "ssl_reject_handshake" and one.args == ("on",) for one in start.handshake.children):
        return replace(start, server=start.handshake, undecided="the server of that name refuses the handshake (ssl_reject_handshake)")
    asked = uri or parse("/", True)
    assert asked is not None
    state = State(config, known, request, chosen.among, server, chosen.host, asked)
    captured(state, chosen.groups)
    if secure:
        state.guards += [Jump(one.name, "asks for a certificate of the client", one.where) for one in state.nearest("ssl_verify_client") if one.args == ("on",)]
    return _followed(state, start, _early(chosen, uri is None, secure))


def _early(chosen: Chosen, bad_uri: bool, secure: bool) -> End | None:
    """The end of a request that nginx refuses before it looks for a location."""
    if chosen.server is None or bad_uri:
        return own_page(400, chosen.why_not or "the URI is invalid")
    return own_page(TO_HTTPS, "plain HTTP was sent to a port that speaks TLS") if chosen.among and chosen.among.ssl and not secure else None


def _followed(state: State, start: Way, early: End | None) -> Way:
    try:
        return _told(state, start, ended(state, early) if early else served(state))
    except Undecided as error:
        return _told(state, start, End(0, None, "none"), str(error))


def _told(state: State, start: Way, end: End, why_not: str = "") -> Way:
    """What the end of a request is, in full."""
    if end.answer == "pass" and end.directive is not None:
        return _passed(state, start, end.directive)
    location = next(state.blocks_inside(), None)
    status = None if end.answer == "none" or not end.status else end.status
    return replace(
        start, server=state.server, location=location, blocks=state.path, jumps=tuple(state.jumps), answer=end.answer, status=status, text=end.text,
        guards=tuple(state.guards), assumed=tuple(state.assumed), wanted=tuple(state.wanted), undecided="; ".join(filter(None, (why_not, *state.doubts))),
    )  # fmt: skip


def _passed(state: State, start: Way, handler: Directive) -> Way:
    """What a pass dials and sends, and what the client gets when it fails."""
    pass_ = _in_effect(state, handler.name)
    if pass_ is None:
        return _told(state, start, End(0, None, "none"), f"no {handler.name} is in effect there")
    try:
        dialled = dial(state, pass_)
    except Undecided as error:
        return replace(_told(state, start, End(0, None, "none"), str(error)), answer="pass", pass_=pass_)
    if dialled.status:
        end = ended(state, own_page(dialled.status, dialled.target.undecided or f"{dialled.written} is no address", pass_))
        return replace(_told(state, start, end), pass_=pass_, target=dialled.written)
    fallback = state.copied()
    request = sent(state, pass_, dialled)
    status = state.err_status or None
    found = replace(_told(state, start, End(0, None, "none")), answer="pass", pass_=pass_, family=dialled.target.family, target=dialled.written, status=status)
    return replace(
        found, group=group(state.index, dialled.target, state.known.version), sent=request, failing=_failing(fallback, start, len(state.jumps)),
        assumed=tuple(state.assumed), undecided="; ".join(filter(None, (found.undecided, dialled.target.undecided))),
    )  # fmt: skip


def _failing(state: State, start: Way, steps: int) -> Way | None:
    end = failed(state, BAD_GATEWAY)
    if end is None:
        return None
    state.jumps = state.jumps[steps:]
    state.guards = []
    return _told(state, start, end)


def _in_effect(state: State, name: str) -> Directive | None:
    """The pass of that name that holds where the request is; it goes down into `if` and `limit_except`, not into nested locations."""
    for block in reversed(state.path):
        found = [one for one in block.children if one.name == name and one.opens < 0]
        if found:
            return found[-1]
        if block.name == "location":
            return None
    return None


def _listen(request: Request) -> str:
    return request.address if request.address.startswith("unix:") else f"{request.address}:{request.port}"


def _handshake(among: Virtual | None, request: Request) -> Directive | None:
    """The server whose certificate is shown: that of the name in the handshake, else the default one."""
    if among is None or request.scheme != "https" or not among.ssl:
        return None
    return find(among, request.sni.lower().removesuffix(".")).server if request.sni else among.default


def _merges_slashes(config: Config, server: Directive) -> bool:
    """Of the server that is known before the Host header is read."""
    servers = index(config)
    for block in (server, *servers.https):
        found = servers.named(block, "merge_slashes")
        if found:
            return found[-1].args != ("off",)
    return True
