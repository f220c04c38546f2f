"""Does nginx run what is on disk? Exact where its own copy of the configuration was read, else by times, else unknown."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence, FileSeen, Seen
from tui502.model.facts import Drift, Nginx
from tui502.read.nginx import worker_processes
from tui502.read.nginx_conf import load

MOST_LINES = 20_000
"""Files longer than this together are not compared line by line: the count is then that of their lines."""


def drift(evidence: Evidence, config: Config, nginx: Nginx) -> Drift:
    """Disk against the running process."""
    if not nginx.running:
        return Drift("unknown", (), False, "nginx does not run")
    if evidence.running.value is not None:
        return _exact(evidence.running.value, config)
    return _by_times(evidence, config)


def running_config(evidence: Evidence, nginx: Nginx, found: Drift) -> Config | None:
    """The configuration that nginx runs where it is known exactly and is not that on disk; None otherwise."""
    texts = evidence.running.value
    if texts is None or not found.exact or found.state != "differs":
        return None
    files = {path: Seen(evidence.running.at, 0.0, _text(path, data)) for path, data in texts.items()}
    folders: dict[str, list[str]] = {}
    for path in texts:
        folders.setdefault(posixpath.dirname(path), []).append(posixpath.basename(path))
    dirs = {folder: Seen(evidence.running.at, 0.0, tuple(sorted(names))) for folder, names in folders.items()}
    return load(nginx.conf, files, dirs)


def _text(path: str, data: bytes) -> FileSeen:
    """A text in memory, in the form in which files are read."""
    return FileSeen(path, data, False, "file", 0, 0, 0, 0, 0, 1, len(data), 0, 0)


def _exact(running: Mapping[str, bytes], config: Config) -> Drift:
    changed = [path for path, data in config.files.items() if running.get(path) != data]
    gone = [path for path in running if path not in config.files]
    if not changed and not gone:
        return Drift("same", (), True, "the text in nginx's memory is that on disk")
    lines = sum(_differing(running.get(path, b""), config.files.get(path, b"")) for path in (*changed, *gone))
    return Drift("differs", (*changed, *gone), True, "the text in nginx's memory is not that on disk", lines)


def _differing(before: bytes, after: bytes) -> int:
    """Lines on one side that have no partner on the other; a changed line counts once."""
    old, new = before.split(b"\n"), after.split(b"\n")
    if len(old) + len(new) > MOST_LINES:
        return max(len(old), len(new))
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def _by_times(evidence: Evidence, config: Config) -> Drift:
    """Files newer than the oldest worker that still takes connections. A file that was put in place with an old time shows by its change of status."""
    workers = worker_processes(evidence)
    if not workers:
        return Drift("unknown", (), False, "the workers of nginx were not seen")
    oldest = workers[0].started
    seen = {path: evidence.files.get(path) for path in config.files}
    if not seen or not all(item and item.value for item in seen.values()):
        return Drift("unknown", (), False, "the configuration was not read")
    newer = tuple(path for path, item in seen.items() if item and item.value and max(item.value.mtime_ns, item.value.ctime_ns) / 1e9 > oldest + 1.0)
    if newer:
        return Drift("differs", newer, False, "files are newer than nginx's workers")
    return Drift("same", (), False, "no file is newer than nginx's oldest worker")
