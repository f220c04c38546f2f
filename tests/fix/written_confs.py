"""Configurations made up by hypothesis, in every layout that nginx reads, and what edits of every kind should make of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tui502.fix.edits import add_words, append, drop_word, insert_after, remove, set_args, set_word, written
from tui502.fix.intended import Node, of_tree
from tui502.model.config import Directive, walk
from tui502.model.findings import Edit
from tui502.read.nginx_conf import parse

NAMES = st.sampled_from([b"listen", b"server", b"proxy_pass", b"if", b"set", b"root", b"location"])
VALUES = st.text(st.sampled_from("ab/.:=;{}\"'\\#$()~^\té\u00a0 "), max_size=8)
RAW = st.one_of(
    st.sampled_from([b"80", b"http://a:1/", b"$host", b"${uri}", b"a#b", b'a"b', b"a}b", b"~", rb"\.php$", b"\xff\xfe", b"\xc2\xa0", b")"]),
    st.binary(max_size=6).map(lambda raw: b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'),
    st.sampled_from([b"'a b'", b"'it\\'s'", b'""', b'"a\nb"', b"'#'", b'"{"', b"'}'", b'";"']),
)
COMMENTS = st.sampled_from([b"# why", b"# a { brace", b"#", b"# it's", b"# \xff"])


@dataclass(frozen=True)
class Style:
    eol: bytes
    indent: bytes
    gap: bytes


STYLES = st.builds(Style, st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([b"\t", b"  ", b"    ", b""]), st.sampled_from([b" ", b"\t", b"  "]))


@st.composite
def confs(draw: st.DrawFn) -> bytes:
    """A whole file: nginx's lexer accepts it, though it may know none of its directives."""
    style = draw(STYLES)
    lines = _lines(draw, style, 0)
    text = style.eol.join(lines)
    mark = b"\xef\xbb\xbf" if lines[0].lstrip()[:1].isalpha() else b""
    return draw(st.sampled_from([b"", mark])) + text + draw(st.sampled_from([b"", style.eol, style.eol * 2, b" "]))


def _lines(draw: st.DrawFn, style: Style, depth: int) -> list[bytes]:
    lines: list[bytes] = []
    for _ in range(draw(st.integers(1, 4 if depth == 0 else 3))):
        kind = draw(st.sampled_from(["simple", "simple", "two", "block", "flat", "comment", "blank", "split"]))
        indent = style.indent * depth
        if kind == "comment":
            lines.append(indent + draw(COMMENTS))
        elif kind == "blank":
            lines.append(b"")
        elif kind == "two":
            lines.append(indent + _simple(draw, style) + b" " + _simple(draw, style))
        elif kind == "split":
            lines += [indent + draw(NAMES) + draw(st.sampled_from([b"", b" # why"])), indent + style.gap + b"a" + style.gap + draw(RAW) + b" ;"]
        elif kind in ("block", "flat") and depth < 3:
            inner = _lines(draw, style, depth + 1) if kind == "block" else []
            flat = _simple(draw, style) if kind == "flat" else b""
            name = draw(NAMES) if kind == "block" else draw(st.sampled_from([b"map", b"types", b"location"]))
            head = indent + name + style.gap + b"a" + style.gap + b"{"
            lines += [head, *inner, indent + b"}"] if kind == "block" else [head + flat + b"}"]
        else:
            lines.append(indent + _simple(draw, style) + draw(st.sampled_from([b"", b" # why", b"  "])))
    return lines


def _simple(draw: st.DrawFn, style: Style) -> bytes:
    return style.gap.join([draw(NAMES), *draw(st.lists(RAW, max_size=3))]) + draw(st.sampled_from([b";", b" ;"]))


Change = Callable[[Node], tuple[Node, ...]]


@dataclass(frozen=True)
class Wanted:
    """Edits of one kind, and the whole file's tree as it should be then."""

    kind: str
    edits: tuple[Edit, ...]
    tree: tuple[Node, ...]


def every_kind(data: bytes, one: Directive, value: str, n: int) -> list[Wanted]:
    """Each kind of edit that this directive allows; `value` is the new word and `n` counts words."""
    tree, number = read(data), list(walk(parse("f", data)[0])).index(one)
    words = [word.value.encode() for word in one.words]
    node = Node((b"new", value.encode()), None)
    text = written("new", value)
    at = n % len(words)
    raw = value.encode()
    found = [
        Wanted("set", (set_word(data, one.where_of(at), value),), changed(tree, number, lambda was: (_worded(was, at, raw),))),
        Wanted("add", (add_words(data, one, value, "x"),), changed(tree, number, lambda was: (replace(was, words=(*was.words, raw, b"x")),))),
        Wanted("remove", (remove(data, one),), changed(tree, number, lambda was: ())),
        Wanted("args", set_args(data, one, [value, "y"]), changed(tree, number, lambda was: (_argued(was, one, (value, "y")),))),
    ]
    if at >= 2:
        found.append(Wanted("drop", (drop_word(data, one.where_of(at)),), changed(tree, number, lambda was: (_worded(was, at, None),))))
    if "\n" not in value:
        found.append(Wanted("insert", (insert_after(data, one, text),), changed(tree, number, lambda was: (was, node))))
        if one.opens >= 0:
            found.append(Wanted("append", (append(data, one, text),), changed(tree, number, lambda was: (replace(was, body=(*(was.body or ()), node)),))))
    return found


def _worded(was: Node, at: int, value: bytes | None) -> Node:
    return replace(was, words=(*was.words[:at], *(() if value is None else (value,)), *was.words[at + 1 :]))


def _argued(was: Node, one: Directive, values: tuple[str, ...]) -> Node:
    """Arguments that are the same text stay as they are, odd bytes included."""
    return replace(was, words=(was.words[0], *(was.words[n] if one.args[n - 1 : n] == (new,) else new.encode() for n, new in enumerate(values, 1))))


def read(data: bytes) -> tuple[Node, ...]:
    directives, problems = parse("f", data)
    assert problems == ()
    return of_tree(directives)


def changed(tree: tuple[Node, ...], number: int, change: Change) -> tuple[Node, ...]:
    """The tree with its directive `number`, counted blocks before what is in them, replaced."""
    return _changed(tree, number, change)[0]


def _changed(tree: tuple[Node, ...], number: int, change: Change) -> tuple[tuple[Node, ...], int]:
    out: list[Node] = []
    for node in tree:
        if number == 0:
            out += change(node)
            number = -1
            continue
        body, number = _changed(node.body or (), number - 1, change) if number > 0 else (node.body or (), number)
        out.append(node if node.body is None else replace(node, body=body))
    return tuple(out), number
