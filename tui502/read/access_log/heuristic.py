"""The status of a line whose format is not known: the number behind the quoted request, or the value of "status" in a JSON format."""

from __future__ import annotations

import re

_STATUS = re.compile(rb'"[^"\n]*" "?(\d{3})(?=[ "|\t]|\Z)|"status": ?"?(\d{3})\b')


def status(line: bytes) -> str:
    """The status of a line, "" when none is found."""
    found = _STATUS.search(line)
    return (found.group(1) or found.group(2)).decode("ascii") if found else ""
