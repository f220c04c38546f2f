"""The rotated files of a log: which there are, found by their names and put in order by when they were written last."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass

_NUMBER = r"[-.]\d{1,14}(?:[-.]\d{1,14})*"
_PACKED = r"(?P<packed>\.(?:gz|bz2|xz|zst|lz4|Z))?"


@dataclass(frozen=True, slots=True)
class Older:
    """A rotated file, not opened yet: `size` on disk, `written` last (epoch), `packed` the suffix of how it is packed."""

    path: str
    ident: tuple[int, int]
    size: int
    written: float
    packed: str


def rotated(place: str) -> list[Older]:
    """The rotated files beside the log at `place` ("error.log.1", "error.log-20261122.gz", "error-20261122.log"), newest first; empty ones are left out."""
    folder, name = posixpath.split(place)
    stem, suffix = posixpath.splitext(name)
    fits = re.compile(rf"(?:{re.escape(name)}{_NUMBER}|{re.escape(stem)}{_NUMBER}{re.escape(suffix)}){_PACKED}\Z")
    found = []
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                match = fits.match(entry.name)
                if match and entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    found.append(Older(entry.path, (stat.st_dev, stat.st_ino), stat.st_size, stat.st_mtime, match["packed"] or ""))
    except OSError:
        return []
    return sorted((one for one in found if one.size), key=lambda one: -one.written)
