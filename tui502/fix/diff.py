"""The diff of a staged file, for people."""

from __future__ import annotations

from tui502.model.changes import FileChange
from tui502.read.lines import unified
from tui502.text import neutral


def of_change(file: FileChange) -> str:
    """The unified diff of a staged file, under a line that says so where it is new or goes; a symbolic link shows as one line that says where it leads."""
    if not file.link:
        return _title(file) + unified(file.path, file.before, file.after)
    before, after = (None if held is None else b"link to " + held + b"\n" for held in (file.before, file.after))
    return unified(file.path, before, after)


def _title(file: FileChange) -> str:
    """Readers of diffs pass over what stands before `---`."""
    if file.verb == "write":
        return ""
    folders = ", ".join(map(neutral, file.made))
    words = ("new file", "in the new directory") if file.verb == "make" else ("deleted file", "and, once it is empty,")
    return f"{words[0]}{f', {words[1]} {folders}' if folders else ''}\n"
