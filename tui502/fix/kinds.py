"""What kind of file an edit is in: it decides by which rules the edit is checked."""

from __future__ import annotations

from typing import Literal

from tui502.model.changes import FileChange
from tui502.read.ini import is_ini
from tui502.read.unit_text import is_unit_file

Kind = Literal["nginx", "pool", "unit"]


def kind_of(path: str, data: bytes) -> Kind:
    """A unit of systemd by its path, a pool of PHP-FPM by its text, else nginx's."""
    if is_unit_file(path):
        return "unit"
    return "pool" if is_ini(data) else "nginx"


def of_backend(file: FileChange) -> bool:
    """Is it a file of the backend's, of which nginx reads nothing?"""
    return not file.link and kind_of(file.path, file.before or file.after or b"") != "nginx"
