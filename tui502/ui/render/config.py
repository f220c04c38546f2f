"""Rows of the configuration pane: bytes of a file, its lines numbered, words in their roles, marks at what matters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tui502.text import neutral
from tui502.ui.render.glyphs import STATES
from tui502.ui.render.spans import Row, Span, cell, cell_len, ends, fit, row

if TYPE_CHECKING:
    from tui502.model.facts import Facts, Node
    from tui502.read import nginx_conf

_VARIABLE = re.compile(rb"\$(?:\w+|\{\w+\})")
LONGEST_LUA = 256 * 1024
"""Bytes of a Lua block up to which it is highlighted."""

Token = tuple[int, int, str]
"""Start and end offset, and role ("directive", "variable", "comment", '')."""

_WORST = ("DOWN", "DENIED", "FAILING", "FULL", "SLOW", "DEGRADED", "BENCHED", "STARTING", "FLAPPING", "STALE", "UNSEEN", "UP")


class Page(NamedTuple):
    """A file made ready for drawing: start offset of each line, and its tokens in order."""

    path: str
    data: bytes
    starts: tuple[int, ...]
    tokens: tuple[Token, ...]

    @property
    def lines(self) -> int:
        return len(self.starts)

    def text(self, n: int) -> str:
        """Line `n` (from 0) as it stands in the file, neutral, tabs as eight blanks."""
        return "".join(span.text for span in self.spans(n))

    def spans(self, n: int) -> Row:
        start = self.starts[n]
        end = self.starts[n + 1] - 1 if n + 1 < len(self.starts) else len(self.data) - self.data.endswith(b"\n")
        return tuple(_spans(self.data, start, end, self.tokens))


def page(path: str, data: bytes, tokens: Sequence[Token] = ()) -> Page:
    starts = [0]
    at = data.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = data.find(b"\n", at + 1)
    if len(starts) > 1 and starts[-1] == len(data):
        starts.pop()
    return Page(path, data, tuple(starts), tuple(tokens))


def _spans(data: bytes, start: int, end: int, tokens: Sequence[Token]) -> Iterable[Span]:
    at = start
    n = max(0, bisect_right(tokens, (start, len(data) + 1, "")) - 1)
    for left, right, role in tokens[n:]:
        if left >= end:
            break
        if right <= at:
            continue
        if left > at:
            yield Span(_show(data[at:left]))
        yield Span(_show(data[max(left, at) : min(right, end)]), role)
        at = min(right, end)
    if at < end:
        yield Span(_show(data[at:end]))


def _show(raw: bytes) -> str:
    return neutral(raw.replace(b"\t", b"        "))


def marks(facts: Facts | None, path: str) -> Mapping[int, str]:
    """Line → worst state of the nodes that stand there."""
    out: dict[int, str] = {}
    for node in facts.nodes if facts else ():
        if node.where and node.where.file == path and node.state in _WORST:
            line = node.where.line
            out[line] = worst((node.state, out.get(line, "")))
    return {line: state for line, state in out.items() if state != "UP"}


def worst(states: Iterable[str]) -> str:
    """The worst of some states of nodes, '' where there is none."""
    return min(filter(None, states), key=_WORST.index, default="")


def line_row(
    shown: Page, n: int, width: int, mark: str = "", note: str = "", selected: bool = False, drifted: bool = False, skip: int = 0, folded: int = 0
) -> Row:
    """Line `n` from 0: mark, number, state of what it leads to and that it is not loaded, text from cell `skip` on, and a note at the right."""
    digits = max(3, len(str(shown.lines)))
    unloaded = ("≠", "degraded")
    signs = (STATES[mark], unloaded if drifted else (" ", "")) if mark else (unloaded if drifted else (" ", ""), (" ", ""))
    left = row(
        "▸" if selected else " ",
        f"{n + 1:>{digits}} ",
        *signs,
        *_skipped(shown.spans(n), skip),
        (f" … {folded} lines }}" if folded else "", "muted"),
    )
    return ends(left, row("  " + neutral(note) + " "), width) if note else fit(left, width)


def _skipped(spans: Row, skip: int) -> Row:
    """The spans without their first `skip` characters."""
    out: list[Span] = []
    for span in spans:
        out.append(span._replace(text=span.text[skip:]))
        skip = max(0, skip - len(span.text))
    return tuple(out)


def node_at(facts: Facts | None, path: str, line: int) -> Node | None:
    """The node that a line stands for; the most exact one when several do."""
    here = [node for node in (facts.nodes if facts else ()) if node.where and node.where.file == path and node.where.line == line]
    return min(here, key=lambda node: (node.where.end - node.where.start if node.where else 0, node.kind != "peer"), default=None)


def serves(facts: Facts | None, path: str, line: int) -> str:
    """What the directive at a place serves: "line 3 serves location / (line 18) through group app", or ''."""
    if facts is None:
        return ""
    for pass_ in facts.routes.passes:
        places = [pass_.where, pass_.location_where, *(peer.where for peer in pass_.peers)]
        if not any(place and place.file == path and place.line == line for place in places):
            continue
        at = f" (line {pass_.location_where.line})" if pass_.location_where else ""
        group = f" through group {pass_.group}" if pass_.group else f" → {pass_.target}"
        return f"line {line} serves location {pass_.location}{at}{group}"
    return ""


@lru_cache(maxsize=8)
def read(path: str, data: bytes) -> Page:
    """The page of a file with the tokens of its configuration language."""
    from tui502.read.nginx_conf import tokens

    return page(path, data, roles(data, tokens(data)))


def roles(data: bytes, tokens: Iterable[nginx_conf.Token]) -> tuple[Token, ...]:
    """Offsets and roles of the lexer's tokens: the first word of a directive, variables inside words, comments."""
    out: list[Token] = []
    first = True
    for kind, start, end, _, quote in tokens:
        if kind == "comment":
            out.append((start, end, "comment"))
        elif kind == "lua":
            out += _lua(data[start:end], start)
        elif kind == "word":
            if first and not quote:
                out.append((start, end, "directive"))
            else:
                out += [(start + match.start(), start + match.end(), "variable") for match in _VARIABLE.finditer(data[start:end])]
            first = False
        else:
            first = True
    return tuple(out)


def _lua(text: bytes, at: int) -> list[Token]:
    """Roles of the text of a Lua block: its comments, and its keywords as directives."""
    if len(text) > LONGEST_LUA:
        return []
    from pygments.lexers.scripting import LuaLexer
    from pygments.token import Comment, Keyword

    out: list[Token] = []
    for start, kind, word in LuaLexer().get_tokens_unprocessed(text.decode("latin-1")):
        role = "comment" if kind in Comment else "directive" if kind in Keyword else ""
        if role:
            out.append((at + start, at + start + len(word), role))
    return out


def title(path: str, line: int, width: int) -> str:
    """The file and the line, whole where there is room, else the name of the file."""
    name = path.rsplit("/", 1)[-1]
    return neutral(f"{path}:{line}" if width >= 80 and cell_len(path) <= width - 44 else f"{name}:{line}")


def missing(path: str, width: int) -> Row:
    return row(" ", cell(f"{neutral(path)} was not read" if path else "no configuration was read", width - 1))
