"""Edits of systemd's files, and what systemd itself makes of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.fix.forbidden import forbidden
from tui502.fix.kinds import kind_of, of_backend
from tui502.fix.unit_files import drop_in, set_keys
from tui502.model.changes import FileChange
from tui502.model.findings import Edit, Fix
from tui502.read.unit_text import lines

FILE = "/etc/systemd/system/app.service.d/override.conf"
UNIT = b"""\xef\xbb\xbf# the app
[Unit]
Description=App \\
# of the shop
   for all
[Service]
  User = web
PrivateTmp=no
; PrivateTmp=yes
Environment=A=1
Environment="B=2 3"
privatetmp=yes
[Install]
WantedBy=multi-user.target
[Service]
PrivateTmp=yes"""


def changed(data: bytes, section: str = "Service", **values: str) -> bytes:
    edits = set_keys(FILE, data, section, values)
    after = apply_edits(data, edits)
    check(data, after, edits)
    return after


def test_titles_settings_and_spans() -> None:
    """Comments, lines that go on, and what is no setting."""
    found = [(each.section, each.key, each.value) for each in lines(UNIT) if each.key]
    assert found == [
        ("Unit", "Description", "App  for all"), ("Service", "User", "web"), ("Service", "PrivateTmp", "no"), ("Service", "Environment", "A=1"),
        ("Service", "Environment", '"B=2 3"'), ("Service", "privatetmp", "yes"), ("Install", "WantedBy", "multi-user.target"),
        ("Service", "PrivateTmp", "yes"),
    ]  # fmt: skip
    assert [UNIT[each.start : each.end] for each in lines(UNIT) if each.key == "User"] == [b"web"]
    assert [UNIT[each.start : each.end] for each in lines(UNIT) if not each.key][:2] == [b"[Unit]", b"[Service]"]


def test_the_last_one_counts_and_gets_the_value() -> None:
    assert changed(UNIT, PrivateTmp="no") == UNIT.removesuffix(b"yes") + b"no"
    assert changed(UNIT, User="app", UMask="0007") == UNIT.replace(b"= web", b"= app") + b"\nUMask=0007"


def test_a_drop_in_is_made() -> None:
    made = changed(b"", "Socket", SocketUser="www-data", SocketMode="0660")
    assert made == b"[Socket]\nSocketUser=www-data\nSocketMode=0660\n"
    assert changed(made, "Socket", SocketMode="0600", SocketGroup="web") == made.replace(b"0660\n", b"0600\nSocketGroup=web\n")


def test_the_drop_in_has_the_last_word() -> None:
    there = "/etc/systemd/system/app.socket.d/"
    assert drop_in("app.socket", []) == there + "override.conf"
    assert drop_in("app.socket", [there + "override.conf", "/usr/lib/systemd/system/app.socket.d/10-x.conf"]) == there + "override.conf"
    assert drop_in("app.socket", ["/run/systemd/system/app.socket.d/security.conf"]) == there + "zz-tui502.conf"
    with pytest.raises(EditRefused):
        drop_in("app.socket", [there + "zzz.conf"])


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("Service", {"Environment": "PORT=1"}), ("Service", {"ExecStart": "/bin/x"}), ("Service", {"User": ""}), ("Service", {"User": "a\nUser=root"}),
        ("Service", {"User": "a\\"}), ("Service", {"WorkingDirectory": "/srv/%i"}), ("Service", {"User": " a"}), ("Service", {"A=B": "c"}),
        ("Nothing", {"User": "a"}), ("Unit", {"Description": "other"}), ("Socket", {"Backlog": "9"}),
    ],
)  # fmt: skip
def test_what_cannot_be_set_safely_is_refused(section: str, values: dict[str, str]) -> None:
    """Lists add up, other values would be read otherwise, and a section is never made up behind others."""
    with pytest.raises(EditRefused):
        changed(UNIT, section, **values)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"= web", b"= a\\"), (b"User", b"Group"), (b"[Install]", b"[Service]"), (b"web", b"web\nPrivateTmp=no"), (b"; PrivateTmp=yes\n", b""),
        (b"PrivateTmp=no\n", b"#"), (b"web", b"%h"), (b"\nPrivateTmp=no", b"\\\nPrivateTmp=no"),
    ],
)  # fmt: skip
def test_an_edit_that_does_more_than_it_says_is_refused(old: bytes, new: bytes) -> None:
    """The last barrier before the disk."""
    edit = Edit(FILE, UNIT.index(old), UNIT.index(old) + len(old), old, new)
    with pytest.raises(EditRefused):
        check(UNIT, apply_edits(UNIT, (edit,)), (edit,))


def test_a_line_that_goes_on_is_not_torn() -> None:
    data = b"[Service]\nUser=web\nUMask=00\\\n# x\n07\n"
    with pytest.raises(EditRefused):
        changed(data, UMask="0022")
    assert changed(data, User="app") == data.replace(b"web", b"app")


def test_a_unit_is_known_by_its_path() -> None:
    """It decides by which rules an edit is checked, and that nginx reads nothing of it."""
    assert kind_of(FILE, b"") == kind_of("/lib/systemd/system/php8.2-fpm.service", b"x") == "unit"
    assert kind_of("/etc/php/8.2/fpm/pool.d/www.conf", b"[www]\n") == "pool"
    assert kind_of("/etc/nginx/nginx.conf", b"") == kind_of("/etc/systemd/system.conf", b"user x;") == "nginx"
    assert of_backend(FileChange(FILE, FILE, None, b"", ""))
    assert not of_backend(FileChange(FILE, FILE, None, b"", "", link=True))


def test_a_socket_for_everybody_is_never_written() -> None:
    edits = set_keys(FILE, b"", "Socket", {"SocketMode": "0666"})
    assert "writable for everybody" in forbidden(Fix("", "socket_permission", "", "", "", "command", edits, (), ()), {FILE: b""})


@given(st.lists(st.sampled_from([b"[Service]", b"A=1", b"B = \\", b"# c", b"; d \\", b"", b"x", b"  [Unit] ", b"A=", b"[", b"\xff=\xff", b"a\\\\"])))
def test_anything_is_read_and_spans_lie_inside(parts: list[bytes]) -> None:
    for eol in (b"\n", b"\r\n"):
        data = eol.join(parts)
        for each in lines(data):
            assert 0 <= each.start <= each.end <= each.line_end <= len(data)


SAYS = {
    "the last one": b"PrivateTmp=no\nPrivateTmp=yes\n",
    "the last one, no": b"PrivateTmp=yes\nPrivateTmp=no\n",
    "indented": b"   PrivateTmp = yes  \n",
    "CR LF": b"PrivateTmp=yes\r\n",
    "goes on": b"PrivateTmp=\\\n# c\n  yes\n",
    "a second title": b"[Unit]\nDescription=x\n[Service]\nPrivateTmp=yes\n",
    "another section": b"[Unit]\nPrivateTmp=yes\n",
    "indented title": b"[Unit]\n  [Service] \nPrivateTmp=yes\n",
    "commented": b";PrivateTmp=yes\n#PrivateTmp=yes\n",
    "in capitals": b"PRIVATETMP=yes\n",
    "no end of line": b"PrivateTmp=yes",
    "comment that ends with a backslash": b"# x \\\nPrivateTmp=yes\n",
    "two backslashes": b"WorkingDirectory=/x\\\\\nPrivateTmp=yes\n",
    "nothing": b"",
}


@pytest.mark.parametrize("name", SAYS)
def test_systemd_reads_the_same(tmp_path: Path, name: str) -> None:
    """PrivateTmp as systemd takes it, before and after it is set here."""
    data = b"[Service]\nExecStart=/bin/true\n" + SAYS[name]
    mended = () if name == "goes on" else (changed(data, PrivateTmp="yes"), changed(data, PrivateTmp="no"))
    for text in (data, *mended):
        ours = [each.value for each in lines(text) if (each.section, each.key) == ("Service", "PrivateTmp")]
        assert is_private(tmp_path, {"app.service": text}) == (ours[-1:] == ["yes"])


def test_systemd_takes_our_drop_in_last(tmp_path: Path) -> None:
    unit = b"[Service]\nExecStart=/bin/true\nPrivateTmp=no\n"
    files = {"app.service": unit, "app.service.d/override.conf": b"[Service]\nPrivateTmp=no\n", "app.service.d/security.conf": b"[Service]\nPrivateTmp=no\n"}
    ours = Path(drop_in("app.service", [name for name in files if "/" in name])).name
    assert is_private(tmp_path, {**files, f"app.service.d/{ours}": changed(b"", PrivateTmp="yes")})


def is_private(directory: Path, files: dict[str, bytes]) -> bool:
    """Whether systemd takes the service for one with PrivateTmp."""
    binary = shutil.which("systemd-analyze")
    if binary is None:
        pytest.skip("systemd-analyze is not installed")
    for name, data in files.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(data)
    argv = [binary, "security", "--offline=true", "--json=short", str(directory / "app.service")]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    if not ran.stdout.startswith("["):
        pytest.skip(f"systemd-analyze security --offline does not work here: {ran.stderr[:100]}")
    return next(bool(row["set"]) for row in json.loads(ran.stdout) if row["json_field"] == "PrivateTmp")
