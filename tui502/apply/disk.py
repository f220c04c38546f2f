"""What lies on the disk at this moment: the files of a change, and all that a reload would load."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import TypeVar

from tui502.host import look
from tui502.model.changes import FileChange, StagedChange
from tui502.model.config import Config
from tui502.model.evidence import FileSeen, Gap, Seen, View
from tui502.read.nginx_conf import load

T = TypeVar("T")

MOST_ROUNDS = 100
"""Includes inside includes, each of which takes a round or two to be read."""


def sha(data: bytes | None) -> str:
    """sha256 in hex, '' for a file that is not there."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def on_disk(file: FileChange) -> str:
    """The sha256 of a file (of what a link holds) now: '' when it is not there, "?" when it cannot be read or is something else."""
    if file.link:
        held = look.read_link(file.real)
        return sha(held) if isinstance(held, bytes) else "" if held.why == "absent" else "?"
    seen = look.read_file(file.real)
    if isinstance(seen, Gap):
        return "" if seen.why == "absent" else "?"
    return sha(seen.data) if seen.kind == "file" and not seen.cut and not seen.link else "?"


def hashes(config: Config) -> dict[str, str]:
    """Path as nginx names it → sha256 of every file of a configuration."""
    return {path: sha(data) for path, data in config.files.items()}


def would_load(change: StagedChange) -> Mapping[str, str]:
    """The same for what a reload would load now, read anew; nothing where none is made. What cannot be read is left out, as it was at the look."""
    return _configuration(change.conf, change.view) if change.reload and change.loads else {}


def _configuration(conf: str, view: View | None) -> dict[str, str]:
    files: dict[str, Seen[FileSeen]] = {}
    dirs: dict[str, Seen[tuple[str, ...]]] = {}
    config = load(conf, files, dirs)
    for _ in range(MOST_ROUNDS):
        if not config.wanted_files and not config.wanted_dirs:
            break
        for path in config.wanted_files:
            files[path] = _seen(look.read_file(path, view))
        for path in config.wanted_dirs:
            dirs[path] = _seen(look.list_dir(path, view))
        config = load(conf, files, dirs)
    return hashes(config)


def _seen(found: T | Gap) -> Seen[T]:
    now = time.time()
    return Seen(now, 0.0, gap=found) if isinstance(found, Gap) else Seen(now, 0.0, found)


def difference(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The files that came, went or changed in between."""
    return tuple(path for path in dict.fromkeys((*was, *now)) if was.get(path) != now.get(path))
