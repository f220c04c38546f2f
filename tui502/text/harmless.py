"""Hostile text made harmless. Everything read from a host passes here before it is drawn or printed."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that draw nothing or steer the terminal: controls, format marks (bidi, zero width), surrogates, private, unassigned, separators."""

_PLAIN = re.compile(r"[ -~]*\Z")


def neutral(raw: bytes | str) -> str:
    """`raw` as one line of text that can steer nothing: undecodable bytes, controls and marks become visible stand-ins, tabs a space.

    C0 controls show as their Unicode pictures (ESC as "␛"), blanks that are none to a program (the no-break space) as "␣", all else that draws nothing or turns
    text round as "·".
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return text if _PLAIN.match(text) else "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code == 9:
        return " "
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    category = unicodedata.category(char)
    if category == "Zs" and char != " ":
        return "␣"
    return "·" if category in _INVISIBLE or category in ("Mn", "Me") else char


def neutral_lines(raw: bytes | str) -> list[str]:
    """`raw` split at line feeds only, each line neutral."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return [neutral(line) for line in text.split("\n")]


def shorten(text: str, width: int, keep: str = "head") -> str:
    """`text` cut to `width` characters with "…" where the information is least: keep "head", "tail" or "ends"."""
    if len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    if keep == "tail":
        return "…" + text[len(text) - width + 1 :]
    if keep == "ends":
        left = width // 2
        return text[:left] + "…" + text[len(text) - (width - left - 1) :]
    return text[: width - 1] + "…"
