"""The whole configuration: files joined by their includes, as nginx joins them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui502.model.config import Config, Directive, Problem, Source, Where
from tui502.model.evidence import FileSeen, Gap, Seen
from tui502.read.nginx_conf.glob import expand, has_magic
from tui502.read.nginx_conf.kept import Trees, Walk
from tui502.read.nginx_conf.lexer import value, words
from tui502.read.nginx_conf.tree import grow
from tui502.text import neutral

LARGEST = 10 * 1024 * 1024
"""Bytes of the largest file that is read."""

DEEPEST = 40
"""Includes inside includes."""

MOST = 100_000
"""Files included, counting those that are included again."""

EMPTY = ("/dev/null", "/dev/zero")
"""Devices that nginx takes for empty files: it reads as many bytes as they are long."""

_NO_FILE = {"fifo": "a FIFO", "socket": "a socket", "device": "a device"}
_WHY = {
    "denied": "there is no right to read it",
    "timeout": "reading it took too long",
    "unreadable": "it could not be read",
    "not_asked": "it was not asked for",
}


class _Inside(NamedTuple):
    """Where an include stands: the files that led there as named and as resolved, how many blocks are open, the data block or ''."""

    via: tuple[str, ...]
    reals: tuple[str, ...]
    depth: int
    block: str


def load(main: str, files: Mapping[str, Seen[FileSeen]], dirs: Mapping[str, Seen[tuple[str, ...]]], trees: Trees | None = None) -> Config:
    """The configuration from the absolute path `main` on. Relative includes start at the directory of `main`. What stands in neither mapping
    yet is wanted; what could not be seen, or would break nginx, is a problem at the include that named it, and the rest is read on.
    With `trees`, only files that changed since the last call are read; the result is the same without."""
    reading = _Reading(main, files, dirs, Walk(trees or Trees()))
    root = reading.file(main, None, _Inside((), (), 0, ""))
    reading.walk.end()
    return Config(main, reading.read, tuple(root), tuple(reading.problems), tuple(reading.wanted_files), tuple(reading.wanted_dirs), tuple(reading.listed))


class _Reading:
    """A walk over the includes, collecting what it meets."""

    def __init__(self, main: str, files: Mapping[str, Seen[FileSeen]], dirs: Mapping[str, Seen[tuple[str, ...]]], walk: Walk) -> None:
        self.base = main[: main.rfind("/") + 1]
        self.files, self.dirs, self.walk = files, dirs, walk
        self.read: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.wanted_files: dict[str, None] = {}
        self.wanted_dirs: dict[str, None] = {}
        self.listed: dict[str, None] = {}
        self.included = 0

    def problem(self, kind: str, path: str, where: Where | None, text: str) -> None:
        self.problems.append(Problem(kind, path, where, f"{neutral(path.encode('utf-8', 'surrogateescape'))}: {text}"))

    def file(self, path: str, where: Where | None, inside: _Inside) -> Sequence[Directive]:
        """The directives of a file that is included at `where`."""
        seen = self.files.get(path)
        if seen is None:
            self.wanted_files[path] = None
            return ()
        if seen.value is None:
            self.gap(path, where, seen.gap)
            return ()
        file = seen.value
        self.included += 1
        if self.included > MOST:
            if self.included == MOST + 1:
                self.problem("too_big", path, where, f"more than {MOST} files are included")
            return ()
        if trouble := _trouble(path, file, inside):
            self.problem(trouble[0], path, where, trouble[1])
            return ()
        self.read[path] = file.data
        within = _Inside((*inside.via, path), (*inside.reals, file.real or path), inside.depth, inside.block)

        def include(node: Directive, block: str, depth: int) -> Sequence[Directive]:
            return self.include(node, within._replace(block=block, depth=depth))

        source = Source(path, file.data, inside.via, words)
        place = self.walk.place(path, inside.via, inside.block, inside.depth)
        directives, problems = self.walk.file(place, file.data, include, lambda each: grow(source, inside.block, each, inside.depth))
        self.problems += problems
        return directives

    def gap(self, path: str, where: Where | None, gap: Gap | None) -> None:
        if gap is not None and gap.why == "absent":
            self.problem("missing", path, where, "there is no such file or directory")
        else:
            self.problem("unreadable", path, where, _WHY["unreadable" if gap is None else gap.why])

    def include(self, node: Directive, inside: _Inside) -> Sequence[Directive]:
        """What an include directive stands for."""
        if len(node.words) != 2:
            return ()
        word = node.words[1]
        name = value(node.source.data[word.start : word.end]).decode("utf-8", "surrogateescape")
        path, where = name if name.startswith("/") else self.base + name, node.where_of(1)
        if not has_magic(path):
            return self.file(path, where, inside)
        found = expand(path, self.dirs)
        self.wanted_dirs.update(dict.fromkeys(found.wanted))
        self.listed.update(dict.fromkeys(found.dirs))
        for directory, gap in found.gaps:
            self.gap(directory, where, gap)
        return [directive for one in found.paths for directive in self.file(one, where, inside)]


def _trouble(path: str, file: FileSeen, inside: _Inside) -> tuple[str, str] | None:
    """Why a file that was seen cannot be included: kind and words."""
    if (file.real or path) in inside.reals:
        return "loop", "it includes itself (nginx crashes on that)"
    if len(inside.via) > DEEPEST:
        return "loop", f"more than {DEEPEST} includes inside each other"
    if file.kind == "link":
        return "missing", "the link leads to nothing"
    if file.kind == "dir":
        return "directory", "it is a directory, nginx cannot read it"
    if file.kind == "device" and file.real in EMPTY:
        return None
    if file.kind != "file":
        return "unreadable", f"it is {_NO_FILE.get(file.kind, 'no regular file')}"
    if file.cut or file.size > LARGEST:
        return "too_big", f"it is {file.size} bytes long, too big to be read here"
    return None
