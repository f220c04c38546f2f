"""The way of a request through nginx: server, location, jumps, and what answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui502.model.config import Config, Directive
from tui502.model.facts import Request
from tui502.model.route import Jump, Known, Way
from tui502.read.routing.endings import End, own_page
from tui502.read.routing.index import index
from tui502.read.routing.phases import TO_HTTPS
from tui502.read.routing.sent import value_of
from tui502.read.routing.servers import Chosen, choose, find
from tui502.read.routing.state import State
from tui502.read.routing.told import followed
from tui502.read.routing.unread import at_servers
from tui502.read.routing.uri import NOTHING, parse
from tui502.read.routing.variables import captured
from tui502.read.routing.virtual import Virtual
from tui502.read.values import numbers


def way(config: Config, request: Request, known: Known) -> Way:
    """The way of a request that came in at `request.address`:`request.port`. What cannot be told is said in `undecided`, and never guessed."""
    return _went(config, request, known)[0]


def values(config: Config, request: Request, known: Known, texts: Iterable[str]) -> tuple[Way, tuple[str | None, ...]]:
    """The same, and texts with variables as nginx fills them in where the way ends; None for one that cannot be told."""
    found, state = _went(config, request, known)
    return found, tuple(None if state is None else value_of(state, text) for text in texts)


def _went(config: Config, request: Request, known: Known) -> tuple[Way, State | None]:
    """The way, and how the request is in the end; None where no server took it. A server that could not be read may take it instead."""
    found, state = _among_read(config, request, known)
    doubt = at_servers(config)
    return (replace(found, undecided="; ".join(filter(None, (found.undecided, doubt)))) if doubt else found), state


def _among_read(config: Config, request: Request, known: Known) -> tuple[Way, State | None]:
    chosen = choose(config, request, numbers(known.version))
    listen = chosen.among.listen if chosen.among else _listen(request)
    start = Way(request, listen, _handshake(chosen.among, request), None, None, (), (), "none", None, "")
    if chosen.among is None or (chosen.server is None and chosen.host):
        return replace(start, undecided=chosen.why_not), None
    secure, first = request.scheme == "https", start.handshake or chosen.among.default
    uri = parse(request.uri, _merges_slashes(config, first))
    if uri is None:
        request, chosen = replace(request, host=""), Chosen(first, "the URI is invalid", chosen.among, refused=True)
    server = chosen.server or first
    if secure and not (chosen.among and chosen.among.ssl):
        return replace(start, server=server, undecided="that port speaks no TLS: there is no handshake"), None
    if start.handshake and any(one.name == "ssl_reject_handshake" and one.args == ("on",) for one in start.handshake.children):
        return replace(start, server=start.handshake, undecided="the server of that name refuses the handshake (ssl_reject_handshake)"), None
    assert chosen.among
    state = State(config, known, request, chosen.among, server, chosen.host, uri or NOTHING)
    if (proxied := chosen.among.proxied) is not None:
        state.guards.append(Jump(proxied.name, "wants a PROXY header in front of the request (proxy_protocol)", proxied.where))
    captured(state, chosen.groups)
    if secure:
        state.guards += [Jump(one.name, "asks for a certificate of the client", one.where) for one in state.nearest("ssl_verify_client") if one.args == ("on",)]
    return followed(state, start, _early(chosen, secure)), state


def _early(chosen: Chosen, secure: bool) -> End | None:
    """The end of a request that nginx refuses before it looks for a location. A URI that is invalid it refuses before it reads the Host header."""
    if chosen.server is None or chosen.refused:
        return own_page(400, chosen.why_not)
    return own_page(TO_HTTPS, "plain HTTP was sent to a port that speaks TLS") if chosen.among and chosen.among.ssl and not secure else None


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
