"""Pool files are read with exact spans: an edit lands where they point."""

from hypothesis import given
from hypothesis import strategies as st

from tui502.read.ini import entries, is_ini

POOL = b"""; comment = no
[www]
user=www-data   ; who
listen = "/run/php/a;b.sock"
\tlisten.mode = '0660'\t
php_admin_value[error_log] = /var/log/x.log
;listen.owner = nobody
env[PATH] = $PATH
broken line
= no key
"""


def test_keys_values_and_sections() -> None:
    assert [(each.section, each.key, each.value) for each in entries(POOL)] == [
        ("www", "user", "www-data"), ("www", "listen", "/run/php/a;b.sock"), ("www", "listen.mode", "0660"),
        ("www", "php_admin_value[error_log]", "/var/log/x.log"), ("www", "env[PATH]", "$PATH"),
    ]  # fmt: skip


def test_spans_are_those_of_the_values() -> None:
    assert [POOL[each.start : each.end] for each in entries(POOL)][:3] == [b"www-data", b'"/run/php/a;b.sock"', b"'0660'"]
    assert [POOL[: each.line_end].count(b"\n") + 1 for each in entries(POOL)] == [each.line for each in entries(POOL)]


def test_lines_that_end_with_cr() -> None:
    data = b"[a]\r\nlisten = /x \r\nuser = \r\n"
    assert [(each.value, data[each.line_end :][:2]) for each in entries(data)] == [("/x", b"\r\n"), ("", b"\r\n")]


def test_an_nginx_file_is_no_ini() -> None:
    """It decides by which rules an edit is checked."""
    assert is_ini(POOL)
    assert is_ini(b"\n\n # x\n[global]\n")
    for data in (b"", b"server { listen [::]:80; }", b"# [x]\nevents {}\n[x]\n", b"user www;\n[a]\n"):
        assert not is_ini(data)


@given(st.binary(max_size=300))
def test_anything_is_read_and_spans_lie_inside(data: bytes) -> None:
    for each in entries(data):
        assert 0 <= each.start <= each.end <= each.line_end <= len(data)
        assert b"\n" not in data[each.start : each.line_end]
