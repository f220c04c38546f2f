"""Edits of pool files: the bytes of one value or one new line, and never anything else."""

import pytest

from tests.read.test_ini import POOL
from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.fix.ini import set_key
from tui502.model.findings import Edit, Fix


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


@pytest.mark.parametrize("value", ["a b", "a;b", "", "x\ny", "$pool", "${HOME}", "no", 'a"'])
def test_values_that_mean_something_else_are_refused(value: str) -> None:
    with pytest.raises(EditRefused):
        set_key("f", POOL, "www", "listen.owner", value, "listen")


def test_section_without_listen_is_refused() -> None:
    with pytest.raises(EditRefused):
        set_key("f", b"[a]\nuser = x\n", "a", "listen.mode", "0660", "listen")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"www-data", b"x\nlisten = /y"), (b"user=", b";user="), (b"[www]", b"[web]"), (b"www-data", b'"'), (b"listen = ", b"listen2 = "),
        (b"user", b"[x]\nuser"),
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
