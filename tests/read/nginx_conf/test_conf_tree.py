"""The tree of one file."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui502.model.config import Directive, Where
from tui502.read.nginx_conf import parse

CONF = b"""\
events {}
http {
    map $a $b { default 1; "" 2; ~^x{1} 3; }
    upstream app { server 127.0.0.1:3000; }
    server {
        listen 80;
        location / { proxy_pass
            http://app; }
    }
}
"""


def test_spans_lines_and_blocks() -> None:
    """What the screen shows and every edit relies on."""
    data = CONF.replace(b" ~^x{1} 3;", b"")
    directives, problems = parse("/n.conf", data)
    assert problems == ()
    events, http = directives
    assert (events.name, events.children, data[events.start : events.end]) == ("events", (), b"events {}")
    server = http.children[2]
    listen, location = server.children
    assert (listen.args, listen.line, data[listen.start : listen.end]) == (("80",), 6, b"listen 80;")
    proxy_pass = location.children[0]
    assert proxy_pass.where_of(1) == Where("/n.conf", 8, data.index(b"http://app"), data.index(b"http://app") + 10)
    assert data[server.opens : server.opens + 1] == b"{"
    assert data[server.start : server.end].startswith(b"server {")
    assert data[server.end - 1 : server.end] == b"}"


def test_entries_of_a_map_are_data_and_hold_no_block() -> None:
    """Their first word is no name; nginx refuses a brace there."""
    directives, problems = parse("f", b'map $a $b { default 1; "" 2; include x; }')
    assert [(one.name, one.data) for one in directives[0].children] == [("default", True), ("", True), ("include", False)]
    assert problems == ()
    assert parse("f", CONF)[1][0].where == Where("f", 3, CONF.index(b"~^x{1}"), CONF.index(b"{1}") + 1)


def test_equal_means_same_place_and_same_text() -> None:
    """Facts of two moments are compared by value."""
    assert parse("f", CONF) == parse("f", CONF)
    assert parse("f", b"a 1;")[0] != parse("f", b"a 2;")[0]
    assert parse("f", b"a 1;")[0] != parse("g", b"a 1;")[0]
    assert len({*parse("f", b"a 1;")[0], *parse("f", b"a 1;")[0]}) == 1


NAMES = st.sampled_from(["a", "server_name", "location", "x1"])
WORDS = st.text(st.sampled_from("ab ;{}\"'\\#$\n\té"), max_size=6)
TREES = st.recursive(
    st.lists(st.tuples(NAMES, st.lists(WORDS, max_size=3), st.none()), max_size=3),
    lambda inner: st.lists(st.tuples(NAMES, st.lists(WORDS, max_size=3), st.none() | inner), max_size=4),
    max_leaves=12,
)


def written(tree: list, gap: str) -> str:
    text = ""
    for name, args, inner in tree:
        quoted = ('"' + arg.replace("\\", "\\\\").replace('"', '\\"') + '"' for arg in args)
        text += gap + gap.join((name, *quoted)) + gap + (";" if inner is None else "{" + written(inner, gap) + gap + "}")
    return text


def read(directives: tuple[Directive, ...]) -> list:
    return [(one.name, list(one.args), read(one.children) if one.opens >= 0 else None) for one in directives]


@settings(deadline=None)
@given(TREES, st.sampled_from([" ", "\n", "\r\n\t", ' # " { }\n']))
def test_what_is_written_is_read_back(tree: list, gap: str) -> None:
    """Any tree of names and values survives writing and reading, whatever stands between the words."""
    directives, problems = parse("f", written(tree, gap).encode())
    assert problems == ()
    assert read(directives) == tree


def test_nesting_without_end_is_a_problem_not_a_crash() -> None:
    (problem,) = parse("f", b"a{" * 100_000)[1]
    assert "nested" in problem.text
