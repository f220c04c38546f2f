"""Edits of pool files: the bytes of one value or one new line, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.read.test_ini import POOL
from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.fix.ini import set_key, unset_key
from tui502.model.findings import Edit, Fix
from tui502.read.ini import entries


def changed(data: bytes, key: str, value: str, section: str = "www") -> bytes:
    edit = set_key("f", data, section, key, value, "listen")
    after = apply_edits(data, (edit,))
    check(data, after, (edit,))
    return after


def test_value_in_its_place_and_comments_stay() -> None:
    assert changed(POOL, "user", "web") == POOL.replace(b"user=www-data ", b"user=web ")


def test_new_line_behind_listen() -> None:
    assert changed(POOL, "listen.owner", "web") == POOL.replace(b'b.sock"\n', b'b.sock"\nlisten.owner = web\n')


def test_new_line_has_the_indentation_and_line_end_of_listen() -> None:
    assert changed(b"[a]\r\n  listen = /x\r\n", "listen.mode", "0660", "a") == b"[a]\r\n  listen = /x\r\n  listen.mode = 0660\r\n"
    assert changed(b"[a]\nlisten=/x", "listen.mode", "0660", "a") == b"[a]\nlisten=/x\nlisten.mode = 0660"


def test_only_the_section_that_is_meant() -> None:
    two = b"[a]\nlisten = /a\nlisten.mode = 0600\n[b]\nlisten = /b\nlisten.mode = 0600\n"
    assert changed(two, "listen.mode", "0660", "b") == two[:-5] + b"0660\n"


def test_last_of_several_counts() -> None:
    twice = b"[a]\nlisten = /a\nlisten.mode = 0600\nlisten.mode = 0400\n"
    assert changed(twice, "listen.mode", "0660", "a") == twice.replace(b"0400", b"0660")


@pytest.mark.parametrize("value", ["", "x\ny", "$pool", "${HOME}", 'a"', "a\\b", "\0"])
def test_values_that_mean_something_else_are_refused(value: str) -> None:
    with pytest.raises(EditRefused):
        set_key("f", POOL, "www", "listen.owner", value, "listen")


def test_two_new_lines_at_one_place_are_one_edit() -> None:
    """A group and a mode are given together: each alone would not let nginx in."""
    one, other = (set_key("f", POOL, "www", key, text, "listen") for key, text in (("listen.group", "web"), ("listen.backlog", "511")))
    both = Edit("f", one.start, one.end, b"", one.new + other.new)
    after = apply_edits(POOL, (both,))
    check(POOL, after, (both,))
    assert after == POOL.replace(b'b.sock"\n', b'b.sock"\nlisten.group = web\nlisten.backlog = 511\n')
    assert apply_edits(POOL, (one, other)) == after
    check(POOL, after, (one, other))


QUOTED = [("a b", b'"a b"'), ("a;b", b'"a;b"'), ("no", b'"no"'), ("PHP_OS", b'"PHP_OS"'), ("[::1]:9000", b"[::1]:9000"), ("a|b", b'"a|b"')]


@pytest.mark.parametrize(("value", "raw"), QUOTED)
def test_values_are_quoted_where_php_needs_it(value: str, raw: bytes) -> None:
    """Unquoted, PHP_OS is "Linux", `no` is nothing, and a|b a number."""
    after = changed(POOL, "user", value)
    assert after == POOL.replace(b"user=www-data ", b"user=" + raw + b" ")
    assert [entry.value for entry in entries(after) if entry.key == "user"] == [value]


def test_a_pool_may_go_on_and_be_written_in_capitals() -> None:
    data = b"\xef\xbb\xbf[WWW]\nLISTEN = /a\nuser =\n[b]\nlisten = /b\n[www]\npm = static"
    assert changed(data, "listen", "/c") == data.replace(b"/a", b"/c")
    assert changed(data, "user", "web") == data.replace(b"user =\n", b"user =web\n")
    edit = set_key("f", data, "www", "pm.max_children", "9")
    assert apply_edits(data, (edit,)) == data + b"\npm.max_children = 9"
    check(data, data + b"\npm.max_children = 9", (edit,))


def test_a_setting_is_taken_out_wherever_it_is_written() -> None:
    """Otherwise an earlier one would hold."""
    data = b"[a]\nuser = x ; who\n; user = y\nlisten = /a\r\nuser = z\r\n[b]\nuser = x"
    edits = unset_key("f", data, "a", "user")
    after = apply_edits(data, edits)
    check(data, after, edits)
    assert after == b"[a]\n; user = y\nlisten = /a\r\n[b]\nuser = x"


def test_section_without_listen_is_refused() -> None:
    with pytest.raises(EditRefused):
        set_key("f", b"[a]\nuser = x\n", "a", "listen.mode", "0660", "listen")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"www-data", b"x\nlisten = /y"),
        (b"user=", b";user="),
        (b"[www]", b"[web]"),
        (b"www-data", b'"'),
        (b"listen = ", b"listen2 = "),
        (b"user", b"[x]\nuser"),
        (b"www-data", b"a|b"),
        (b"www-data", b"no"),
        (b"; comment = no\n", b""),
        (b"user=www-data   ; who\n", b"\n"),
    ],
)
def test_edit_that_does_more_than_it_says_is_refused(old: bytes, new: bytes) -> None:
    """The last barrier before the disk."""
    edit = Edit("f", POOL.index(old), POOL.index(old) + len(old), old, new)
    with pytest.raises(EditRefused):
        check(POOL, apply_edits(POOL, (edit,)), (edit,))


@pytest.mark.parametrize("mode", ["0666", "0777", "662"])
def test_socket_for_everybody_is_never_written(mode: str) -> None:
    edit = set_key("f", POOL, "www", "listen.mode", mode, "listen")
    fix = Fix("i", "socket_permission", "", "", "", "command", (edit,), (), ())
    assert "writable for everybody" in forbidden(fix, {"f": POOL})
    assert forbidden(fix, {"f": POOL}) == forbidden(fix, {}) or forbidden(fix, {}) == ""


def test_right_mode_is_allowed() -> None:
    edit = set_key("f", POOL, "www", "listen.mode", "0660", "listen")
    assert forbidden(Fix("i", "socket_permission", "", "", "", "command", (edit,), (), ()), {"f": POOL}) == ""


LINES = ["[www]", "[b]", "[WWW]", "listen = /a", "listen=/b ; why", "user = 'x'", "; user = y", "", "  listen.mode = 0660", 'env[A] = "b;c"', "user ="]
KEYS = ["user", "listen.mode", "pm.max_children"]


@given(st.lists(st.sampled_from(LINES), max_size=9), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(KEYS))
def test_one_setting_changes_and_the_way_back_is_there(lines: list[str], eol: str, ends: bool, key: str) -> None:
    """In every layout: the setting has its new value, all else stays, and the inverse gives the same bytes."""
    data = (eol.join(["[www]", *lines]) + eol * ends).encode()
    edit = set_key("f", data, "www", key, "9")
    after = apply_edits(data, (edit,))
    check(data, after, (edit,))

    def said(text: bytes) -> list[tuple[str, str, str]]:
        return [(entry.section, entry.key, entry.value) for entry in entries(text)]

    held = [value for section, name, value in said(after) if (section, name) == ("www", key)]
    assert held[-1] == "9"
    changed = set(said(after)) ^ set(said(data))
    assert all((section, name) == ("www", key) for section, name, _ in changed)
    assert apply_edits(after, (Edit("f", edit.start, edit.start + len(edit.new), edit.new, edit.old),)) == data
    gone = unset_key("f", after, "www", key)
    check(after, apply_edits(after, gone), gone)
    assert not [name for section, name, _ in said(apply_edits(after, gone)) if (section, name) == ("www", key)]
