"""What `s` would stage, for the row NEXT: the change itself where it is one word of one line, else the title of the fix."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from tui502.model.findings import Fix
from tui502.text import neutral

_PORT = re.compile(r"(.*[\w\]]):(\d{1,5})\Z")


def stages(fix: Fix, files: Mapping[str, bytes], room: int) -> str:
    """The longest of these that fits so many columns: "s  stage the fix: server 127.0.0.1:3000 → 127.0.0.1:3001 in app.example.com line 3 · one line, then
    a reload", without its place, only the ports, the title (which may be longer)."""
    told = [f"s  stage the fix: {words}" for words in (*_edit(fix, files), neutral(fix.title))]
    return next((text for text in told if len(text) <= room), told[-1])


def _edit(fix: Fix, files: Mapping[str, bytes]) -> list[str]:
    """What a fix of one word changes, in fewer and fewer words; nothing for other fixes."""
    if fix.kind != "config" or len(fix.edits) != 1 or fix.commands or fix.unlinks:
        return []
    edit = fix.edits[0]
    old, new = neutral(edit.old), neutral(edit.new)
    data = files.get(edit.file)
    if data is None or not old.strip() or not new.strip() or b"\n" in edit.old + edit.new:
        return []
    begin = data.rfind(b"\n", 0, edit.start) + 1
    name = neutral(data[begin : edit.start].strip().split(b" ")[0].split(b"\t")[0])
    change = f"{name} {old} → {new}".lstrip()
    line = data.count(b"\n", 0, edit.start) + 1
    place = f"in {neutral(posixpath.basename(edit.file))} line {line}"
    return [f"{change} {place} · one line, then a reload", f"{change} {place}", f"{change}, one line", *_ports(old, new), change]


def _ports(old: str, new: str) -> list[str]:
    """ ":3000 → :3001, one line" where nothing but the port is another."""
    was, now = _PORT.match(old), _PORT.match(new)
    return [f":{was[2]} → :{now[2]}, one line"] if was and now and was[1] == now[1] else []
