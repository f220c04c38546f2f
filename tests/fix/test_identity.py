"""The id of a fix."""

from __future__ import annotations

from dataclasses import replace

from tui502.fix.identity import with_id
from tui502.model.findings import Command, Edit, Fix

FIX = Fix("", "wrong_port", "title", "why", "risk", "config", (Edit("/f", 1, 3, b"80", b"81"),), (), ())
COMMAND = Command(("systemctl", "start", "a"), "starts a", "", "", None, None)


def test_the_same_repair_has_the_same_id_whatever_is_said_about_it() -> None:
    """`fix ID` must mean the same repair on the next run."""
    one = with_id(FIX)
    assert len(one.id) == 12
    assert with_id(replace(FIX, title="other", why="other", risk="other", tie="x")).id == one.id
    assert with_id(one).id == one.id


def test_another_repair_has_another_id() -> None:
    others = [
        FIX,
        replace(FIX, edits=(Edit("/f", 1, 3, b"80", b"82"),)),
        replace(FIX, edits=(Edit("/g", 1, 3, b"80", b"81"),)),
        replace(FIX, edits=(Edit("/f", 2, 4, b"80", b"81"),)),
        replace(FIX, commands=(COMMAND,)),
        replace(FIX, commands=(replace(COMMAND, argv=("systemctl", "start a")),)),
        replace(FIX, edits=()),
        replace(FIX, edits=(), reload=True),
        replace(FIX, edits=(), unlinks=("/a",)),
        replace(FIX, edits=(), unlinks=("/a", "/b")),
        replace(FIX, unlinks=("/a",)),
        replace(FIX, edits=(), cause="x"),
    ]
    assert len({with_id(fix).id for fix in others}) == len(others)
