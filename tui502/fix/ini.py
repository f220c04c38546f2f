"""Edits of the pool files of PHP-FPM."""

from __future__ import annotations

import re

from tui502.fix.settings import added, removed, replaced
from tui502.fix.words import EditRefused
from tui502.model.findings import Edit
from tui502.read.ini import lines, value

_PLAIN = re.compile(r"(?!(?i:none|null|yes|no|on|off|true|false)\Z)(?!\w*[A-Z]\w*\Z)[\w.@+:/,\[\]-]+\Z", re.ASCII)
"""Values that need no quotes: a word with capitals may be the name of a constant of PHP, some words are switches."""

_QUOTED = re.compile(r"\"[^\"\\$\x00-\x1f\x7f]+\"\Z")


def set_key(file: str, data: bytes, section: str, key: str, text: str, after: str = "") -> Edit:
    """Give `key` in `[section]` the value `text`: in its place where it is written (the last one counts), else on a new line behind the setting `after`, or
    at the end of the section. Raises EditRefused."""
    raw = written(text)
    own = [entry for entry in lines(data) if entry.section.lower() == section.lower()]
    there = [entry for entry in own if entry.key == key]
    if there:
        return replaced(file, data, there[-1], raw)
    behind = [entry for entry in own if not after or entry.key == after]
    if not behind:
        raise EditRefused(f"{after or 'that section'} is not written there")
    return added(file, data, behind[-1], [key.encode() + b" = " + raw])


def unset_key(file: str, data: bytes, section: str, key: str) -> tuple[Edit, ...]:
    """Take `key` out of `[section]`, wherever it is written in it, so that its default holds."""
    return tuple(removed(file, data, entry) for entry in lines(data) if entry.section.lower() == section.lower() and entry.key == key)


def written(text: str) -> bytes:
    """A value as PHP must be told it. Raises EditRefused for what cannot be said safely."""
    raw = text.encode() if _PLAIN.match(text) else f'"{text}"'.encode()
    if not is_clean(raw) or value(raw) != text:
        raise EditRefused("the value cannot be written in such a file")
    return raw


def is_clean(raw: bytes) -> bool:
    """Whether PHP takes the value for what is written: no operator, variable, constant or switch."""
    text = raw.decode("utf-8", "replace")
    return bool(_PLAIN.match(text) or _QUOTED.match(text))
