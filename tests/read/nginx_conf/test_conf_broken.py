"""Broken files: what comes before the break is kept, and the place to look at is named."""

from __future__ import annotations

import pytest

from tests.read.nginx_conf.files import seen
from tui502.model.config import Directive, walk
from tui502.read.nginx_conf import load, missing_semicolon, parse

CASES = [
    ("missing before }", b"a;\nserver {\n  proxy_pass http://x\n}\n", 3, 4, '";" is missing after "proxy_pass http://x"'),
    ("missing, two lines swallowed", b"server {\n  root /x\n  index a\n}\n", 2, 4, '";" is missing after "root /x"'),
    ("missing at the end", b"events {}\nuser x\n", 2, 3, '";" is missing after "user x"'),
    ("block not closed", b"http {\n  server {\n    a;\n  }\n", 1, 5, '"http" is not closed'),
    ("an inner block not closed", b"http {\n  server {\n    location / {\n      a;\n  }\n}\n", 3, 7, '"location /" is not closed'),
    ("one } too many", b"http {\n  a;\n}\n}\n", 4, 0, 'this "}" closes nothing'),
    ("one } too many, further up", b"http {\n  server {\n    a;\n    }\n  }\n  server {\n  }\n}\n", 4, 8, 'this "}" closes too early'),
    ("one } too many, indented anyhow", b"http {\n  server {\n    }\n    }\n  map $a $b {\n   }\n}\n", 4, 7, '"map $a $b" of line 5 stands outside of http'),
    ("one } too few, not indented", b"events {}\nhttp {\nserver {\nlocation / {\n}\nserver {\n}\n}\n", 3, 9, "missing before line 6"),
    ("double semicolon", b"a;\nb;;\n", 2, 0, 'unexpected ";"'),
    ("no name before {", b"http {\n {\n", 2, 0, 'unexpected "{"'),
    ("quote not closed", b'a;\nadd_header X "y;\nb;\n', 2, 4, "the quote opened here is not closed"),
    ("text after a quote", b'a "b"c;\n', 1, 0, "no space follows"),
    ("braces in an entry of a map", b"map $a $b {\n  ~^x{1}\n  3;\n}\n", 2, 0, "must stand in quotes"),
    ("two blocks not closed", b"http {\n  server {\n    a;\n", 2, 4, "nor is the block around it"),
    ("not closed, indented anyhow", b"http {\n server {\n    }\n  map $a $b {\n }\n", 1, 6, 'the "}" of line 3 is indented otherwise'),
    ("too long", b'a "' + b"x" * 5000 + b'";\nb;\n', 1, 0, "longer than nginx reads"),
    ("lua not closed", b"x_by_lua_block {\n '\n}\n", 1, 4, "is not closed"),
]


@pytest.mark.parametrize(("data", "line", "nginx_line", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_line_to_look_at_and_the_line_nginx_names(data: bytes, line: int, nginx_line: int, text: str) -> None:
    """A person is sent to the mistake, not to where nginx noticed it."""
    (problem,) = parse("/f", data)[1]
    assert problem.where is not None
    assert (problem.kind, problem.where.line, problem.nginx_line) == ("syntax", line, nginx_line)
    assert text in problem.text


AROUND = [
    ("two semicolons", b"http {\n  a 1;;\n  b 2;\n}\nc 3;\n", "http[a 1, b 2], c 3"),
    ("no semicolon before }", b"http {\n  a 1\n}\nb 2;\n", "http[a 1], b 2"),
    ("no semicolon, a line swallowed", b"http {\n  a 1\n  b 2\n}\nc 3;\n", "http[a 1, b 2], c 3"),
    ("no semicolon at the end", b"a 1;\nb 2", "a 1, b 2"),
    ("one } too few, seen by the indentation", b"http {\n  server {\n    location / {\n      a 1;\n  }\n  server {\n    b 2;\n  }\n}\nc 3;\n",
     "http[server[location /[a 1]], server[b 2]], c 3"),
    ("one } too many, seen by the indentation", b"http {\n  server {\n    a 1;\n    }\n  }\n  server {\n  }\n}\nb 2;\n", "http[server[a 1], server[]], b 2"),
    ("one } too many, not seen", b"http {\n}\n}\nb 2;\n", "http[], b 2"),
    ("a brace in a map", b"map $a $b {\n  ~^x{1} 3;\n  y 4;\n}\nb 2;\n", "map $a $b[y 4], b 2"),
    ("a quote that is not closed", b'http {\n  a "1;\n  b 2;\n}\nc 3;\n', "http[b 2], c 3"),
    ("a quote that is closed by another", b"http {\n  a '1;\n  b 2;\n  c '3';\n}\nd 4;\n", "http[b 2, c 3], d 4"),
    ("a block not closed at all", b"http {\n  server {\n  a 1;\n", "http[server[a 1]]"),
    ("longer than nginx reads", b'a 1;\nb "' + b"x" * 5000 + b'";\nc 3;\n', "a 1"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "tree"), [case[1:] for case in AROUND], ids=[case[0] for case in AROUND])
def test_a_break_hides_no_more_than_itself(data: bytes, tree: str) -> None:
    """If it fails, one mistake at the head of a file makes all sites below it vanish from the screen."""
    directives, problems = parse("f", data)
    assert len(problems) == 1
    assert said(directives) == tree
    for one in walk(directives):
        assert one.start < one.end <= len(data)


def said(directives: tuple[Directive, ...]) -> str:
    return ", ".join(" ".join((one.name, *one.args)) + (f"[{said(one.children)}]" if one.opens >= 0 else "") for one in directives)


ODD_NAMES = [
    ("braces of a regular expression", b"http {\n server {\n  location ~ ^/a{2}$ {\n  }\n }\n}\n", "syntax", 3, 0, "must stand in quotes"),
    ("of a rewrite", b"http { server {\n  rewrite ^/(\\d{4})$\n /x;\n} }\n", "syntax", 2, 0, "must stand in quotes"),
    ("byte order mark", b"\xef\xbb\xbfevents {}\n", "name", 1, 0, "byte order mark"),
    ("no-break space", b"http { server {\n \xc2\xa0listen\n 80;\n} }\n", "name", 2, 3, "U+00A0 looks like a blank"),
    ("an equals sign", b"user = www-data;\nworker=1;\n", "name", 2, 0, '"worker=1" can be no directive'),
]


@pytest.mark.parametrize(("data", "kind", "line", "nginx_line", "text"), [case[1:] for case in ODD_NAMES], ids=[case[0] for case in ODD_NAMES])
def test_a_word_that_can_be_no_directive_is_told(data: bytes, kind: str, line: int, nginx_line: int, text: str) -> None:
    """nginx calls it unknown; the byte that does the harm is one that nobody sees."""
    (problem,) = load("/n", {"/n": seen(data)}, {}).problems
    assert problem.where is not None
    assert (problem.kind, problem.where.line, problem.nginx_line) == (kind, line, nginx_line)
    assert text in problem.text


@pytest.mark.parametrize("data", [b'"user" x;', b'http { map $a $b { ~^x 1; "" 2; } geoip2 f { $c city; } types { a/b c; } }', b"ModSecurityEnabled on;"])
def test_words_of_data_and_quoted_names_are_no_problem(data: bytes) -> None:
    """What nginx or a module of others takes must not be told as a fault."""
    assert load("/n", {"/n": seen(data)}, {}).problems == ()


def test_hostile_text_is_neutral_in_the_message() -> None:
    """What is quoted from the file may not steer the terminal."""
    (problem,) = parse("f", b"a \x1b[31m\xe2\x80\xae}")[1]
    assert problem.text.isprintable()


def test_a_swallowed_line_is_noticed_where_nginx_reads_on() -> None:
    """`listen 80` without `;` makes a valid directive of two lines; nginx complains about an argument only."""
    (server,), problems = parse("f", b"server {\n  listen 80\n  server_name x;\n  allow 1.2.3.4\n     5.6.7.8;\n}\n")
    assert problems == ()
    listen, allow = server.children
    where = missing_semicolon(listen)
    assert where is not None
    assert (where.line, server.source.data[where.start : where.end]) == (2, b"listen 80")
    assert missing_semicolon(allow) is None
