"""What `explain` says to people: 80 columns, the number of the line in front."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from tui502.text import shorten

WIDTH = 80
_INDENT = "    "
_UNKNOWN_SHOWN = 1000
_MESSAGE_SHOWN = 300


def words(found: Mapping[str, object]) -> str:
    """The object of a record as text: what it is, the message, what it means and what to look at first; "unknown" when it is none of the known messages."""
    message = str(found["message"])
    if not found["meaning"]:
        return _filled(f"{found['line_no']}: unknown: ", shorten(_stamped(found, message), _UNKNOWN_SHOWN))
    lines = [_filled(f"{found['line_no']}: ", _head(found)), _filled(_INDENT, shorten(_stamped(found, message), _MESSAGE_SHOWN))]
    if found["request"]:
        lines.append(_filled(_INDENT, shorten(" · ".join(str(found[name]) for name in ("server", "request") if found[name]), _MESSAGE_SHOWN)))
    return "\n".join([*lines, _filled(_INDENT, str(found["meaning"])), _filled(_INDENT, f"First check: {found['first_check']}.")])


def _head(found: Mapping[str, object]) -> str:
    """What it is, and whom it is about."""
    if not found["event"]:
        return " · ".join(str(found[name]) for name in ("symptom", "status", "peer") if found[name])
    details = found["details"]
    name = details.get("name") if isinstance(details, Mapping) else None
    pid = f"pid {found['pid']}" if found["pid"] else ""
    return " · ".join(str(part) for part in (f"{found['program']} {found['event']}", name, pid) if part)


def _stamped(found: Mapping[str, object], message: str) -> str:
    """The message with its time and level, and what nginx was doing; a neighbour's line has them in it."""
    if found["event"]:
        return message
    level = f"[{found['level']}]" if found["level"] else ""
    phase = f"while {found['phase']}" if found["phase"] else ""
    return " ".join(str(part) for part in (found["time"], level, message, phase) if part)


def _filled(start: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=start, subsequent_indent=_INDENT, break_on_hyphens=False) or start.rstrip()
