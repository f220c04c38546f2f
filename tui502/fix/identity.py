"""The id of a fix: a hash of what it does, so that the same repair has the same name on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from tui502.model.findings import Fix


def with_id(fix: Fix) -> Fix:
    """The fix with its id: the first 12 hex digits of a SHA-256 over its edits, links, reload and commands (of advice, which has none of them, over cause and
    title)."""
    digest = hashlib.sha256()
    for part in _parts(fix):
        digest.update(b"%d:" % len(part) + part)
    return replace(fix, id=digest.hexdigest()[:12])


def _parts(fix: Fix) -> Iterator[bytes]:
    for edit in fix.edits:
        yield from (b"edit", _raw(edit.file), b"%d" % edit.start, edit.old, edit.new)
    for command in fix.commands:
        yield from (b"command", b"%d" % len(command.argv), *map(_raw, command.argv))
    yield from (part for path in fix.unlinks for part in (b"unlink", _raw(path)))
    if fix.reload:
        yield b"reload"
    if not fix.commands and not fix.loads:
        yield from (b"advice", _raw(fix.cause), _raw(fix.title))


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
