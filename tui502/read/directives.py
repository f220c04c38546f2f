"""What is known of nginx's directives by their name: what they do, where they may stand, what they take, their default."""

from __future__ import annotations

from typing import NamedTuple

from tui502.read.defaults import default
from tui502.read.directive_words import OTHERS, UPSTREAM
from tui502.read.families import PREFIXES

_CONTEXTS = (
    ("NGX_MAIN_CONF", "main"), ("NGX_EVENT_CONF", "events"), ("NGX_HTTP_MAIN_CONF", "http"), ("NGX_HTTP_SRV_CONF", "server"),
    ("NGX_HTTP_LOC_CONF", "location"), ("NGX_HTTP_UPS_CONF", "upstream"), ("NGX_HTTP_SIF_CONF", "if in server"), ("NGX_HTTP_LIF_CONF", "if in location"),
    ("NGX_HTTP_LMT_CONF", "limit_except"), ("NGX_STREAM_MAIN_CONF", "stream"), ("NGX_STREAM_SRV_CONF", "server of stream"),
    ("NGX_STREAM_UPS_CONF", "upstream of stream"), ("NGX_MAIL_MAIN_CONF", "mail"), ("NGX_MAIL_SRV_CONF", "server of mail"),
)  # fmt: skip

_EVERYWHERE = ("http", "server", "location")
_NEWER = {
    "grpc_ssl_conf_command": (_EVERYWHERE, "2 arguments", "1.19.4"),
    "http2": (("http", "server"), "on or off", "1.25.1"),
    "http3": (("http", "server"), "on or off", "1.25.0"),
    "keepalive_min_timeout": (_EVERYWHERE, "1 argument", "1.27.4"),
    "keepalive_time": ((*_EVERYWHERE, "upstream"), "1 argument", "1.19.10"),
    "proxy_cookie_flags": (_EVERYWHERE, "1 argument or more", "1.19.3"),
    "proxy_pass_trailers": (_EVERYWHERE, "on or off", "1.27.2"),
    "proxy_ssl_conf_command": (_EVERYWHERE, "2 arguments", "1.19.4"),
    "ssl_conf_command": (("http", "server"), "2 arguments", "1.19.4"),
    "ssl_reject_handshake": (("http", "server"), "on or off", "1.19.4"),
    "uwsgi_ssl_conf_command": (_EVERYWHERE, "2 arguments", "1.19.4"),
}  # fmt: skip
"""Directives that crossplane does not know yet: where they may stand, what they take, the version that brought them."""


class About(NamedTuple):
    """`does` is a sentence or '', `contexts` the blocks it may stand in, `takes` its arguments in words, `since` the nginx version that brought it or ''."""

    does: str
    contexts: tuple[str, ...]
    takes: str
    since: str = ""


def about(name: str) -> About | None:
    """What is known of a directive; None when neither nginx's own modules nor the common ones have it."""
    does = words_of(name)
    if name in _NEWER:
        return About(does, *_NEWER[name])
    from crossplane import analyzer

    masks = analyzer.DIRECTIVES.get(name)
    if masks is None:
        return About(does, (), "") if does else None
    found = [word for flag, word in _CONTEXTS if any(mask & getattr(analyzer, flag) for mask in masks)]
    return About(does, tuple(found), " or ".join(dict.fromkeys(_takes(mask, analyzer) for mask in masks)))


def words_of(name: str) -> str:
    """What a directive does, in a sentence; '' where we have none."""
    if name in OTHERS:
        return OTHERS[name]
    prefix, _, rest = name.partition("_")
    return UPSTREAM.get(rest, "") if prefix in PREFIXES.values() else ""


def default_of(name: str, version: str) -> str:
    """nginx's default for an upstream directive, '' where it has none or we do not know it."""
    prefix, _, rest = name.partition("_")
    return default(rest, version) if prefix in PREFIXES.values() else ""


def _takes(mask: int, analyzer: object) -> str:
    """How many arguments a mask of nginx allows (ngx_conf_file.h)."""
    flag = {name: mask & getattr(analyzer, f"NGX_CONF_{name}") for name in ("NOARGS", "BLOCK", "FLAG", "ANY", "1MORE", "2MORE")}
    counts = [n for n in range(1, 8) if mask & getattr(analyzer, f"NGX_CONF_TAKE{n}")]
    if flag["FLAG"]:
        return "on or off"
    if flag["1MORE"] or flag["2MORE"]:
        said = f"{1 if flag['1MORE'] else 2} or more arguments"
    elif flag["ANY"]:
        said = "any number of arguments"
    elif counts:
        few = [0, *counts] if flag["NOARGS"] else counts
        said = f"{' or '.join(map(str, few)) if len(few) < 3 else f'{few[0]} to {few[-1]}'} {'argument' if few[-1] == 1 else 'arguments'}"
    else:
        said = "no argument"
    return f"{said} and a block" if flag["BLOCK"] else said
