"""The diff of a staged file, for people."""

from __future__ import annotations

from tui502.model.changes import FileChange
from tui502.read.lines import unified


def of_change(file: FileChange) -> str:
    """The unified diff of a staged file; a symbolic link shows as one line that says where it leads."""
    if not file.link:
        return unified(file.path, file.before, file.after)
    before, after = (None if held is None else b"link to " + held + b"\n" for held in (file.before, file.after))
    return unified(file.path, before, after)
