"""What a role looks like, by what the terminal can show. Text and background are always the terminal's own."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

from tui502.ui.render.marks import HIT

Styles = Mapping[str, Style]

_SHAPES = {
    "word": Style(bold=True, reverse=True),
    "key": Style(bold=True),
    "title": Style(bold=True),
    "focus": Style(bold=True),
    "no": Style(reverse=True),
}

COLOURLESS: Styles = {**_SHAPES, "added": Style(underline=True)}
"""NO_COLOR: bold, reverse and underline only."""

SIXTEEN: Styles = {
    **_SHAPES,
    **{role: Style(color=colour) for role, colour in (("ok", "green"), ("failing", "red"), ("degraded", "yellow"), ("unknown", "cyan"), ("looking", "cyan"))},
    "added": Style(color="green"),
    "removed": Style(color="red"),
}
"""Only glyphs, level letters and the signs of a diff are coloured, never a word: no palette can hide one."""


def _many(ok: str, failing: str, degraded: str, unknown: str, focus: str, directive: str, variable: str, comment: str, muted: str) -> Styles:
    states = {"ok": ok, "failing": failing, "degraded": degraded, "unknown": unknown, "looking": unknown, "muted": muted}
    return {
        **_SHAPES,
        **{role: Style(color=colour) for role, colour in states.items()},
        **{f"{role} state": Style(color=colour) for role, colour in states.items()},
        "added": Style(color=ok),
        "removed": Style(color=failing),
        "focus": Style(color=focus, bold=True),
        "title": Style(color=focus, bold=True),
        "directive": Style(color=directive),
        "variable": Style(color=variable),
        "comment": Style(color=comment),
    }


THEMES: Mapping[str, Styles] = {
    "": SIXTEEN,
    "dark": _many("#8fc98f", "#ff9a8f", "#e3c078", "#a5c4e8", "#7fc8d8", "#9dc3f0", "#d9b3e6", "#a9b0a0", "#b0b6bd"),
    "light": _many("#1f6b2e", "#a8201a", "#7a4f00", "#2f5580", "#0b5c70", "#1c4f96", "#75328a", "#555f4c", "#555b61"),
}
"""By what the terminal said of its background; '' when it said nothing."""

_PLAIN = Style()
_HIT = Style(underline=True)


def style_of(role: str, styles: Styles) -> Style:
    """What a role looks like; a hit of a search is underlined as well."""
    style = styles.get(role.removesuffix(HIT), _PLAIN)
    return style + _HIT if role.endswith(HIT) else style
