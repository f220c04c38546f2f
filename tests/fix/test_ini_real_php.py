"""What PHP-FPM itself reads in a pool file, before and after it is edited."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.fix.ini import set_key, unset_key
from tui502.read.ini import entries

BASE = b"[www]\npm = static\npm.max_children = 2\nuser = daemon\n"
FILES = {
    "plain": b"listen = /run/a.sock\n",
    "no end of line": b"listen = /run/a.sock",
    "quoted": b'listen = "/run/a;b.sock" ; listen = /run/c.sock\n',
    "single quotes": b"listen='/run/a;b.sock'\n",
    "escaped": b'listen = "/run/a\\"b.sock"\n',
    "the last one": b"listen = /run/a.sock\nlisten = /run/b.sock\n",
    "commented": b"listen = /run/a.sock\n;listen = /run/b.sock\n",
    "hash in a value": b"listen = /run/a.sock # x ; y\n",
    "indented": b"  listen = /run/a.sock\t\n",
    "capitals": b"LISTEN = /run/a.sock\n",
    "a second title": b"listen = /run/a.sock\n[b]\n" + BASE[6:] + b"listen = /run/b.sock\n[WWW]\npm.max_children = 3\nlisten = /run/c.sock\n",
    "blank in a value": b"listen = /run/a b.sock\n",
    "network": b"listen = [::1]:9000\n",
}


def seen(directory: Path, data: bytes) -> dict[str, str]:
    """The pool www as PHP-FPM tells it; skips where there is none."""
    binary = next(filter(None, (shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin") for name in ("php-fpm8.2", "php-fpm"))), None)
    if binary is None:
        pytest.skip("PHP-FPM is not installed")
    (directory / "pool.conf").write_bytes(data)
    (directory / "fpm.conf").write_text(f"[global]\nerror_log = {directory}/log\ninclude = {directory}/pool.conf\n")
    ran = subprocess.run([binary, "-tt", "-R", "-y", str(directory / "fpm.conf")], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, dict[str, str]] = {}
    pool = ""
    for line in ran.stderr.splitlines():
        said = line.partition("NOTICE: ")[2].strip()
        title, setting = re.fullmatch(r"\[(.*)\]", said), re.fullmatch(r"(\S+) = ?(.*)", said)
        if title:
            pool = title[1].lower()
            found[pool] = {}
        elif setting and pool:
            found[pool][setting[1]] = setting[2]
    return found["www"]


def ours(data: bytes) -> dict[str, str]:
    return {each.key: each.value for each in entries(data) if each.section == "www"}


@pytest.mark.parametrize("name", FILES)
def test_php_reads_the_same(tmp_path: Path, name: str) -> None:
    """If this fails, a repair changes a line that does not count."""
    data = BASE + FILES[name]
    for text in (data, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")):
        there = seen(tmp_path, text)
        assert {key: there[key] for key in ours(data)} == ours(text)


EDITS = [("listen", "/run/new.sock"), ("listen", "127.0.0.1:9001"), ("listen", "/run/a b;c.sock"), ("listen.mode", "0660"), ("listen.group", "daemon"),
         ("listen.acl_users", "daemon,root"), ("pm.max_children", "9"), ("slowlog", "PHP_OS"), ("chdir", "/")]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), EDITS)
def test_php_reads_what_was_set(tmp_path: Path, key: str, value: str) -> None:
    """One setting changes, all others stay; taken back, the file is what it was."""
    for name in ("no end of line", "a second title"):
        data = BASE + FILES[name]
        edit = set_key("f", data, "www", key, value)
        after = apply_edits(data, (edit,))
        check(data, after, (edit,))
        was, now = seen(tmp_path, data), seen(tmp_path, after)
        assert now[key].removeprefix("/usr/") == value
        assert {k: v for k, v in now.items() if k != key} == {k: v for k, v in was.items() if k != key}
        if not edit.old:
            back = unset_key("f", after, "www", key)
            check(after, apply_edits(after, back), back)
            assert apply_edits(after, back).rstrip() == data.rstrip()


@pytest.mark.parametrize("raw", [b"a|b", b"PHP_OS", b"${HOME}", b"no"])
def test_what_php_takes_for_something_else_is_never_written(tmp_path: Path, raw: bytes) -> None:
    """They are right in an ini file, and mean another thing than they say."""
    data = BASE + b"listen = /run/a.sock\nslowlog = x\n"
    changed = data.replace(b"slowlog = x", b"slowlog = " + raw)
    assert seen(tmp_path, changed)["slowlog"].removeprefix("/usr/") != raw.decode()
    edit = set_key("f", data, "www", "slowlog", "y")
    with pytest.raises(EditRefused):
        check(data, changed, (type(edit)("f", edit.start, edit.end, edit.old, raw),))
