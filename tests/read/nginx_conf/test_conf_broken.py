"""Broken files: what comes before the break is kept, and the place to look at is named."""

from __future__ import annotations

import pytest

from tui502.read.nginx_conf import missing_semicolon, parse

CASES = [
    ("missing before }", b"a;\nserver {\n  proxy_pass http://x\n}\n", 3, 4, '";" is missing after "proxy_pass http://x"'),
    ("missing, two lines swallowed", b"server {\n  root /x\n  index a\n}\n", 2, 4, '";" is missing after "root /x"'),
    ("missing at the end", b"events {}\nuser x\n", 2, 3, '";" is missing after "user x"'),
    ("block not closed", b"http {\n  server {\n    a;\n  }\n", 1, 5, '"http" is not closed'),
    ("an inner block not closed", b"http {\n  server {\n    location / {\n      a;\n  }\n}\n", 3, 7, '"location /" is not closed'),
    ("one } too many", b"http {\n  a;\n}\n}\n", 4, 0, 'this "}" closes nothing'),
    ("one } too many, further up", b"http {\n  server {\n    a;\n    }\n    }\n  server {\n  }\n}\n}\n", 4, 8, 'this "}" closes nothing'),
    ("double semicolon", b"a;\nb;;\n", 2, 0, 'unexpected ";"'),
    ("no name before {", b"http {\n {\n", 2, 0, 'unexpected "{"'),
    ("quote not closed", b'a;\nadd_header X "y;\nb;\n', 2, 4, "the quote opened here is not closed"),
    ("text after a quote", b'a "b"c;\n', 1, 0, "no space follows"),
    ("braces of a regular expression", b"server {\n location ~ ^/a{2}$ { b; }\n}\n", 2, 4, "must stand in quotes"),
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


def test_all_before_the_break_is_kept_and_open_blocks_end_there() -> None:
    data = b"user x;\nhttp {\n  upstream u { server 1.2.3.4; }\n  server {\n    listen 80;\n    ;\n    root /;\n  }\n}\n"
    (user, http), problems = parse("f", data)
    assert len(problems) == 1
    assert [one.name for one in http.children] == ["upstream", "server"]
    assert [one.name for one in http.children[1].children] == ["listen"]
    assert http.end == data.index(b"    ;") + 4
    assert user.args == ("x",)


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
