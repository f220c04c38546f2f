"""Edits on the spans of a file: the smallest replacement of bytes, everything else untouched. What makes them is in `on_words`, `on_directives`
and, for a file that cannot be read, `on_text`; all of it is reached from here."""

from __future__ import annotations

from collections.abc import Iterable

from tui502.fix.on_directives import append, insert_after, remove
from tui502.fix.on_text import set_line
from tui502.fix.on_words import add_words, drop_word, end_directive, replace_address, set_args, set_word
from tui502.fix.words import EditRefused, written
from tui502.model.findings import Edit

__all__ = [
    "EditRefused", "add_words", "append", "apply_edits", "check", "drop_word", "end_directive", "insert_after", "remove", "replace_address", "set_args",
    "set_line", "set_word", "written",
]  # fmt: skip


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes after all edits, which belong to one file. Raises EditRefused when they overlap or the bytes to replace are not those named."""
    parts: list[bytes] = []
    at = 0
    for edit in _sorted(edits):
        if not at <= edit.start <= edit.end <= len(data):
            raise EditRefused("two edits touch the same bytes" if edit.start < at else "an edit lies outside the file")
        if data[edit.start : edit.end] != edit.old:
            raise EditRefused("the bytes to replace are not there any more")
        parts += (data[at : edit.start], edit.new)
        at = edit.end
    return b"".join((*parts, data[at:]))


def check(before: bytes, after: bytes, edits: Iterable[Edit]) -> None:
    """Raise EditRefused unless `after` reads as `before` with exactly the edited words, directives or settings changed."""
    from tui502.fix import ini as pools
    from tui502.fix import settings, unit_files
    from tui502.fix.check import compare
    from tui502.fix.kinds import kind_of
    from tui502.read import ini, unit_text

    ordered = _sorted(edits)
    kind = kind_of(ordered[0].file if ordered else "", before)
    if kind == "nginx":
        compare(before, after, ordered)
    elif kind == "pool":
        settings.compare(before, after, ordered, ini.lines, pools.is_clean)
    else:
        settings.compare(before, after, ordered, unit_text.lines, unit_files.is_clean)


def _sorted(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))
