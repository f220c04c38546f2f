"""Whether the terminal is dark or light: asked before the program is loaded, read when it is, so that nothing waits for the answer."""

from __future__ import annotations

import os
import re
import select
import time
import tty
from typing import Literal

Theme = Literal["dark", "light", ""]

WAIT = 0.1
"""Seconds after the question at which it is given up."""

_ASK = b"\x1b]11;?\x07\x1b[c"
"""The background colour (OSC 11), and who the terminal is (DA1), which all answer: after it no colour comes any more."""

_COLOUR = re.compile(rb"\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_DONE = re.compile(rb"\x1b\[\?[0-9;]*c")


def wanted(env: dict[str, str]) -> bool:
    """Whether the terminal has the colours that the answer would choose between."""
    name = env.get("TERM", "")
    rich = "256color" in name or env.get("COLORTERM", "") in ("truecolor", "24bit")
    return rich and "NO_COLOR" not in env and not name.startswith(("linux", "vt", "dumb"))


def ask(fd: int, out: int) -> float:
    """Ask, with echo off so that the answer is not drawn; returns when that was (monotonic)."""
    tty.setcbreak(fd)
    os.write(out, _ASK)
    return time.monotonic()


def answer(fd: int, asked: float) -> tuple[Theme, bool]:
    """What the terminal said, and whether nothing of it can come later."""
    seen = b""
    while not _DONE.search(seen):
        left = asked + WAIT - time.monotonic()
        if not select.select([fd], [], [], max(0.0, left))[0]:
            break
        data = os.read(fd, 4096)
        if not data:
            break
        seen += data
    return theme(seen), bool(_DONE.search(seen))


def theme(said: bytes) -> Theme:
    """Dark or light by the luminance of the colour in an answer; '' without one."""
    match = _COLOUR.search(said)
    if match is None:
        return ""
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups())
    return "light" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "dark"
