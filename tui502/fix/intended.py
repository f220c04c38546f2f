"""What a configuration says, without layout, comments and places: the tree that an edit is meant to give, to be compared with the one it gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui502.model.config import Directive
from tui502.read.nginx_conf.lexer import value


@dataclass(frozen=True, slots=True)
class Node:
    """A directive: the values of its words, what is in its block (None: it has none) and the text of a Lua block ('': it is none)."""

    words: tuple[bytes, ...]
    body: tuple[Node, ...] | None
    lua: bytes = b""


def of_tree(directives: Iterable[Directive]) -> tuple[Node, ...]:
    """What these directives of one file say."""
    return tuple(map(_node, directives))


def _node(one: Directive) -> Node:
    data = one.source.data
    words = tuple(value(data[word.start : word.end]) for word in one.words)
    if one.lua is not None:
        return Node(words, None, data[one.opens + 1 : one.end - 1])
    return Node(words, of_tree(one.children) if one.opens >= 0 else None)


def of_tokens(found: Iterable[tuple[str, bytes]]) -> tuple[Node, ...] | None:
    """What a text of these tokens (kind as in `lexer.Token`, raw text; no comments) says; None where they are no whole directives."""
    levels: list[list[Node]] = [[]]
    heads: list[tuple[bytes, ...]] = []
    words: list[bytes] = []
    lua = b""
    for kind, raw in found:
        if kind == "word":
            words.append(value(raw))
        elif kind == "lua":
            lua = raw
        elif kind in (";", "{") and words:
            heads += [tuple(words)] if kind == "{" else []
            levels += [[]] if kind == "{" else []
            if kind == ";":
                levels[-1].append(Node(tuple(words), None))
            words = []
        elif kind == "}" and heads and not words:
            body, head = levels.pop(), heads.pop()
            levels[-1].append(Node(head, None, lua) if head[0].endswith(b"_by_lua_block") else Node(head, tuple(body)))
            lua = b""
        else:
            return None
    return tuple(levels[0]) if not heads and not words else None
