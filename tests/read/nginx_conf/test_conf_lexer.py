"""The lexer: spans, values, and that no text can send it off the rails."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui502.model.config import walk
from tui502.read.nginx_conf import parse, tokens
from tui502.read.nginx_conf.lexer import value

PIECES = (
    *(b" ", b"\n", b"\r\n", b"\t", b";", b"{", b"}", b'"', b"'", b"\\", b"#", b"$", b"${", b"name", b"a/b", b")", b"(", b"=", b"\xff", b"\xef\xbb\xbf"),
    *(b"x_by_lua_block", b"--", b"[[", b"]]", b"map", b"listen 80;", b"server {"),
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)


def shape(data: bytes) -> list[tuple[str, bytes]]:
    return [(token.kind, data[token.start : token.end]) for token in tokens(data)]


@settings(deadline=None)
@given(TEXTS)
@example(b'a "b')
@example(b"a \\")
@example(b"x_by_lua_block { '")
def test_tokens_and_the_white_space_between_them_are_the_whole_file(data: bytes) -> None:
    """If it fails, a span is wrong and an edit would hit other bytes."""
    at, line = 0, 1
    for token in tokens(data):
        assert not data[at : token.start].strip(b" \t\r\n")
        assert token.start <= token.end
        line = 1 + data[: token.start].count(b"\n")
        assert token.line == line
        at = token.end
    assert not data[at:].strip(b" \t\r\n")


@settings(deadline=None)
@given(TEXTS)
def test_the_tree_has_the_words_of_the_tokens(data: bytes) -> None:
    """The quick pattern of the tree and the slow one of the tokens must cut alike, up to a break; behind it nothing is read twice."""
    directives, problems = parse("f", data)
    mine = [(word.start, word.end, word.line) for one in walk(directives) for word in one.words]
    theirs = [(token.start, token.end, token.line) for token in tokens(data) if token.kind == "word"]
    if not problems:
        assert mine == theirs
    assert sorted(mine) == mine
    assert all(word.start < word.end for one in walk(directives) for word in one.words)


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b'a#b a"b a}b;', [b"a#b", b'a"b', b"a}b"]),
        (b"try_files ${uri} ${uri}/ =404;", [b"try_files", b"${uri}", b"${uri}/", b"=404"]),
        (b'if ($a = "b") {}', [b"if", b"($a", b"=", b'"b"', b")"]),
        (b"x $${{y;", [b"x", b"$${{y"]),
        (b"x \\;\\ \\{y;", [b"x", b"\\;\\ \\{y"]),
        (b"x 'a;b\\'c{' # d;\n\xc2\xa0;", [b"x", b"'a;b\\'c{'", b"\xc2\xa0"]),
        (b"\xef\xbb\xbfevents {}", [b"\xef\xbb\xbfevents"]),
    ],
)
def test_words_end_where_nginx_ends_them(data: bytes, kinds: list[bytes]) -> None:
    """Each line is a rule of nginx that other parsers get wrong."""
    assert [raw for kind, raw in shape(data) if kind == "word"] == kinds


@pytest.mark.parametrize(
    ("raw", "meant"),
    [(rb'"a\"b\\c"', rb'a"b\c'), (rb"\d\n\t\r\x", b"\\d\n\t\r\\x"), (rb"'\''", b"'"), (b'""', b""), (rb"\\n", rb"\n")],
)
def test_values_resolve_the_escapes_of_nginx_and_no_others(raw: bytes, meant: bytes) -> None:
    assert value(raw) == meant


def test_lua_is_skipped_with_its_strings_comments_and_braces() -> None:
    lua = b" local t = { a = '}' } -- }\n --[[ } ]] s = [=[ }]] ]=] "
    data = b"content_by_lua_block {" + lua + b"} listen 80;"
    assert ("lua", lua) in shape(data)
    (block, listen), problems = parse("f", data)
    assert (block.lua, listen.args, problems) == (lua.decode(), ("80",), ())


@pytest.mark.parametrize("piece", [b"${", b"# ", b"\\", b'"\\"', b"x ", b"a{", b"--[[", b"x_by_lua_block {[[", b'x_by_lua_block {"\\"', b"\n#\n"])
def test_time_grows_with_the_length_only(piece: bytes) -> None:
    """A file made to trap a pattern must not hold up the program."""
    data = b"x " + piece * (400_000 // len(piece))
    start = time.process_time()
    parse("f", data)
    assert time.process_time() - start < 4
