"""A file that is not there yet: where it may be made, the making, and the taking away of the directories that came with it."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterable, Mapping

from tui502.apply import journal
from tui502.apply.disk import sha
from tui502.apply.work import Run, Stop
from tui502.fix.edits import EditRefused, apply_edits, check
from tui502.host import new_files
from tui502.model.changes import FileChange
from tui502.model.findings import Edit
from tui502.model.session import Refused
from tui502.read.unit_text import is_unit_file
from tui502.text import neutral

UNITS = "/etc/systemd/system"
"""Where the administrator's own units and drop-ins lie."""


def new_file(path: str, edits: tuple[Edit, ...], conf: str, known: Iterable[str]) -> FileChange:
    """The making of a file that must not be there, below systemd's directory or that of nginx's main file `conf`. `known` are directories which the change
    makes already. Raises Refused: it is there, it lies elsewhere, or a symbolic link is on the way."""
    if not path.isprintable() or posixpath.normpath(path) != path:
        raise Refused(f"{neutral(path)} has a name that cannot be written down")
    tree = UNITS if is_unit_file(path) else posixpath.dirname(conf)
    if not path.startswith(f"{tree}/") or tree in ("", "/"):
        raise Refused(f"{neutral(path)} lies outside of {neutral(tree)}: no file is made there")
    real, made = _way(os.path.realpath(tree), path[len(tree) + 1 :].split("/"), path)
    try:
        after = apply_edits(b"", edits)
        check(b"", after, edits)
    except EditRefused as problem:
        raise Refused(f"{neutral(path)}: {problem}") from problem
    return FileChange(path, real, None, after, sha(None), made=tuple(each for each in made if each not in set(known)))


def _way(at: str, parts: list[str], path: str) -> tuple[str, tuple[str, ...]]:
    """Where the file will lie, and the directories that are not there yet."""
    missing: list[str] = []
    if not stat.S_ISDIR(_mode(at)):
        raise Refused(f"{neutral(at)} is not there: this host keeps such files elsewhere")
    for part in parts:
        at = posixpath.join(at, part)
        mode = _mode(at)
        if mode and part == parts[-1]:
            raise Refused(f"{neutral(path)} is there, somebody has made it meanwhile; look again (r), then stage")
        if mode and not stat.S_ISDIR(mode):
            raise Refused(f"{neutral(at)} is {'a symbolic link' if stat.S_ISLNK(mode) else 'no directory'}: nothing is made behind it")
        if not mode and part != parts[-1]:
            missing.append(at)
    return at, tuple(missing)


def _mode(path: str) -> int:
    """What is at this very place, 0 for nothing."""
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return 0


def still_absent(file: FileChange) -> None:
    """Stop where anything has come to the place of a new file or of a directory for it, or a link into its way."""
    for path in (*file.made, file.real):
        if _mode(path):
            raise Stop(f"{neutral(path)} is there now: somebody else has made it meanwhile; look again, then stage anew")
    if (folder := standing(file)) != os.path.realpath(folder):
        raise Stop(f"{neutral(folder)} leads over a symbolic link now: nothing is made behind it")


def standing(file: FileChange) -> str:
    """The innermost directory above the file that is there already."""
    folder = posixpath.dirname(file.real)
    while not _mode(folder):
        folder = posixpath.dirname(folder)
    return folder


def make(work: Run, file: FileChange, number: int) -> None:
    """Make the directories and the file, each announced in the journal before. Raises Stop where somebody else was quicker, OSError."""
    try:
        for path in file.made:
            journal.note(work.place, "making", n=number, text=path)
            journal.note(work.place, "made", n=number, text=path, started=new_files.make_dir(path))
        new_files.create(file.real, file.after or b"")
    except FileExistsError as error:
        journal.tell(work.place, "theirs", n=number, text=str(error.filename))
        raise Stop(f"{neutral(str(error.filename))} is there now: somebody else has made it meanwhile, and it was not touched") from error


def theirs(seen: Iterable[journal.Event]) -> frozenset[int]:
    """New files (from 0) that somebody else made at the very moment: what lies there is not ours, whatever it holds."""
    return frozenset(event.n for event in seen if event.what == "theirs")


def unmake(files: Iterable[FileChange], seen: tuple[journal.Event, ...]) -> str:
    """Take the directories away that a runner made for these files, the innermost first; in words which of them stay, or ''. Raises OSError."""
    inodes = inodes_of(seen)
    announced = {event.text: event.at for event in seen if event.what == "making"}
    foreign = {event.text for event in seen if event.what == "theirs"}
    ours = [path for file in files for path in file.made if path in announced and path not in foreign]
    return _stay(path for path in reversed(ours) if not new_files.remove_dir(path, inodes.get(path, 0), announced[path]))


def inodes_of(seen: Iterable[journal.Event]) -> Mapping[str, int]:
    """The inode of every directory that a runner made, where it made it several times the last."""
    return {event.text: event.started for event in seen if event.what == "made"}


def clear(file: FileChange) -> str:
    """Take the directories away that came with a file which is gone, as far as they are those that were made for it; in words which of them stay, or ''.
    Raises OSError."""
    inodes = dict(zip(file.made, file.inodes, strict=False))
    return _stay(path for path in reversed(file.made) if not (inodes.get(path) and new_files.remove_dir(path, inodes[path])))


def _stay(paths: Iterable[str]) -> str:
    found = ", ".join(map(neutral, paths))
    return f"{found} stays: it, or something in it, is not ours" if found else ""


def again(file: FileChange, told: Callable[..., object]) -> None:
    """Make the directories of a file anew which comes back. `told` notes them. Raises OSError."""
    for path in file.made:
        if not _mode(path):
            told("made", text=path, started=new_files.make_dir(path))
