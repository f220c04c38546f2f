"""What NEXT says of the fix that `s` would stage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tui502.model.findings import Command, Edit, Fix
from tui502.report.stages import stages

FILE = "/etc/nginx/sites-enabled/app.example.com"
TEXT = b"upstream app {\n    # node\n    server 127.0.0.1:3000;\n}\n"
AT = TEXT.index(b"127.0.0.1:3000")
FIX = Fix("1", "wrong_port", "point nginx at 127.0.0.1:3001", "", "", "config", (Edit(FILE, AT, AT + 14, b"127.0.0.1:3000", b"127.0.0.1:3001"),), (), ())


@pytest.mark.parametrize(
    ("room", "says"),
    [
        (109, "s  stage the fix: server 127.0.0.1:3000 → 127.0.0.1:3001 in app.example.com line 3 · one line, then a reload"),
        (90, "s  stage the fix: server 127.0.0.1:3000 → 127.0.0.1:3001 in app.example.com line 3"),
        (69, "s  stage the fix: server 127.0.0.1:3000 → 127.0.0.1:3001, one line"),
        (49, "s  stage the fix: :3000 → :3001, one line"),
        (10, "s  stage the fix: point nginx at 127.0.0.1:3001"),
    ],
)
def test_the_longest_that_fits(room, says):
    assert stages(FIX, {FILE: TEXT}, room) == says


def test_other_fixes_are_told_by_their_titles():
    """If this fails, a change of several lines or a command looks like a change of one word."""
    edit = FIX.edits[0]
    run = Command(("systemctl", "start", "app"), "", "", "", None, None)
    others = (
        replace(FIX, edits=(edit, replace(edit, start=0, end=0, old=b"", new=b"# x\n"))),
        replace(FIX, edits=(replace(edit, old=b""),)),
        replace(FIX, edits=(replace(edit, new=b"127.0.0.1:3001;\n    server 127.0.0.1:3002"),)),
        replace(FIX, kind="command", edits=(), commands=(run,)),
        replace(FIX, unlinks=("/etc/nginx/sites-enabled/x",)),
    )
    assert {stages(fix, {FILE: TEXT}, 200) for fix in others} == {"s  stage the fix: point nginx at 127.0.0.1:3001"}
    assert stages(FIX, {}, 200) == "s  stage the fix: point nginx at 127.0.0.1:3001"


def test_hostile_words_are_harmless():
    bad = replace(FIX, edits=(replace(FIX.edits[0], new=b"\x1b[31m"),))
    assert "\x1b" not in stages(bad, {FILE: TEXT}, 200)
