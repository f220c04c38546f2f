"""Edits: the intended bytes change and no others."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tui502.fix.edits import (
    EditRefused,
    append,
    apply_edits,
    check,
    drop_word,
    end_directive,
    insert_after,
    remove,
    replace_address,
    set_args,
    set_line,
    set_word,
    written,
)  # fmt: skip
from tui502.model.config import Directive, Where, walk
from tui502.model.findings import Edit
from tui502.read.nginx_conf import parse

BASE = """\ufeffuser x; # head
http {
\tupstream app { server 127.0.0.1:3000; server 'a.b:1'; }

\tserver {
\t\tlisten 80; # why
\t\tif ($a = "b") { return 301 https://$host$request_uri; }
\t\tlocation / { }
\t\tlocation ~ \\.php$ {
\t\t\tproxy_pass  http://127.0.0.1:3000/x ;   # to the app
\t\t\t# a } brace
\t\t}
\t}
}"""
TEXTS = (BASE, BASE + "\n", BASE.replace("\n", "\r\n"), BASE.replace("\t", "    ") + "\r\n\n", "a { b 1; c { d; } } e;", "a{b 1;}# why")
VALUES = st.text(st.sampled_from("ab/.: ;{}\"'\\#$\té\n()"), max_size=8)


def read(data: bytes) -> list[Directive]:
    directives, problems = parse("f", data)
    assert problems == ()
    return list(walk(directives))


def applied(data: bytes, edit: Edit) -> bytes:
    after = apply_edits(data, [edit])
    check(data, after, [edit])
    assert after[: edit.start] == data[: edit.start]
    assert after[edit.start + len(edit.new) :] == data[edit.end :]
    return after


def shape(directives: list[Directive]) -> list[tuple[str, ...]]:
    return [tuple(word.value for word in one.words) for one in directives]


def comments(data: bytes) -> int:
    return data.count(b"# head") + data.count(b"# why") + data.count(b"# to the app") + data.count(b"# a } brace")


@settings(deadline=None)
@given(st.sampled_from(TEXTS), st.data(), VALUES)
def test_a_word_gets_exactly_its_new_value(text: str, data: st.DataObject, value: str) -> None:
    """Any value in any word of any file: the tree differs in that word alone."""
    raw = text.encode()
    directives = read(raw)
    one = data.draw(st.sampled_from(range(len(directives))))
    n = data.draw(st.sampled_from(range(len(directives[one].words))))
    assume(not (n > 0 and directives[one].words[n - 1].quote and directives[one].words[n].value.startswith(")")))
    want = shape(directives)
    want[one] = (*want[one][:n], value, *want[one][n + 1 :])
    after = applied(raw, set_word(raw, directives[one].where_of(n), value))
    assert shape(read(after)) == want
    assert comments(after) == comments(raw)


@settings(deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_a_directive_is_removed_with_its_line_only(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    directives = read(raw)
    one = data.draw(st.sampled_from([d for d in directives if d.opens < 0]))
    after = applied(raw, remove(raw, one))
    assert shape(read(after)) == shape([d for d in directives if d is not one])
    assert comments(after) == comments(raw)
    assert raw.count(b"\n") - after.count(b"\n") <= 1
    assert (raw[-1:] == b"\n") == (after[-1:] == b"\n")


@settings(deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_what_is_inserted_or_appended_stands_where_it_should(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    directives = read(raw)
    one = data.draw(st.sampled_from(directives))
    before = shape(directives)
    behind = directives.index(one) + 1 + len(list(walk(one.children)))
    after = applied(raw, insert_after(raw, one, "new 1;"))
    assert shape(read(after)) == [*before[:behind], ("new", "1"), *before[behind:]]
    if one.opens >= 0:
        after = applied(raw, append(raw, one, "new 1;"))
        assert shape(read(after)) == [*before[:behind], ("new", "1"), *before[behind:]]
        assert after.count(b"\r\n") - raw.count(b"\r\n") in ((0, 1) if b"\r\n" in raw else (0,))


def find(data: bytes, name: str) -> Directive:
    return next(one for one in read(data) if one.name == name)


def test_layout_follows_the_neighbours() -> None:
    """The diff that a person is asked to accept must look as if they had typed it."""
    data = b"http {\r\n\tserver {\r\n\t\tlisten 80; # why\r\n\t}\r\n\tlocation / { a; }\r\n\tx {\r\n\t}\r\n}\r\n"
    assert insert_after(data, find(data, "listen"), "root /;").new == b"\r\n\t\troot /;"
    assert applied(data, insert_after(data, find(data, "listen"), "root /;")).count(b"listen 80; # why\r\n\t\troot /;\r\n") == 1
    assert append(data, find(data, "server"), "root /;\nindex a;").new == b"\t\troot /;\r\n\t\tindex a;\r\n"
    assert b"location / { a; b; }" in applied(data, append(data, find(data, "location"), "b;"))
    assert b"location / { a; b; }" in applied(data, insert_after(data, find(data, "a"), "b;"))
    assert b"\tx {\r\n\t\tb;\r\n\t}" in applied(data, append(data, find(data, "x"), "b;"))
    assert applied(data, remove(data, find(data, "listen"))) == data.replace(b"listen 80;", b"")
    assert applied(data, remove(data, find(data, "x"))) == data.replace(b"\tx {\r\n\t}\r\n", b"")
    assert applied(b"a;\nb;", remove(b"a;\nb;", find(b"a;\nb;", "b"))) == b"a;"


ADDRESSES = [
    ("http://127.0.0.1:3000/x", "127.0.0.1:3000", "127.0.0.1:3001", "http://127.0.0.1:3001/x"),
    ("http://127.0.0.1:3000", "127.0.0.1:3000", "[::1]:3000", "http://[::1]:3000"),
    ("http://127.0.0.1:3000$request_uri", "127.0.0.1:3000", "127.0.0.1:1", "http://127.0.0.1:1$request_uri"),
    ("http://localhost/", "localhost:80", "127.0.0.1:8080", "http://127.0.0.1:8080/"),
    ("https://app.local?x", "app.local:443", "app.local:8443", "https://app.local:8443?x"),
    ("http://[0::1]:80/", "[::1]:80", "127.0.0.1:80", "http://127.0.0.1:80/"),
    ("http://unix:/run/a.sock:/uri", "unix:/run/a.sock", "unix:/run/b.sock", "http://unix:/run/b.sock:/uri"),
    ("http://unix:/run/a.sock:/uri", "unix:/run/a.sock", "127.0.0.1:1", "http://127.0.0.1:1/uri"),
    ("http://127.0.0.1:1/uri", "127.0.0.1:1", "unix:/run/a.sock", "http://unix:/run/a.sock:/uri"),
    ("unix:/run/a.sock", "unix:/run/a.sock", "unix:/run/php/b.sock", "unix:/run/php/b.sock"),
    ("127.0.0.1:3000", "127.0.0.1:3000", "127.0.0.1:3001", "127.0.0.1:3001"),
    ('"http://127.0.0.1:3000/a b"', "127.0.0.1:3000", "127.0.0.1:3001", '"http://127.0.0.1:3001/a b"'),
    ("uwsgi://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1:8", "uwsgi://127.0.0.1:8"),
]


@pytest.mark.parametrize(("word", "old", "new", "result"), ADDRESSES)
def test_an_address_changes_inside_its_word(word: str, old: str, new: str, result: str) -> None:
    """The repair of a wrong port: scheme, URI and quotes stay as they are."""
    data = f"\tproxy_pass {word} ; # x\r\n".encode()
    (directive,) = read(data)
    assert applied(data, replace_address(data, directive.where_of(1), old, new)) == f"\tproxy_pass {result} ; # x\r\n".encode()


@pytest.mark.parametrize(
    ("word", "old", "new"),
    [
        ("http://127.0.0.1:30001", "127.0.0.1:3000", "127.0.0.1:1"),
        ("http://x127.0.0.1:3000", "127.0.0.1:3000", "a:1"),
        ("http://h/?127.0.0.1:3000", "127.0.0.1:3000", "a:1"),
        ("http://a:1", "a:1", "b:1;}"),
        ("http://a:1", "a:1", "b:1 c"),
        ("http://a:1", "a:1", ""),
        ("http://a:1", "a:1", "${x}"),
        ("http://a:1", "a:1", "unix:/a b"),
    ],
)
def test_another_address_or_a_strange_one_is_refused(word: str, old: str, new: str) -> None:
    data = f"proxy_pass {word};".encode()
    with pytest.raises(EditRefused):
        replace_address(data, read(data)[0].where_of(1), old, new)


def test_a_dollar_does_not_swallow_the_brace_behind_it() -> None:
    """`a${` would be one word."""
    data = b"a{b 1;}"
    assert applied(data, set_word(data, find(data, "a").where_of(0), "a$")) == b'"a$"{b 1;}'


def test_stale_overlapping_or_foreign_edits_are_refused() -> None:
    """A file that changed meanwhile, or a plan that was made wrong, may not be written."""
    data = b"listen 80; root /;"
    for edits in (
        [Edit("f", 7, 9, b"81", b"82")],
        [Edit("f", 7, 9, b"80", b"82"), Edit("f", 8, 9, b"0", b"1")],
        [Edit("f", 90, 99, b"", b"x")],
    ):
        with pytest.raises(EditRefused):
            apply_edits(data, edits)
    with pytest.raises(EditRefused):
        set_word(data, Where("f", 1, 7, 10), "x")
    with pytest.raises(EditRefused):
        set_word(data, Where("f", 1, 0, 9), "x")
    with pytest.raises(EditRefused):
        set_word(data, Where("f", 1, 7, 9), "x" * 5000)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"11111", b'""}'),
        (b"11111", b"1; b 2"),
        (b"11111", b""),
        (b"11111", b"#x"),
        (b"11111", b'"1'),
        (b" b", b" # b {"),
        (b" b", b"} b"),
        (b" b", b" a; } x { b"),
        (b";", b""),
        (b" 1", b"1"),
        (b"server", b"server { server"),
        (b"# c", b"# d"),
        (b"{ a", b"{{ a"),
        (b"a 11111;", b"a 1"),
        (b" 2; # c\n}", b" 2; # c }"),
    ],
)
def test_an_edit_that_changes_more_than_it_says_is_refused(old: bytes, new: bytes) -> None:
    """The last barrier before the disk: words stay words, directives stay directives, comments stay."""
    data = b"server { a 11111; b 2; # c\n}\n"
    edit = Edit("f", data.index(old), data.index(old) + len(old), old, new)
    with pytest.raises(EditRefused):
        check(data, apply_edits(data, [edit]), [edit])


def test_a_broken_file_may_be_mended_but_not_broken_further() -> None:
    """Lines of a file that nginx refuses can only be edited as text."""
    data = b"a 1;\nserver {\n  listen 80\n}\n"
    mend = Edit("f", data.index(b"80") + 2, data.index(b"80") + 2, b"", b";")
    check(data, apply_edits(data, [mend]), [mend])
    worse = Edit("f", 3, 4, b";", b"")
    with pytest.raises(EditRefused):
        check(data, apply_edits(data, [worse]), [worse])


def test_a_parameter_goes_with_the_blanks_before_it() -> None:
    """`down` taken off a server must leave the server."""
    data = b"upstream a { server 127.0.0.1:1   down weight=2; server b; }\n"
    server = next(one for one in read(data) if one.name == "server")
    assert applied(data, drop_word(data, server.where_of(2))) == b"upstream a { server 127.0.0.1:1 weight=2; server b; }\n"
    with pytest.raises(EditRefused):
        applied(data, drop_word(data, server.where_of(1)))
    with pytest.raises(EditRefused):
        applied(data, drop_word(data, server.where_of(0)))


def test_arguments_are_set_as_a_whole() -> None:
    """Only the words that differ are touched; a comment between them never swallows what comes."""
    data = b"upstream a {\n  server 127.0.0.1:1 'weight=2' # why\n    backup # old\n    down;\n}\n"
    server = next(one for one in read(data) if one.name == "server")
    for values, want in (
        (["127.0.0.1:2", "weight=2", "backup", "down"], data.replace(b":1", b":2")),
        (["127.0.0.1:1", "weight=2", "backup"], data.replace(b"\n    down", b"\n")),
        (["127.0.0.1:1", "weight=3"], b"upstream a {\n  server 127.0.0.1:1 'weight=3' # why\n # old\n;\n}\n"),
        (["127.0.0.1:1", "weight=2", "backup", "down", "max_fails=2", "a b"], data.replace(b"down", b'down max_fails=2 "a b"')),
    ):
        edits = set_args(data, server, values)
        after = apply_edits(data, edits)
        check(data, after, edits)
        assert after == want
    assert set_args(data, server, list(server.args)) == ()


def test_regular_expressions_keep_their_look() -> None:
    """A backslash that stands for itself is not doubled: the diff shows what the person knows."""
    data = b'location ~ "^/a\\.b{2}" { } location ~ \\.php$ { }'
    one, two = (each for each in read(data) if each.name == "location")
    assert set_word(data, one.where_of(2), "^/a\\.c{3}").new == b'"^/a\\.c{3}"'
    assert set_word(data, two.where_of(2), "\\.phtml$").new == b"\\.phtml$"
    assert written("add_header", "X", "a\\\\b", "tab\\t") == 'add_header X "a\\\\\\b" "tab\\\\t";'


def test_a_comment_is_never_lost_between_words() -> None:
    data = b"a 1 # why\n 2;\n"
    edit = Edit("f", 2, 12, data[2:12], b"3 4")
    with pytest.raises(EditRefused):
        check(data, apply_edits(data, [edit]), [edit])


@pytest.mark.parametrize("text", ["", "a", "a;b # c", "a;\n# b", "a; }", 'a "x\ny";'])
def test_what_is_no_whole_directive_is_not_put_in(text: str) -> None:
    data = b"server {\n  a;\n}\n"
    for put in (insert_after, append):
        with pytest.raises(EditRefused):
            put(data, find(data, "a" if put is insert_after else "server"), text)


def test_a_block_is_laid_out_as_its_lines_are() -> None:
    data = b"server {\n  a;\n}\n"
    assert applied(data, insert_after(data, find(data, "a"), "location / {\n  return 204;\n}")) == b"server {\n  a;\n  location / {\n    return 204;\n  }\n}\n"
    assert applied(b"x {\n}\ny {\n   b;\n}\n", append(b"x {\n}\ny {\n   b;\n}\n", find(b"x {\n}\ny {\n   b;\n}\n", "x"), "a;")).startswith(b"x {\n   a;\n}")


def test_lines_are_set_and_taken_out() -> None:
    """For files that do not read: the end of line stays, also that of a last line that has none."""
    data = b"a\r\nb }\r\nc"
    assert apply_edits(data, [set_line("f", data, 2, "b;")]) == b"a\r\nb;\r\nc"
    assert apply_edits(data, [set_line("f", data, 2, None), set_line("f", data, 3, "d")]) == b"a\r\nd"
    for number, text in ((4, "x"), (1, "x\ny")):
        with pytest.raises(EditRefused):
            set_line("f", data, number, text)


@pytest.mark.parametrize(
    "data",
    [b"server {\n    root /a/b\n}\n", b"server {\n    server_name a\n    listen 80;\n}\n", b"server {\n    root /a/b\n    location / { }\n}\n"],
)
def test_a_missing_semicolon_is_put_in(data: bytes) -> None:
    """A file that nginx refuses for one character must be mendable by that character."""
    start = data.index(b"    ") + 4
    end = data.index(b"\n", start)
    after = applied(data, end_directive(Where("f", 2, start, end)))
    assert after == data[:end] + b";" + data[end:]
    assert parse("f", after)[1] == ()


def test_a_semicolon_never_cuts_a_directive_off_its_arguments() -> None:
    data = b"root /a/b;\n"
    with pytest.raises(EditRefused):
        applied(data, end_directive(Where("f", 1, 0, 4)))
