"""Files that a tool owns: an edit by hand would be lost, or overwrite what the tool believes."""

from __future__ import annotations

import re

_MARK = re.compile(
    rb"^[ \t]*[#;].*?\b(ansible|puppet|chef|salt(?:stack)?|cfengine|terraform|plesk|cpanel|ispconfig|hestia(?:cp)?|virtualmin|cloud-init)\b"
    rb".*\b(?:manage|generat|overwrit|edit)",
    re.I | re.M,
)
_GENERATED = re.compile(rb"^[ \t]*[#;].*\b(?:do not (?:edit|modify)|automatically generated|auto-?generated|will be overwritten)\b", re.I | re.M)
HEAD = 4096
"""Bytes at the start of a file in which such a mark is looked for."""


def marker(data: bytes) -> str:
    """The tool that owns a file, by the comment at its head: "ansible", "the tool that writes it", or ''."""
    found = _MARK.search(data[:HEAD])
    if found:
        return found[1].decode("ascii").lower()
    return "the tool that writes it" if _GENERATED.search(data[:HEAD]) else ""
