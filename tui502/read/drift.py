"""Does nginx run what is on disk? Exact, file by file, where its own copy of the configuration was read, else by times, else unknown."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from tui502.model.config import Config
from tui502.model.evidence import Evidence, FileSeen, Process, Seen
from tui502.model.facts import Drift, FileDrift, Nginx
from tui502.read.lines import differing
from tui502.read.nginx import worker_processes
from tui502.read.nginx_conf import load
from tui502.read.unread import reason, unread

MARGIN = 1.0
"""Seconds by which the start of a process and the time of a file may be apart and mean the same."""

TOGETHER = 2.0
"""Seconds within which a reload starts all its workers."""

SAME, OTHER = "the text in nginx's memory is that on disk", "the text in nginx's memory is not that on disk"


def crashes(evidence: Evidence) -> tuple[tuple[float, float], ...]:
    """(first, last) of the times at which workers crashed, by the logs."""
    logs = (seen.value for seen in evidence.logs.values() if seen.value)
    return tuple((tally.first, tally.last) for log in logs for tally in log.tallies if tally.symptom == "worker_crash")


def drift(evidence: Evidence, config: Config, nginx: Nginx, crashed: tuple[tuple[float, float], ...]) -> Drift:
    """Disk against the running process. `crashed`: see `crashes`."""
    if not nginx.running:
        return Drift("unknown", (), False, "nginx does not run")
    if config.wanted_files or config.wanted_dirs or not config.files:
        return Drift("unknown", (), False, "the configuration was not read")
    if evidence.running.value is not None:
        return _exact(evidence, evidence.running.value, config)
    return _by_times(evidence, config, nginx, crashed)


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


def _exact(evidence: Evidence, running: Mapping[str, bytes], config: Config) -> Drift:
    files = tuple(_compared(evidence, running, config))
    changed = tuple(file.path for file in files if file.state in ("differs", "new", "gone"))
    if changed:
        return Drift("differs", changed, True, OTHER, sum(file.lines for file in files if file.state != "gone"), files)
    if dark := [file for file in files if file.state == "unknown"]:
        return Drift("unknown", (), True, f"{dark[0].path}: {dark[0].why}", 0, files)
    return Drift("same", (), True, SAME, 0, files)


def _compared(evidence: Evidence, running: Mapping[str, bytes], config: Config) -> Iterator[FileDrift]:
    """Every file that is on disk, or that nginx runs, or both."""
    dark = _dark(config)
    for path, data in config.files.items():
        loaded, at = running.get(path), _changed(evidence, path)
        if loaded == data:
            yield FileDrift(path, "same", SAME, at)
        elif loaded is None:
            yield FileDrift(path, "new", "nginx has not loaded it", at, differing(b"", data))
        else:
            yield FileDrift(path, "differs", OTHER, at, differing(loaded, data))
    for path, loaded in running.items():
        if path not in config.files and path in dark:
            yield FileDrift(path, "unknown", dark[path])
        elif path not in config.files:
            yield FileDrift(path, "gone", "nginx runs its text, and no include on disk leads to it", 0.0, differing(loaded, b""))
    yield from (FileDrift(path, "new", "nginx has not loaded it") for path in dark if path not in running)


def _dark(config: Config) -> dict[str, str]:
    """What an include leads to and has no text here, with why."""
    return {**unread(config), **{each.file: reason(each.file, each.text) for each in config.problems if each.kind == "directory"}}


def _changed(evidence: Evidence, path: str) -> float:
    """When a file was written, put in place, or its rights changed; 0 where that was not seen."""
    seen = evidence.files.get(path)
    return max(seen.value.mtime_ns, seen.value.ctime_ns) / 1e9 if seen and seen.value else 0.0


def _by_times(evidence: Evidence, config: Config, nginx: Nginx, crashed: tuple[tuple[float, float], ...]) -> Drift:
    """Files newer than the oldest worker that still takes connections. A file that was put in place with an old time shows by its change of status, one
    that was taken away by its directory."""
    workers = worker_processes(evidence)
    if not workers:
        return Drift("unknown", (), False, "the workers of nginx were not seen")
    if not all((seen := evidence.files.get(path)) and seen.value for path in config.files):
        return Drift("unknown", (), False, "the configuration was not read")
    loaded = workers[0].started + MARGIN
    files = (*(_dated(evidence, path, loaded) for path in config.files), *_not_dated(evidence, config, loaded))
    newer = tuple(file.path for file in files if file.state == "differs")
    if newer:
        return Drift("differs", newer, False, "files are newer than nginx's workers", 0, files)
    if dark := [file for file in files if file.state == "unknown"]:
        return Drift("unknown", (), False, f"{dark[0].path}: {dark[0].why}", 0, files)
    later = tuple(path for path in (*config.files, *config.dirs) if _changed(evidence, path) > nginx.since + MARGIN)
    if not later:
        return Drift("same", (), False, "nothing was changed since nginx was started", 0, files)
    if why := _perhaps_respawned(workers, crashed):
        files = tuple(FileDrift(file.path, "unknown", why, file.at) if file.path in later else file for file in files)
        return Drift("unknown", (), False, why, 0, files)
    return Drift("same", (), False, "nothing was changed since nginx's workers started, all together as after a reload", 0, files)


def _perhaps_respawned(workers: tuple[Process, ...], crashed: tuple[tuple[float, float], ...]) -> str:
    """Why the oldest worker may have taken the place of one that ended, which gives it the text of the last reload and no newer one; '' when it did not."""
    start = workers[0].started
    if any(first <= start + TOGETHER and last >= start - TOGETHER for first, last in crashed):
        return "a worker crashed when nginx's oldest worker started: the new one has the text of the last reload"
    if sum(worker.started <= start + TOGETHER for worker in workers) < 2:
        return "nginx's oldest worker started alone: by a reload, or in the place of one that ended, with the text of the reload before"
    return ""


def _dated(evidence: Evidence, path: str, loaded: float) -> FileDrift:
    seen, at = evidence.files[path].value, _changed(evidence, path)
    if seen is None or at <= loaded:
        return FileDrift(path, "same", "it is older than nginx's oldest worker", at)
    how = "was written" if seen.mtime_ns / 1e9 > loaded else "was put in place, or its rights were changed,"
    return FileDrift(path, "differs", f"it {how} after nginx's oldest worker started", at)


def _not_dated(evidence: Evidence, config: Config, loaded: float) -> Iterator[FileDrift]:
    """What no time of a file tells: one that could not be read, and those that went, or came by a link, in a directory."""
    yield from (FileDrift(path, "unknown", why) for path, why in _dark(config).items())
    for path in config.dirs:
        seen, at = evidence.files.get(path), _changed(evidence, path)
        if seen and seen.value and seen.value.kind == "dir" and at > loaded:
            yield FileDrift(path, "unknown", "names came or went in it after nginx's oldest worker started", at)
