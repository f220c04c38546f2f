"""What is known of nginx's directives by their name: what they do, where they may stand, what they take, their default."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from tui502.read.defaults import default, general
from tui502.read.families import PREFIXES
from tui502.read.known import NEWER, UPSTREAM, WORDS

_CONTEXTS = (
    ("NGX_MAIN_CONF", "main"), ("NGX_EVENT_CONF", "events"), ("NGX_HTTP_MAIN_CONF", "http"), ("NGX_HTTP_SRV_CONF", "server"),
    ("NGX_HTTP_LOC_CONF", "location"), ("NGX_HTTP_UPS_CONF", "upstream"), ("NGX_HTTP_SIF_CONF", "if in server"), ("NGX_HTTP_LIF_CONF", "if in location"),
    ("NGX_HTTP_LMT_CONF", "limit_except"), ("NGX_STREAM_MAIN_CONF", "stream"), ("NGX_STREAM_SRV_CONF", "server of stream"),
    ("NGX_STREAM_UPS_CONF", "upstream of stream"), ("NGX_MAIL_MAIN_CONF", "mail"), ("NGX_MAIL_SRV_CONF", "server of mail"),
)  # fmt: skip

_SERVER = {"upstream": "a peer of the group", "http": "a site", "stream": "takes connections or datagrams on these ports", "mail": "takes mail on these ports"}
"""What `server` is, by the block around it."""


class About(NamedTuple):
    """`does` is a sentence or '', `contexts` the blocks it may stand in, `takes` its arguments in words, `since` the nginx version that brought it or ''."""

    does: str
    contexts: tuple[str, ...]
    takes: str
    since: str = ""


def about(name: str, block: str = "") -> About | None:
    """What is known of a directive (in a block of that name, '' where that does not matter); None when neither nginx's own modules nor the common ones
    have it."""
    does = words_of(name, block)
    if name in NEWER:
        return About(does, *NEWER[name])
    from crossplane import analyzer

    masks = analyzer.DIRECTIVES.get(name)
    if masks is None:
        return About(does, (), "") if does else None
    found = [word for flag, word in _CONTEXTS if any(mask & getattr(analyzer, flag) for mask in masks)]
    return About(does, tuple(found), _takes(masks, analyzer))


def words_of(name: str, block: str = "") -> str:
    """What a directive does, in a sentence; '' where we have none."""
    if name == "server" and block in _SERVER:
        return _SERVER[block]
    if name in WORDS:
        return WORDS[name]
    prefix, _, rest = name.partition("_")
    return UPSTREAM.get(rest, "") if prefix in (*PREFIXES.values(), "tunnel") else ""


def default_of(name: str, version: str, block: str = "") -> str:
    """nginx's default, '' where it has none or we do not know it."""
    prefix, _, rest = name.partition("_")
    return (default(rest, version) if prefix in PREFIXES.values() else "") or general(name, version, block)


def _takes(masks: Iterable[int], analyzer: object) -> str:
    """How many arguments the masks of a directive (one for each module or place that has it; ngx_conf_file.h) allow, all in one."""
    said: dict[str, tuple[set[int], list[int]]] = {}
    flags: dict[str, int] = {name: getattr(analyzer, f"NGX_CONF_{name}") for name in ("BLOCK", "FLAG", "ANY", "1MORE", "2MORE")}
    if all(mask & flags["FLAG"] for mask in masks):
        return "on or off"
    for mask in masks:
        counts, leasts = said.setdefault(" and a block" if mask & flags["BLOCK"] else "", (set(), []))
        counts |= {n for n in range(8) if mask & getattr(analyzer, f"NGX_CONF_TAKE{n}" if n else "NGX_CONF_NOARGS")} | ({1} if mask & flags["FLAG"] else set())
        leasts += [least for least, name in enumerate(("ANY", "1MORE", "2MORE")) if mask & flags[name]]
    return ", or ".join(arguments(counts, min(leasts, default=None)) + block for block, (counts, leasts) in said.items())


def arguments(counts: Collection[int], least: int | None = None) -> str:
    """Numbers of arguments in words; with `least` also every number from that on."""
    few = sorted(n for n in counts if least is None or n < least) or ([] if least is not None else [0])
    if least is not None:
        while few and few[-1] == least - 1:
            least = few.pop()
        more = "any number of arguments" if least == 0 else f"{least} or more arguments"
        return f"{arguments(few)}, or {more}" if few else more
    if few == [0]:
        return "no argument"
    noun = "argument" if few[-1] == 1 else "arguments"
    if len(few) > 1 and few == list(range(few[0], few[-1] + 1)):
        return f"at most {few[-1]} {noun}" if few[0] == 0 else f"{few[0]} {'or' if len(few) == 2 else 'to'} {few[-1]} {noun}"
    return f"{', '.join(map(str, few[:-1]))} or {few[-1]} {noun}" if len(few) > 1 else f"{few[0]} {noun}"
